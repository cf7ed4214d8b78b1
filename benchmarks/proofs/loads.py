"""Much to do: 64 clients at once, four times more than can be done, and the end in the midst of it."""

import asyncio
import gc
import itertools
import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.proofs.asking import Answer, Server, asker, posted, serve
from benchmarks.proofs.processes import Outcome

__all__ = ["Given", "answer_many", "answer_too_many", "end_under_load"]

CLIENTS = 64
CLOSE = 1e-6  # between probabilities of a picture that was computed alone, and with others
WARM = 100_000  # requests after which memory is all there: the largest batches have come, in all their mixtures
GROWTH = 1.1  # of memory
DEADLINE = 0.5  # s, of the server that is asked too much
OVER = 4  # times what can be done
HAMMERING = 700  # clients of it: so many that one which was refused is read again by the time that it asks again
GOODPUT = 0.7  # of what can be done, at least
LATE = 0.05  # s, in which a refusal is to be there


@dataclass(frozen=True)
class Given:
    """What is served, and what is sent to it.

    Attributes:
        run: a run that has its ONNX file.
        shape: (C, H, W) of the pictures that its model takes.
        pictures: picture files of that size.
    """

    run: Path
    shape: tuple[int, int, int]
    pictures: list[bytes]


async def answers_alone(server: Server, pictures: list[bytes]) -> list[dict[str, float]]:
    """Returns each picture's probabilities, computed one at a time."""
    async with asker(server.port) as one:
        answers = [await one.ask_until_taken(posted(one, picture)) for picture in pictures]
    assert all(answer is not None and answer.status == 200 for answer in answers)
    return [answer.json["probabilities"] for answer in answers if answer is not None]


def answer_many(given: Given, server: Server, count: int, seconds: float = float("inf")) -> Outcome:
    """Sends so many requests by 64 clients, or for so long: none may be lost, none swapped, and memory stays."""
    return asyncio.run(_answer_many(given, server, count, seconds))


