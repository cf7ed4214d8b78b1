"""Those who wait go on in their order, few in each turn of the loop, so that others are heard in between."""

import asyncio

from muslin.serving.turns import FEW, Turns


async def after_each_turn(count, done):
    """What was done after each of so many turns of the loop."""
    seen = []
    for _ in range(count):
        await asyncio.sleep(0)
        seen.append(len(done))
    return seen


def test_few_go_on_in_a_turn_and_all_in_their_order():
    async def work():
        turns, done = Turns(), []

        async def one(number):
            await turns.turn()
            done.append(number)

        async with asyncio.TaskGroup() as group:
            for number in range(10 * FEW):
                group.create_task(one(number))
            seen = await after_each_turn(30, done)
        assert done == list(range(10 * FEW))
        assert max(after - before for before, after in zip([0, *seen], seen, strict=False)) == FEW

    asyncio.run(work())


def test_who_is_alone_does_not_wait():
    async def work():
        turns, loop = Turns(), asyncio.get_running_loop()
        for _ in range(3):
            future = loop.create_future()
            turns.settle(future, 7)
            assert future.result() == 7
            assert turns.lag() == 0
            await asyncio.sleep(0)

    asyncio.run(work())


def test_who_left_takes_no_turn_and_the_lag_is_that_of_the_first():
    async def work():
        turns, loop = Turns(), asyncio.get_running_loop()
        futures = [loop.create_future() for _ in range(4 * FEW)]
        for number, future in enumerate(futures):
            turns.settle(future, number)
        for future in futures[FEW:-FEW]:
            future.cancel()
        first = turns.lag()
        assert 0 < first <= turns.lag()
        await asyncio.sleep(0)
        assert [future.done() for future in futures] == [True] * 4 * FEW
        assert [future.result() for future in futures[-FEW:]] == list(range(3 * FEW, 4 * FEW))
        assert turns.lag() == 0

    asyncio.run(work())
