"""The one training that pages may begin, watch and stop: in a process of its own, told to all that look."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from muslin.errors import SettingError

__all__ = ["Training"]

ALONE = 20.0  # seconds without a page that looks, after which it is stopped
GRACE = 5.0  # seconds to stop in
QUIET = 15.0  # seconds without news, after which a page is told that the line is open
KEPT = {  # of each event, what pages draw
    "start": ("parameters", "train", "validation", "test", "folder"),
    "progress": ("epoch", "share", "loss", "remaining"),
    "epoch": ("epoch", "train_loss", "validation_loss", "validation_accuracy", "learning_rate_factor",
              "pictures_per_second", "seconds"),
    "end": ("ended", "folder", "seconds", "test_accuracy"),
    "notice": ("text",),
    "problem": ("text",),
}  # fmt: skip
Event = dict[str, Any]


class Training:
    """At most one training at a time; all of it belongs to the server's event loop.

    Args:
        data: what it learns, as `muslin fit` names it.
        alone: seconds without a page that looks, after which it is stopped.
    """

    def __init__(self, data: str = "fashion-mnist", alone: float = ALONE) -> None:
        self.data, self.alone = data, alone
        self.run: Path | None = None  # the newest that was trained here to its end
        self._told: list[Event] = []  # of the newest training, in order: what a page needs that comes later
        self._progress: list[Event] = []  # where it is now, at most one
        self._count = 0  # of trainings
        self._pages = 0  # that look
        self._is_over = False
        self._is_stopped = False
        self._changed = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._leaving: asyncio.TimerHandle | None = None  # what stops it, unless a page looks by then

    @property
    def runs(self) -> bool:
        """Whether one is under way."""
        return self._reading is not None and not self._reading.done()

    def begin(self, settings: dict[str, Any]) -> None:
        """Begins one, with such settings of `muslin fit`.

        Raises:
            SettingError: one is under way.
        """
        if self.runs:
            raise SettingError("a training is under way, here or on another page; watch it, or stop it first")
        self._count += 1
        self._told, self._progress, self._is_stopped = [{"event": "begin", **settings}], [], False
        self._reading = asyncio.create_task(self._read({"data": self.data, "recipe": "espresso", **settings}))
        self._tell()
        self._stop_if_left()

    def stop(self, why: str) -> None:
        """Stops it between two steps, if one is under way."""
        if not self.runs or self._is_stopped:
            return
        self._is_stopped = True
        self._told.append({"event": "stopped", "text": why})
        self._tell()
        if self._process is not None:
            self._let_stop(self._process)

    async def end(self) -> None:
        """Ends it, and what is told to pages: the server ends."""
        self._is_over = True
        self._tell()
        if self._reading is not None:
            self.stop("The server ended.")
            await asyncio.wait([self._reading], timeout=GRACE)
            self._reading.cancel()

    async def watched(self) -> AsyncIterator[str]:
        """Yields what a page is to know, as Server-Sent Events: all so far of the newest training, then what comes."""
        self._pages += 1
        if self._leaving is not None:
            self._leaving.cancel()
        count, told, progress = -1, 0, self._progress
        try:
            while not self._is_over:
                changed = self._changed
                if count != self._count:
                    count, told, progress = self._count, 0, []
                    if not self._told:
                        yield written({"event": "none"})
                news = self._told[told:] + (self._progress if self._progress is not progress else [])
                told, progress = len(self._told), self._progress
                for event in news:
                    yield written(event)
                try:
                    await asyncio.wait_for(changed.wait(), QUIET)
                except TimeoutError:
                    yield ": nothing new\n\n"
        finally:
            self._pages -= 1
            self._stop_if_left()

    async def _read(self, request: dict[str, Any]) -> None:
        """Runs the process, and takes in what it tells."""
        source = str(Path(__file__).parents[2])
        paths = os.pathsep.join(filter(None, (source, os.environ.get("PYTHONPATH"))))
        # A session of its own: Ctrl+C is for the server, which then ends this.
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "muslin.lecture.trainer", stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, env=os.environ | {"PYTHONPATH": paths}, start_new_session=True,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            if self._is_stopped:
                self._let_stop(process)
            async for line in process.stdout:
                self._take(json.loads(line))
            status = await process.wait()
        finally:
            kill(process)
            self._process = None
        if self._told[-1]["event"] not in ("end", "problem"):
            ended = "It ended at once." if self._is_stopped else f"It broke off, with status {status}."
            self._told.append({"event": "problem", "text": ended})
        self._progress = []
        self._tell()

    def _take(self, event: Event) -> None:
        """Keeps what pages draw of an event, and lets them know."""
        kind = event["event"]
        if kind not in KEPT:
            return
        kept = {"event": kind} | {name: event[name] for name in KEPT[kind]}
        if kind == "progress":
            self._progress = [kept]
        else:
            self._told.append(kept)
            self._progress = []
        if kind == "end" and event["ended"] in ("done", "early"):
            self.run = Path(event["folder"])
        self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _stop_if_left(self) -> None:
        """Stops it after a while, unless a page looks by then."""
        if not self._pages and self.runs:
            loop = asyncio.get_running_loop()
            self._leaving = loop.call_later(self.alone, self.stop, f"Nobody looked for {self.alone:g} seconds.")

    def _let_stop(self, process: asyncio.subprocess.Process) -> None:
        """Asks a process to stop, and ends it where it does not."""
        assert process.stdin is not None
        process.stdin.close()
        asyncio.get_running_loop().call_later(GRACE, kill, process)


def kill(process: asyncio.subprocess.Process) -> None:
    """Ends a process, if it has not ended."""
    if process.returncode is None:
        process.kill()


def written(event: Event) -> str:
    return f"data: {json.dumps(event, separators=(',', ':'))}\n\n"