async def _answer_many(given: Given, server: Server, count: int, seconds: float) -> Outcome:
    expected = await answers_alone(server, given.pictures)
    numbers, problems, began = iter(range(count)), list[str](), time.monotonic()
    resident = done = refused = 0

    async def work() -> None:
        nonlocal resident, done, refused
        async with asker(server.port) as one:
            for number in itertools.takewhile(lambda _: time.monotonic() - began < seconds, numbers):
                which = number % len(expected)
                answer = await one.ask_until_taken(posted(one, given.pictures[which]))
                problems.extend(wrong_with(answer, expected[which]))
                done += 1
                is_warm = done >= min(WARM, count // 2) or time.monotonic() - began >= seconds / 2
                resident = resident or (server.resident() if is_warm else 0)
            refused += one.refused

    await asyncio.gather(*(work() for _ in range(CLIENTS)))
    took, grown = time.monotonic() - began, server.resident() / resident
    if grown > GROWTH:
        problems.append(f"memory grew {grown:.2f} times")
    again = f", {refused:,} told to come again" if refused else ""
    seen = f"{done / took:,.0f} a second{again}, memory {server.resident() / 1e6:.0f} MB, {grown:.2f} times what it was"
    return Outcome(done, problems, seen)


def wrong_with(answer: Answer | None, expected: dict[str, float]) -> list[str]:
    """Says what is wrong with an answer."""
    if answer is None or answer.status != 200:
        return ["no answer" if answer is None else f"status {answer.status}: {answer.body[:100]!r}"]
    told = answer.json["probabilities"]
    apart = max(abs(told[name] - expected[name]) for name in expected)
    return [] if apart <= CLOSE else [f"{apart} from the answer that the picture has alone"]


@dataclass
class Tally:
    """What became of requests: the seconds of each answer, by its status, and what was wrong."""

    seconds: dict[int, list[float]] = field(default_factory=lambda: {200: [], 503: []})
    problems: list[str] = field(default_factory=list)

    def add(self, answer: Answer | None) -> None:
        """Counts an answer."""
        if answer is None or answer.status not in self.seconds:
            self.problems.append("no answer" if answer is None else f"status {answer.status}: {answer.body[:100]!r}")
            return
        if answer.status == 503 and not answer.headers.get("retry-after", "").isdigit():
            self.problems.append("a refusal that does not say when to try again")
        self.seconds[answer.status].append(answer.seconds)

    def late(self, status: int, share: float = 0.99) -> float:
        """Returns within how many seconds such a share of the answers of a status was there."""
        ordered = sorted(self.seconds[status])
        return ordered[int(share * (len(ordered) - 1))] if ordered else 0.0


def answer_too_many(given: Given, folder: Path, seconds: float, *, is_timed: bool = True) -> Outcome:
    """Asks four times more than can be done: what is taken is answered in time, the rest is told at once to come again.

    Args:
        given: what is sent.
        folder: for files.
        seconds: how long, after as long for its memory to be all there.
        is_timed: whether to hold times against what is promised, which a busy machine can break.
    """
    with serve(given.run, folder, "--deadline", DEADLINE) as server:
        return asyncio.run(_answer_too_many(given, server, seconds, is_timed=is_timed))


async def _answer_too_many(given: Given, server: Server, seconds: float, *, is_timed: bool) -> Outcome:
    usual, flood = Tally(), Tally()
    gc.freeze()  # what is loaded here: looking through it takes 0.1 s, which would count as the server's
    await hammer(given, server, usual, 16, min(seconds, 5), 0)
    can = len(usual.seconds[200]) / min(seconds, 5)
    pause = HAMMERING / (OVER * can)
    await hammer(given, server, Tally(), HAMMERING, seconds, pause)  # so much takes memory, and no more in the end
    resident = server.resident()
    await hammer(given, server, flood, HAMMERING, seconds, pause)
    good = len(flood.seconds[200]) / seconds
    offered = sum(map(len, flood.seconds.values())) / seconds
    grown = server.resident() / resident
    problems = flood.problems + usual.problems
    if grown > GROWTH:
        problems.append(f"memory grew {grown:.2f} times")
    if not await is_well(given, server):
        problems.append("it does not answer any more")
    if is_timed:
        if good < GOODPUT * can:
            problems.append(f"{good:.0f} good answers a second, of {can:.0f} that it can give")
        if flood.late(200) > 2 * DEADLINE or flood.late(503) > LATE:
            problems.append(f"late: {flood.late(200):.2f} s to answer, {flood.late(503):.3f} s to refuse")
    seen = (
        f"{offered:,.0f} asked and {good:,.0f} answered a second, of {can:,.0f} that it can; p99 "
        f"{flood.late(200):.2f} s, of refusals {1000 * flood.late(503):.0f} ms; "
        f"memory {server.resident() / 1e6:.0f} MB, {grown:.2f} times what it was after as long before"
    )
    return Outcome(sum(map(len, flood.seconds.values())), problems, seen)


async def hammer(given: Given, server: Server, tally: Tally, clients: int, seconds: float, pause: float) -> None:
    """Asks for so long by so many clients, each once in `pause` seconds or whenever it was answered."""
    until = time.monotonic() + seconds
    chance = random.Random(0)  # noqa: S311 - nothing secret

    async def work(number: int) -> None:
        async with asker(server.port) as one:
            await asyncio.sleep(pause * chance.random())
            while (now := time.monotonic()) < until:
                tally.add(await one.ask(posted(one, given.pictures[number % len(given.pictures)])))
                number += clients
                await asyncio.sleep(max(0.0, now + pause - time.monotonic()))

    await asyncio.gather(*(work(number) for number in range(clients)))


async def is_well(given: Given, server: Server) -> bool:
    """Whether a server answers once there is little to do."""
    async with asker(server.port) as one:
        for _ in range(100):
            answer = await one.ask(posted(one, given.pictures[0]))
            if answer is not None and answer.status == 200:
                return True
            await asyncio.sleep(0.1)
    return False


def end_under_load(given: Given, folder: Path, count: int) -> Outcome:
    """Tells busy servers to end: whatever was sent before must be answered, and they end well."""
    problems, answered = list[str](), 0
    for number in range(count):
        with serve(given.run, folder / f"{number}") as server:
            found, good = asyncio.run(_end_under_load(given, server, number))
            code, errors = server.ended()
        if (code, errors) != (0, ""):
            found.append(f"exit code {code}: {errors[-500:]}")
        problems += [f"drain {number}: {problem}" for problem in found]
        answered += good
    return Outcome(count, problems, f"{answered:,} requests under way were answered")


async def _end_under_load(given: Given, server: Server, number: int) -> tuple[list[str], int]:
    told, problems, answered = float("inf"), list[str](), 0

    async def work(picture: bytes) -> None:
        nonlocal answered
        async with asker(server.port) as one:
            while True:
                sent = time.monotonic()
                answer = await one.ask(posted(one, picture))
                if answer is None and sent < told:
                    problems.append("a request that was sent before got no answer")
                if answer is None or answer.status != 200:
                    return
                answered += sent < told < time.monotonic()

    works = [asyncio.ensure_future(work(picture)) for picture in given.pictures[:CLIENTS]]
    await asyncio.sleep(0.2 + 0.4 * random.Random(number).random())  # noqa: S311 - nothing secret
    server.process.send_signal(signal.SIGTERM)
    told = time.monotonic()
    await asyncio.gather(*works)
    return problems, answered
