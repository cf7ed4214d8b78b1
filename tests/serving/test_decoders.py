"""Pictures that take long are read beside the loop, and no more are taken than are read in time."""

import asyncio
import threading

import numpy as np
import pytest

from muslin.errors import PictureError
from muslin.serving.batching import BusyError
from muslin.serving.decoders import Decoders

SEEN = (np.zeros((1, 1, 2, 2), np.uint8), ())


def run(read, work, deadline=8.0):
    async def all_of_it():
        decoders = Decoders(read, deadline)
        try:
            return await asyncio.wait_for(work(decoders), 30)
        finally:
            decoders.stop()

    return asyncio.run(all_of_it())


def test_more_than_can_be_read_in_half_of_the_deadline_are_refused_before_they_wait():
    may = threading.Event()

    def read(picture):
        assert may.wait(30)
        return SEEN

    async def work(decoders):
        decoders._pace = 1.0  # seconds a picture, as if it had been measured
        assert decoders.busy() is None
        taken = [asyncio.ensure_future(decoders.read(b"")) for _ in range(5)]
        await asyncio.sleep(0)
        assert decoders.busy().seconds == 1
        with pytest.raises(BusyError):
            await decoders.read(b"")
        taken.pop().cancel()
        await asyncio.sleep(0)
        assert decoders.busy() is None, "who left waits no longer"
        may.set()
        assert await asyncio.gather(*taken) == [SEEN] * 4
        assert decoders._pace < 1

    run(read, work)


def test_one_that_is_alone_is_taken_however_slow_the_others_were():
    async def work(decoders):
        decoders._pace = 1000.0
        assert decoders.busy() is None
        assert await decoders.read(b"") == SEEN
        assert decoders._pace < 1000

    run(lambda _: SEEN, work)


def test_what_cannot_be_read_leaves_its_place():
    def read(picture):
        raise PictureError("no picture")

    async def work(decoders):
        for _ in range(3):
            with pytest.raises(PictureError):
                await decoders.read(b"")
        assert decoders._taken == 0

    run(read, work)
