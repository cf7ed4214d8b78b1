"""Many requests, one model: a bounded queue whose pictures are computed together, by one thread.

What waits is bounded twice: by a number of pictures, and by the time that they would take. What has waited for longer
than its deadline, or for a client that left, is not computed any more.

Legend: N pictures, C channels, H x W pixels, K classes.
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import numpy as np

from muslin.serving.model import Images, Probabilities

__all__ = ["MOST_PICTURES", "Batcher", "BusyError"]

MOST_PICTURES = 64  # of a batch, and so of a request
MOST_WAITING = 1024  # pictures
MEMORY = 0.9  # how much of the pace that was measured before is kept when a batch is measured


class BusyError(Exception):
    """So much waits that nothing more is taken.

    Attributes:
        seconds: after how long it may be tried again, at least 1.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__("the server has as much to do as it can within its deadline; try again")
        self.seconds = max(1, math.ceil(seconds))


@dataclass(frozen=True, eq=False)
class Job:
    """Pictures of one request.

    Attributes:
        images: (N, C, H, W).
        rows: becomes their (N, K) probabilities; one that is done already is passed over.
    """

    images: Images
    rows: "asyncio.Future[Probabilities]"


class Batcher:
    """Answers pictures in batches, in the order in which they came.

    Args:
        answer: (N, C, H, W) uint8 to (N, K) float32; called from one thread, so that it never runs twice at a time.
        deadline: seconds within which an answer is wanted: more than can be answered in that time is not taken.
    """

    def __init__(self, answer: Callable[[Images], Probabilities], deadline: float) -> None:
        self._answer, self._deadline = answer, deadline
        self._jobs: deque[Job] = deque()
        self._there = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "muslin-model")
        self._worker: asyncio.Task[None] | None = None
        self._pace = 0.0  # seconds that a picture takes
        self.taken = 0  # pictures of requests that are not answered yet
        self.batches = self.pictures = 0  # that were computed

    def start(self) -> None:
        """Begins to work, in the loop that runs."""
        self._worker = asyncio.get_running_loop().create_task(self._work())

    async def stop(self) -> None:
        """Ends; what still waits is not answered."""
        if self._worker is not None:
            self._worker.cancel()
            with suppress(asyncio.CancelledError):
                await self._worker
        self._thread.shutdown(wait=True, cancel_futures=True)

    def check(self) -> None:
        """Raises BusyError if no more would be taken."""
        seconds = self.taken * self._pace
        if self.taken >= MOST_WAITING or seconds > self._deadline:
            raise BusyError(seconds - self._deadline)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Takes a request with its first picture, until the context ends.

        Raises:
            BusyError: too much waits.
        """
        self.check()
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1

    @contextmanager
    def submit(self, images: Images) -> Iterator["asyncio.Future[Probabilities]"]:
        """Queues the (N, C, H, W) pictures of a request that has its place; they leave when the context ends.

        Yields:
            What becomes their (N, K) probabilities.
        """
        job = Job(images, asyncio.get_running_loop().create_future())
        self.taken += len(images) - 1
        self._jobs.append(job)
        self._there.set()
        try:
            yield job.rows
        finally:
            self.taken -= len(images) - 1
            if job.rows.cancel() or job.rows.cancelled():  # nobody wants it any more
                with suppress(ValueError):  # it is being computed
                    self._jobs.remove(job)

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._there.wait()
            jobs = self._next()
            if not jobs:
                self._there.clear()
                continue
            images = np.concatenate([job.images for job in jobs])
            began = time.perf_counter()
            try:
                rows = await loop.run_in_executor(self._thread, self._answer, images)
            except Exception as error:  # whatever it is, those who wait are told, and the next batch is tried
                for job in jobs:
                    if not job.rows.done():
                        job.rows.set_exception(error)
                continue
            if self.batches:  # the first is slow: memory comes, and kernels are chosen
                self._measure((time.perf_counter() - began) / len(images))
            self.batches += 1
            self.pictures += len(images)
            start = 0
            for job in jobs:
                stop = start + len(job.images)
                if not job.rows.done():
                    job.rows.set_result(rows[start:stop])
                start = stop

    def _next(self) -> list[Job]:
        """Returns the next jobs to compute together: what is there, up to a whole batch."""
        jobs: list[Job] = []
        room = MOST_PICTURES
        while self._jobs and (self._jobs[0].rows.done() or len(self._jobs[0].images) <= room):
            job = self._jobs.popleft()
            if not job.rows.done():
                jobs.append(job)
                room -= len(job.images)
        return jobs

    def _measure(self, pace: float) -> None:
        self._pace = MEMORY * self._pace + (1 - MEMORY) * pace if self._pace else pace
