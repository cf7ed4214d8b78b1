"""Real `muslin` processes that start in no time: each is forked from a server that has imported everything."""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from muslin.machine import device, measurement

__all__ = ["SERVER", "Ended", "Muslin", "Outcome", "busy_cores", "muslin", "spread"]

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["muslin.cli", "muslin.pipeline", "muslin.terminal.results", "torch._dynamo"])
LONGEST = 300  # seconds that any process may take
TELLS = "\0exit code "  # before it in the last line: multiprocessing's own server now and then loses it, and says 255

Given = TypeVar("Given")


@dataclass(frozen=True)
class Outcome:
    """What a proof saw.

    Attributes:
        tried: how often.
        problems: one line for each promise that was not kept.
        seen: figures in words.
    """

    tried: int
    problems: list[str]
    seen: str = ""


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code as a shell has it, what it printed, and the seconds it took."""

    code: int
    text: str
    seconds: float


class Muslin:
    """A `muslin` command in a process of its own, with one thread.

    Args:
        arguments: of the command line.
    """

    def __init__(self, *arguments: object) -> None:
        self.reader, writer = SERVER.Pipe(duplex=False)
        self.process = SERVER.Process(target=command, args=(writer, [str(one) for one in arguments]))
        self.started, self.seen = time.monotonic(), ""
        self.told: int | None = None
        self.process.start()
        writer.close()
        self.output = os.fdopen(os.dup(self.reader.fileno()), encoding="utf-8", errors="replace")

    def lines(self) -> Iterator[str]:
        """Returns what it prints, line by line, as it prints it."""
        for line in self.output:
            printed, mark, code = line.partition(TELLS)
            if mark:
                self.told = int(code)
            if printed:
                self.seen += printed
                yield printed

    def wait_for(self, text: str) -> bool:
        """Reads on until a line holds a text; tells whether one did before the process ended."""
        return any(text in line for line in self.lines())

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Sends a signal."""
        assert self.process.pid is not None
        os.kill(self.process.pid, number)

    def kill_after(self, seconds: float) -> bool:
        """Kills it (-9) that many seconds from now; tells whether it was still at work."""
        self.process.join(seconds)
        alive = self.process.exitcode is None
        if alive:
            self.kill()
        self.end()
        return alive

    def end(self) -> Ended:
        """Waits until it ends."""
        for _ in self.lines():
            pass
        self.output.close()
        self.reader.close()
        self.process.join(LONGEST)
        code = self.process.exitcode
        assert code is not None, f"still running after {LONGEST} s"
        code = code if self.told is None else self.told
        return Ended(128 - code if code < 0 else code, self.seen, time.monotonic() - self.started)


def muslin(*arguments: object) -> Ended:
    """Runs a `muslin` command to its end."""
    return Muslin(*arguments).end()


def command(writer: Connection, arguments: list[str]) -> None:
    """Is the command line, in the new process.

    How to compute is told and not measured: a busy machine could choose another way, and other bits.
    """
    from muslin.cli import main

    speeds = {"fp32": 1.0, "fp32 channels last": 2.0, "bf16": 0.5, "bf16 channels last": 1.0}
    measurement.find_measurement = measurement.measure = lambda *_, **__: measurement.Measurement(speeds)
    device.find_measurement = measurement.find_measurement
    device.available_threads = lambda: 1
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for stream in (1, 2):
        os.dup2(writer.fileno(), stream)
    writer.close()
    sys.argv = ["muslin", *arguments]
    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        sys.stdout.flush()
        os.write(1, f"{TELLS}{code}\n".encode())
        raise


def spread(trial: Callable[[Given], Any], given: Sequence[Given]) -> list[Any]:
    """Returns every trial's result; as many at a time as there are cores."""
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        return list(pool.map(trial, given))


@contextmanager
def busy_cores() -> Iterator[None]:
    """Keeps every core busy with other work: one process a core that computes without end."""
    processes = [SERVER.Process(target=compute_for_ever, daemon=True) for _ in os.sched_getaffinity(0)]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.join()


def compute_for_ever() -> None:
    """Keeps one core at full tilt."""
    while True:
        sum(range(100_000))
