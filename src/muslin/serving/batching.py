"""Many requests, one model: a bounded queue whose pictures are computed together, by one thread.

What waits is bounded twice: by a number of pictures, and by the time that they would take. What has waited for longer
than its deadline, or for a client that left, is not computed any more.

Legend: N pictures, C channels, H x W pixels, K classes.
"""

import asyncio
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from muslin.serving.model import Images, Probabilities
from muslin.serving.turns import Turns

__all__ = ["MOST_PICTURES", "WAITING_SHARE", "Batcher", "BusyError", "smoothed"]

MOST_PICTURES = 64  # of a batch, and so of a request
MOST_WAITING = 1024  # pictures
WAITING_SHARE = 0.5  # of the deadline: how long what is taken may have to wait, for reading and sending take time too
BATCH_SHARE = 0.25  # of the deadline: how long a batch may take, for what comes first in it waits for the last
LAG_SHARE = 0.1  # of the deadline: how late the loop may be, whose time is not in the model's pace
MEMORY = 0.9  # how much of the pace that was measured before is kept when one more is seen


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
        turns: in which the answers are handed out, and all else is done: where they are late, no more is taken.
    """

    def __init__(self, answer: Callable[[Images], Probabilities], deadline: float, turns: Turns) -> None:
        self._answer, self._deadline, self._turns = answer, deadline, turns
        self._jobs: dict[Job, None] = {}  # those that wait, in their order
        self._is_open = True
        self._change = threading.Condition()  # of these two, which the thread looks at
        self._thread: threading.Thread | None = None
        self._pace = 0.0  # seconds that a picture takes
        self.taken = 0  # pictures of requests that are not answered yet
        self._announced = 0  # requests that come in this turn of the loop
        self.batches = self.pictures = 0  # that were computed

    def start(self, images: Images) -> None:
        """Begins to work for the loop that runs; some (N, C, H, W) pictures tell how long one takes."""
        for _ in range(2):  # the first is slow: memory comes, and kernels are chosen
            began = time.perf_counter()
            self._answer(images)
            self._pace = (time.perf_counter() - began) / len(images)
        self._thread = threading.Thread(target=self._work, args=(asyncio.get_running_loop(),), name="muslin-model")
        self._thread.start()

    def stop(self) -> None:
        """Ends; what still waits is not answered."""
        with self._change:
            self._is_open = False
            self._change.notify()
        if self._thread is not None:
            self._thread.join()

    def busy(self) -> BusyError | None:
        """Returns why no more is taken; None where it is, as a request that is alone always is.

        A pace that was measured in a bad moment would else be believed for ever.
        """
        pictures, allowed = self.taken + self._announced, WAITING_SHARE * self._deadline
        is_alone = not self.taken and self._announced <= 1
        is_late = self._turns.lag() > LAG_SHARE * self._deadline
        if is_alone or (pictures < MOST_WAITING and pictures * self._pace <= allowed and not is_late):
            return None
        return BusyError(pictures * self._pace - allowed)

    def announce(self) -> None:
        """Counts a request that takes its place in the next turn of the loop: of many in one, no more come than may."""

        def forget() -> None:
            self._announced -= 1

        self._announced += 1
        asyncio.get_running_loop().call_soon(forget)

    def check(self) -> None:
        """Raises BusyError if no more is taken."""
        busy = self.busy()
        if busy is not None:
            raise busy

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
        with self._change:
            self._jobs[job] = None
            self._change.notify()
        try:
            yield job.rows
        finally:
            self.taken -= len(images) - 1
            job.rows.cancel()  # if it is not there, nobody wants it any more
            with self._change:
                self._jobs.pop(job, None)

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        """Computes batch after batch, without waiting for the loop in between, which may have much else to do."""
        while jobs := self._next():
            images = np.concatenate([job.images for job in jobs])
            began = time.perf_counter()
            rows: Probabilities | Exception
            try:
                rows = self._answer(images)
            except Exception as error:  # whatever it is, those who wait are told, and the next batch is tried
                rows = error
            else:
                self._measure((time.perf_counter() - began) / len(images))
            loop.call_soon_threadsafe(self._deliver, jobs, rows)

    def _next(self) -> list[Job]:
        """Waits for jobs to compute together: what is there, up to a whole batch; none once the work is to end."""
        jobs: list[Job] = []
        with self._change:
            while not self._jobs and self._is_open:
                self._change.wait()
            room = self._room()
            for job in self._jobs if self._is_open else ():
                if jobs and len(job.images) > room:
                    break
                jobs.append(job)
                room -= len(job.images)
            for job in jobs:
                del self._jobs[job]
        return jobs

    def _deliver(self, jobs: list[Job], rows: Probabilities | Exception) -> None:
        """Hands a batch's (N, K) probabilities, or why there are none, to those who wait."""
        if isinstance(rows, Exception):
            for job in jobs:
                if not job.rows.done():
                    job.rows.set_exception(rows)
            return
        self.batches += 1
        self.pictures += len(rows)
        ends = accumulate(len(job.images) for job in jobs)
        for job, end in zip(jobs, ends, strict=True):
            self._turns.settle(job.rows, rows[end - len(job.images) : end])

    def _room(self) -> int:
        """Returns how many pictures a batch may have, unless one request alone has more."""
        within = BATCH_SHARE * self._deadline / self._pace if self._pace else MOST_PICTURES
        return min(MOST_PICTURES, int(within))

    def _measure(self, pace: float) -> None:
        self._pace = smoothed(self._pace, pace)


def smoothed(pace: float, seen: float) -> float:
    """Returns a pace after one more was seen; 0 is one that was not measured yet."""
    return MEMORY * pace + (1 - MEMORY) * seen if pace else seen
