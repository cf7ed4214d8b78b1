"""What a person, or a program, sees of a climb while it goes."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Self, TypeAlias

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from muslin.ladder.climb import Failed, Measured, Started
from muslin.ladder.plane import PlaneMeasured
from muslin.terminal.layout import write_line
from muslin.text import duration

__all__ = ["HEADINGS", "JsonClimb", "LiveClimb", "PlainClimb", "plane_headings"]

Event: TypeAlias = Started | Measured | PlaneMeasured | Failed

HEADINGS = ("rung", "test accuracy", "95 % interval", "parameters", "to fit", "answers/s")


def plane_headings(sets: Sequence[str]) -> tuple[str, ...]:
    """The headings for a climb over the sets of the plane."""
    return ("rung", *sets, "to fit")


def cells(event: Measured | PlaneMeasured) -> list[str]:
    """What the table says of a rung, in the order of the headings."""
    if isinstance(event, PlaneMeasured):
        accuracies = [f"{100 * accuracy:.1f} %" for accuracy in event.accuracies.values()]
        return [event.rung, *accuracies, duration(event.fit_seconds)]
    return [
        event.rung, f"{100 * event.accuracy:.2f} %", f"{100 * event.low:.1f} - {100 * event.high:.1f}",
        f"{event.parameters:,}", duration(event.fit_seconds), f"{event.images_per_second:,.0f}",
    ]  # fmt: skip


def lesson(event: Measured | PlaneMeasured) -> str:
    """What the rung cannot do that the next one can."""
    return f"{event.rung} cannot {event.cannot}."


def complaint(event: Failed) -> str:
    """Why a rung has no row."""
    return f"{event.rung} {'left out' if event.unsuited else 'failed'}: {event.reason}"


class PlainClimb:
    """A line a rung, for logs and pipes; at the end, what each cannot do, and where the results are.

    Args:
        headings: of the table.
        files: that were written.
    """

    def __init__(self, headings: Sequence[str], files: Sequence[Path]) -> None:
        self.headings, self.files = headings, files
        self.lessons: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leaves the terminal as it was."""

    def __call__(self, event: Event) -> None:
        """Shows one event."""
        if isinstance(event, Failed):
            write_line(complaint(event))
        elif not isinstance(event, Started):
            named = zip(self.headings[1:], cells(event)[1:], strict=True)
            write_line(f"{event.rung}: " + ", ".join(f"{heading} {cell}" for heading, cell in named))
            self.lessons.append(lesson(event))

    def end(self) -> None:
        """Says what each rung cannot do, and where the results are."""
        for line in (*self.lessons, f"Written: {', '.join(map(str, self.files))}"):
            write_line(line)


class JsonClimb(PlainClimb):
    """A JSON object a line, for programs: events `rung`, `plane` and `failed`."""

    def __call__(self, event: Event) -> None:
        """Shows one event."""
        kinds = {Measured: "rung", PlaneMeasured: "plane", Failed: "failed"}
        if not isinstance(event, Started):
            write_line(json.dumps({"event": kinds[type(event)]} | asdict(event)))

    def end(self) -> None:
        """Says nothing more."""


class LiveClimb(PlainClimb):
    """A table that grows by a row a rung, over the name of the one that is being climbed."""

    def __init__(self, headings: Sequence[str], files: Sequence[Path], console: Console) -> None:
        super().__init__(headings, files)
        self.console = console
        self.table = Table(box=None, pad_edge=False)
        for position, heading in enumerate(headings):
            self.table.add_column(heading, justify="right" if position else "left", no_wrap=True)
        self.live = Live(self.table, console=console, refresh_per_second=4)

    def __enter__(self) -> Self:
        self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.live.stop()

    def __call__(self, event: Event) -> None:
        """Shows one event."""
        if isinstance(event, Started):
            now = Text(f"climbing {event.rung}, {event.number} of {event.total}", style="dim")
            self.live.update(Group(self.table, now))
            return
        if isinstance(event, Failed):
            self.table.add_row(event.rung, "left out" if event.unsuited else "failed")
            self.lessons.append(complaint(event))
        else:
            self.table.add_row(*cells(event))
            self.lessons.append(lesson(event))
        self.live.update(self.table)

    def end(self) -> None:
        """Says what each rung cannot do, and where the results are."""
        self.live.stop()
        self.console.print("", *self.lessons, f"Written: {', '.join(map(str, self.files))}", sep="\n", highlight=False)
