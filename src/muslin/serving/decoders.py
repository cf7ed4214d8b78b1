"""Threads that read the pictures which take long, beside a server's loop."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from muslin.machine.cores import available_threads
from muslin.serving.batching import WAITING_SHARE, BusyError, smoothed
from muslin.serving.model import Images, Pixels

__all__ = ["Decoders"]

Seen = tuple[Images, tuple[str, ...]]  # a picture as the model sees it, and notes


class Decoders:
    """Reads pictures in the order in which they come, as many at a time as there are threads.

    Args:
        read: what reads one, as `ServedModel.read`.
        deadline: seconds within which an answer is wanted: where the line is longer, no more are taken.
    """

    def __init__(self, read: Callable[[bytes | Pixels], Seen], deadline: float) -> None:
        self._read, self._deadline = read, deadline
        self._threads = available_threads()
        self._pool = ThreadPoolExecutor(self._threads, "muslin-decode")
        self._pace = 0.0  # seconds that a picture takes all threads
        self._taken = 0  # pictures that are not read yet

    def stop(self) -> None:
        """Ends; what still waits is not read."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def busy(self) -> BusyError | None:
        """Returns why no more is taken; None where it is, as a picture that is alone always is."""
        over = self._taken * self._pace - WAITING_SHARE * self._deadline
        return BusyError(over) if self._taken and over > 0 else None

    async def read(self, picture: bytes | Pixels) -> Seen:
        """Reads a picture.

        Raises:
            BusyError: too many wait.
            PictureError: it is not a picture that can be read.
        """
        busy = self.busy()
        if busy is not None:
            raise busy
        self._taken += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._timed, picture)
        finally:
            self._taken -= 1

    def _timed(self, picture: bytes | Pixels) -> Seen:
        began = time.perf_counter()
        try:
            return self._read(picture)
        finally:
            self._pace = smoothed(self._pace, (time.perf_counter() - began) / self._threads)
