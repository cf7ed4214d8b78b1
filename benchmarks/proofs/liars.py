"""Clients that mean no good, or know no better: slow, lying, with odd pictures, with anything at all."""

import asyncio
import json
import random
import time
from collections.abc import Callable

from benchmarks.proofs.asking import PATIENCE, Asker, Server, asker, fault_of, posted, together
from benchmarks.proofs.lies import INFER, LIES, tensor
from benchmarks.proofs.loads import Given
from benchmarks.proofs.processes import Outcome
from tests.bad_pictures import CASES

__all__ = ["answer_anything", "answer_liars", "answer_odd_pictures", "outlast_slow_clients"]

HEAD_SECONDS, BODY_SECONDS = 10, 30  # that a server waits
SLACK = 15  # s, on a slow machine
AT_A_TIME = 32
HESITATION = 2  # s without an answer


def outlast_slow_clients(given: Given, server: Server, count: int, *, with_bodies: bool = True) -> Outcome:
    """Lets so many clients send a byte a second, for ever, while others are answered: they are let go in time."""
    return asyncio.run(_outlast_slow_clients(given, server, count, with_bodies=with_bodies))


async def _outlast_slow_clients(given: Given, server: Server, count: int, *, with_bodies: bool) -> Outcome:
    heads = [
        slow(server, lambda one: one.head("POST", "/predict")[:-2], b"a: b\r\n", HEAD_SECONDS) for _ in range(count)
    ]
    bodies = [
        slow(server, lambda one: one.head("POST", "/predict", content_length=10_000), b"a", BODY_SECONDS)
        for _ in range(count if with_bodies else 0)
    ]
    problems = await together([*heads, *bodies, answered_beside(given, server, HEAD_SECONDS)])
    return Outcome(len(heads) + len(bodies), problems, f"let go within {HEAD_SECONDS} and {BODY_SECONDS} s")


async def slow(server: Server, head: Callable[[Asker], bytes], piece: bytes, allowed: float) -> list[str]:
    """Sends a beginning, and then a piece a second, until the server has enough of it."""
    began = time.monotonic()
    async with asker(server.port) as one:
        one.writer.write(head(one))
        reading = asyncio.ensure_future(one.reader.read())
        while not (await asyncio.wait({reading}, timeout=1))[0]:
            one.writer.write(piece)
            if time.monotonic() - began > allowed + SLACK:
                reading.cancel()
                return [f"a slow client is still there after {allowed + SLACK} s"]
        said = b"" if reading.exception() else reading.result()
    return [] if said.startswith(b"HTTP/1.1 408") or not said else [f"a slow client was told {said[:100]!r}"]


async def answered_beside(given: Given, server: Server, seconds: float) -> list[str]:
    """Asks ten times a second; all must be answered."""
    async with asker(server.port) as one:
        for _ in range(int(seconds * 10)):
            answer = await one.ask_until_taken(posted(one, given.pictures[0]))
            if answer is None or answer.status != 200:
                return ["who asked beside slow clients was not answered"]
            await asyncio.sleep(0.1)
    return []


def answer_liars(given: Given, server: Server, count: int) -> Outcome:
    """Tells each lie so often: it is refused, or the connection is closed, and memory stays bounded."""
    resident = server.resident()

    async def tell(name: str) -> list[str]:
        async with asker(server.port) as one:
            answer = await one.ask(LIES[name](one, given))
        fault = fault_of(answer, server) if answer is not None else ""  # to close is an answer too
        return [f"{name}: {fault}"] if fault else []

    async def all_of_them() -> list[str]:
        return [problem for _ in range(count) for name in LIES for problem in await tell(name)]

    problems = asyncio.run(all_of_them())
    grown = server.resident() - resident
    if grown > 100e6:
        problems.append(f"memory grew by {grown / 1e6:.0f} MB")
    return Outcome(count * len(LIES), problems, f"{len(LIES)} kinds, memory {grown / 1e6:+.0f} MB")


def answer_odd_pictures(_: Given, server: Server, count: int) -> Outcome:
    """Sends each odd picture so often."""

    async def send(name: str) -> list[str]:
        case = CASES[name]
        async with asker(server.port) as one:
            answer = await one.ask_until_taken(posted(one, case.content()))
        fault = fault_of(answer, server, (400,) if case.refused else (200,))
        if answer is not None and not fault:
            told = answer.json["error"] if case.refused else " ".join(answer.json["notes"])
            fault = "" if (case.refused or case.note) in told else f"it says {told!r}"
        return [f"{name}: {fault}"] if fault else []

    async def all_of_them() -> list[str]:
        return [problem for _ in range(count) for name in CASES for problem in await send(name)]

    problems = asyncio.run(all_of_them())
    refused = sum(bool(case.refused) for case in CASES.values())
    return Outcome(count * len(CASES), problems, f"{refused} kinds refused, {len(CASES) - refused} read")


def answer_anything(given: Given, server: Server, count: int, first: int = 0) -> Outcome:
    """Sends so many requests that are drawn by seeds from a first one: right ones with some bytes of them changed."""
    statuses: dict[int | None, int] = {}

    async def send(seed: int) -> list[str]:
        chance = random.Random(seed)  # noqa: S311 - nothing secret
        async with asker(server.port) as one:
            answering = asyncio.ensure_future(one.ask(drawn(one, given, chance)))
            if not (await asyncio.wait({answering}, timeout=HESITATION))[0]:
                one.writer.write_eof()  # it waits for more, which does not come
            answer = await answering
        statuses[answer and answer.status] = statuses.get(answer and answer.status, 0) + 1
        fault = "" if answer is None else fault_of(answer, server, range(200, 500))
        return [f"seed {seed}: {fault}"] if fault else []

    async def all_of_them() -> list[str]:
        found = []
        for start in range(first, first + count, AT_A_TIME):
            found += await together([send(seed) for seed in range(start, min(start + AT_A_TIME, first + count))])
        return found

    problems = asyncio.run(asyncio.wait_for(all_of_them(), PATIENCE * max(1, count // 100)))
    seen = ", ".join(f"{n} x {status or 'closed'}" for status, n in sorted(statuses.items(), key=lambda i: -i[1]))
    return Outcome(count, problems, seen)


def drawn(one: Asker, given: Given, chance: random.Random) -> bytes:
    """Returns a request, some bytes of which are changed: of its picture, its JSON, its tensor, or all of it."""
    picture = chance.choice(given.pictures)
    kind = chance.randrange(4)
    if kind == 0:
        return posted(one, changed(picture, chance))
    if kind == 1:
        text = json.dumps({"pixels": [[chance.choice((0, 255, -1, 1e9, None, "a", [])) for _ in range(3)]] * 3})
        return posted(one, changed(text.encode(), chance), content_type="application/json")
    if kind == 2:
        odd = chance.choice((None, [], {}, -1, "x", [[1]], 1e99, True, [10**30] * 4))
        field = chance.choice(("name", "shape", "datatype", "data", "parameters", "other"))
        return posted(one, changed(tensor(given, **{field: odd}), chance), INFER)
    return changed(posted(one, picture), chance)


def changed(content: bytes, chance: random.Random) -> bytes:
    """Returns bytes some of which are flipped, cut out or doubled."""
    result = bytearray(content)
    for _ in range(chance.choice((0, 1, 1, 3, 10))):
        if not result:
            break
        place = chance.randrange(len(result))
        match chance.randrange(3):
            case 0:
                result[place] = chance.randrange(256)
            case 1:
                del result[place : place + chance.choice((1, 1, 50))]
            case 2:
                result[place:place] = result[place : place + chance.choice((1, 20))]
    return bytes(result)
