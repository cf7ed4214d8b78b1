"""A served run and those who ask it: `muslin serve` in a process of its own, and connections that send any bytes."""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Answer", "Asker", "Server", "asker", "fault_of", "posted", "serve", "together"]

PATIENCE = 60  # seconds for anything, on a slow machine
LEAKS = (b"Traceback", b'File "', b"/site-packages/", b"/src/muslin/")


@dataclass(frozen=True)
class Answer:
    """What a server said, and the seconds until it had."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        """The body's value."""
        return json.loads(self.body)

    @property
    def is_busy(self) -> bool:
        """Whether it says that there is too much to do, and when to come again."""
        return self.status == 503 and self.headers.get("retry-after", "").isdigit()


@dataclass(frozen=True)
class Server:
    """A `muslin serve` process that is ready.

    Attributes:
        process: the process.
        port: where it listens.
        run: the folder that it serves.
        temporary: the folder where it may put files for a while.
    """

    process: subprocess.Popen[str]
    port: int
    run: Path
    temporary: Path

    def resident(self) -> int:
        """Returns how many bytes of memory it takes."""
        return 1024 * int(self._status("VmRSS"))

    def threads(self) -> int:
        """Returns how many threads it has."""
        return int(self._status("Threads"))

    def files(self) -> int:
        """Returns how many files and connections it has open."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def files_left(self, before: int) -> str:
        """Waits until no more files and connections are open than were before; says so if some stay."""
        for _ in range(100 * PATIENCE):
            if (now := self.files()) <= before:
                return ""
            time.sleep(0.01)
        return f"{now} open files where there were {before}"

    def _status(self, name: str) -> str:
        text = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return text.split(f"{name}:")[1].split()[0]

    def ended(self) -> tuple[int, str]:
        """Waits until it has ended; returns its exit code, and what it said of faults."""
        _, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, errors


@contextmanager
def serve(run: Path, folder: Path, *more: object) -> Iterator[Server]:
    """Serves a run as `muslin serve` does, until the context ends."""
    temporary = folder / "temporary"
    temporary.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "muslin", "serve", str(run), "--port", "0", *map(str, more)]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            told = process.stdout.readline()
            port = re.search(r"http://127\.0\.0\.1:(\d+)/", told)
            assert port is not None, told or process.communicate()[1]
            asyncio.run(until_ready(int(port.group(1))))
            yield Server(process, int(port.group(1)), run, temporary)
        finally:
            process.kill()


async def until_ready(port: int) -> None:
    """Waits until a server says that it is ready."""
    async with asker(port) as ready:
        answer = await ready.ask(ready.head("GET", "/ready"))
        assert answer is not None
        assert answer.status == 200


class Asker:
    """A connection that asks one thing after the other."""

    def __init__(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.port, self.reader, self.writer = port, reader, writer
        self.refused = 0  # times that it was told to come again

    def head(self, method: str, path: str, **headers: object) -> bytes:
        """Returns a request's head; `_` in the name of a header stands for a dash."""
        lines = [f"{method} {path} HTTP/1.1", f"host: 127.0.0.1:{self.port}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode()

    async def ask(self, request: bytes) -> Answer | None:
        """Sends a request's bytes; returns the answer, None where the connection ends without one."""
        began = time.perf_counter()
        try:
            self.writer.write(request)
            await self.writer.drain()
            return await self.answer(began)
        except OSError:
            return None

    async def ask_until_taken(self, request: bytes) -> Answer | None:
        """Asks, and again when it is time to where the server says that it is busy: others may keep its machine so."""
        while (answer := await self.ask(request)) is not None and answer.is_busy:
            self.refused += 1
            await asyncio.sleep(int(answer.headers["retry-after"]))
        return answer

    async def answer(self, began: float) -> Answer | None:
        """Reads an answer to what was sent."""
        try:
            async with asyncio.timeout(PATIENCE):
                head = await self.reader.readuntil(b"\r\n\r\n")
                first, *lines = head.decode("latin-1").split("\r\n")[:-2]
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
                body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        except (asyncio.IncompleteReadError, OSError):
            return None
        return Answer(int(first.split()[1]), headers, body, time.perf_counter() - began)


@asynccontextmanager
async def asker(port: int) -> AsyncIterator[Asker]:
    """Opens a connection for as long as the context lasts."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Asker(port, reader, writer)
    finally:
        writer.transport.abort()


def posted(one: Asker, body: bytes, path: str = "/predict", **headers: object) -> bytes:
    """Returns a whole request that sends a body."""
    return one.head("POST", path, content_length=len(body), **headers) + body


async def together(works: list[Coroutine[Any, Any, list[str]]]) -> list[str]:
    """Does all at once; returns the problems of all."""
    return [problem for found in await asyncio.gather(*works) for problem in found]


def fault_of(answer: Answer | None, server: Server, statuses: range | tuple[int, ...] = range(400, 500)) -> str:
    """Says what is wrong with an answer to a bad request; nothing where it is refused as it should be.

    "Busy", with the time to come again, is said by a machine that others keep busy, and is no fault of a request.
    """
    if answer is None:
        return "closed without an answer"
    if answer.status not in statuses and not answer.is_busy:
        return f"status {answer.status}: {answer.body[:200]!r}"
    if any(leak in answer.body for leak in (*LEAKS, str(server.run).encode(), str(server.temporary).encode())):
        return f"it tells what it should not: {answer.body[:200]!r}"
    if answer.status >= 400 and list(answer.json) != ["error"]:
        return f"not in the shape of errors: {answer.body[:200]!r}"
    return ""
