"""The queue before the model: bounded, in order, without a swapped answer, and without work that nobody wants."""

import asyncio
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from muslin.serving import batching
from muslin.serving.batching import MOST_PICTURES, Batcher, BusyError
from muslin.serving.turns import Turns


def tagged(*tags):
    return np.array(tags, np.uint8).reshape(-1, 1, 1, 1)


class Model:
    """Answers with the picture's one pixel, once it may; notes the batches that it got once it was tried."""

    def __init__(self, *, is_open=True):
        self.is_open = is_open
        self.batches, self.may, self.began = [], threading.Event(), threading.Event()

    def started(self, batcher):
        self.may.set()
        batcher.start(tagged(0))
        self.batches.clear(), self.began.clear()
        if not self.is_open:
            self.may.clear()

    def __call__(self, images):
        self.batches.append(images[:, 0, 0, 0].tolist())
        self.began.set()
        assert self.may.wait(30)
        return images[:, :, 0, 0].astype(np.float32)


async def ask(batcher, images):
    with batcher.place(), batcher.submit(images) as rows:
        return (await rows)[:, 0].tolist()


def run(model, work, deadline=30.0):
    async def all_of_it():
        batcher = Batcher(model, deadline, Turns())
        model.started(batcher)
        try:
            return await asyncio.wait_for(work(batcher), 30)
        finally:
            model.may.set()
            batcher.stop()

    return asyncio.run(all_of_it())


async def begun(model):
    """Waits until the model computes."""
    await asyncio.get_running_loop().run_in_executor(None, model.began.wait, 30)


def test_no_answer_is_swapped_and_no_batch_is_too_large():
    model = Model()
    sizes = np.random.default_rng(0).integers(1, 9, 900)
    asked = [[(start + k) % 256 for k in range(size)] for start, size in enumerate(sizes)]

    async def work(batcher):
        told = []
        for some in range(0, 900, 100):
            told += await asyncio.gather(*(ask(batcher, tagged(*tags)) for tags in asked[some : some + 100]))
        assert batcher.taken == 0
        return told

    assert run(model, work) == asked
    assert max(map(len, model.batches)) <= MOST_PICTURES
    assert len(model.batches) < 200, "they are computed together"


def test_what_came_together_is_computed_together_in_its_order():
    model = Model(is_open=False)

    async def work(batcher):
        first = asyncio.ensure_future(ask(batcher, tagged(0)))
        await begun(model)
        others = asyncio.gather(*(ask(batcher, tagged(tag)) for tag in range(1, 100)))
        await asyncio.sleep(0)
        model.may.set()
        return await first, await others

    assert run(model, work) == ([0], [[tag] for tag in range(1, 100)])
    assert model.batches == [[0], list(range(1, 65)), list(range(65, 100))]


def test_what_nobody_wants_any_more_is_not_computed():
    model = Model(is_open=False)

    async def work(batcher):
        computed = asyncio.ensure_future(ask(batcher, tagged(0)))
        await begun(model)
        left, stays = (asyncio.ensure_future(ask(batcher, tagged(tag))) for tag in (1, 2))
        await asyncio.sleep(0)
        assert batcher.taken == 3
        computed.cancel(), left.cancel()
        await asyncio.wait({computed, left})
        assert batcher.taken == 1
        model.may.set()
        return await stays

    assert run(model, work) == [2]
    assert model.batches == [[0], [2]]


def test_who_leaves_while_it_is_computed_is_let_go_without_a_look_at_the_pixels(monkeypatch):
    model, written = Model(is_open=False), []
    monkeypatch.setattr(batching.Job, "__repr__", lambda job: written.append(job) or "a job")

    async def work(batcher):
        leaving = asyncio.ensure_future(ask(batcher, tagged(0)))
        await begun(model)
        leaving.cancel()
        await asyncio.wait({leaving})

    run(model, work)
    assert written == [], "whose text has all of them in it"


def test_too_many_pictures_are_refused_and_later_taken(monkeypatch):
    monkeypatch.setattr(batching, "MOST_WAITING", 5)
    model = Model(is_open=False)

    async def work(batcher):
        waiting = [asyncio.ensure_future(ask(batcher, tagged(1, 2))) for _ in range(3)]
        await begun(model)
        with pytest.raises(BusyError) as refused:
            batcher.check()
        assert refused.value.seconds >= 1
        model.may.set()
        assert await asyncio.gather(*waiting) == [[1, 2]] * 3
        batcher.check()

    run(model, work)


def test_more_than_half_of_the_deadline_has_time_for_is_refused():
    model = Model()

    async def work(batcher):
        batcher._pace = 0.25  # seconds a picture, as if it had been measured
        model.may.clear()
        waiting = [asyncio.ensure_future(ask(batcher, tagged(tag))) for tag in range(5)]
        await begun(model)
        with pytest.raises(BusyError, match="as much to do as it can"):
            await ask(batcher, tagged(9))
        model.may.set()
        assert await asyncio.gather(*waiting) == [[tag] for tag in range(5)]

    run(model, work, deadline=2)


def test_who_comes_alone_is_taken_however_bad_the_last_moment_was():
    async def work(batcher):
        batcher._pace = 1000.0
        assert batcher.busy() is None
        batcher.announce()
        assert await ask(batcher, tagged(1)) == [1]
        return batcher._pace

    assert run(Model(), work) < 1000


def test_what_comes_at_once_is_counted_before_it_has_its_place():
    async def work(batcher):
        batcher._pace = 0.25
        for _ in range(3):
            assert batcher.busy() is None
            batcher.announce()
        assert batcher.busy().seconds == 1
        await asyncio.sleep(0)
        assert batcher.busy() is None

    run(Model(), work, deadline=1)


def test_a_batch_takes_no_more_than_a_quarter_of_the_deadline_but_for_what_one_request_asks():
    model = Model(is_open=False)

    async def work(batcher):
        first = asyncio.ensure_future(ask(batcher, tagged(0)))
        await begun(model)
        others = asyncio.gather(*(ask(batcher, tagged(*tags)) for tags in ([1], [2], [3], [4, 5, 6], [7])))
        await asyncio.sleep(0)
        batcher._pace, batcher._measure = 0.25, lambda _: None
        model.may.set()
        await first, await others

    run(model, work, deadline=2)
    assert model.batches == [[0], [1, 2], [3], [4, 5, 6], [7]]


def test_the_pace_is_that_of_pictures_after_the_first(monkeypatch):
    clock = iter([0.0, 100.0, 200.0, 200.5, 300.0, 301.5])  # before and after each of two trials and a batch
    monkeypatch.setattr(batching, "time", SimpleNamespace(perf_counter=lambda: next(clock)))

    async def work(batcher):
        paces = [batcher._pace]
        await ask(batcher, tagged(1, 1, 1))
        return [*paces, batcher._pace]

    assert run(Model(), work) == pytest.approx([0.5, 0.9 * 0.5 + 0.1 * 1.5 / 3])


def test_a_batch_that_fails_is_told_and_the_next_is_computed():
    model = Model()

    def answer(images):
        if images[0, 0, 0, 0] == 13:
            raise RuntimeError("no luck")
        return model(images)

    answer.may, answer.started = model.may, model.started

    async def work(batcher):
        with pytest.raises(RuntimeError, match="no luck"):
            await ask(batcher, tagged(13))
        return await ask(batcher, tagged(7))

    assert run(answer, work) == [7]
