"""What a person, or a program, sees of a climb while it goes."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self, TypeAlias

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from muslin.ladder.climb import Course, Failed, RungStarted
from muslin.ladder.pictures import Measured
from muslin.ladder.plane import Plane, PlaneMeasured
from muslin.terminal.layout import write_line
from muslin.text import duration, percent, printable

__all__ = ["JsonClimb", "LiveClimb", "PlainClimb", "headings_of"]

Event: TypeAlias = RungStarted | Measured | PlaneMeasured | Failed

HEADINGS = ("rung", "test accuracy", "95 % interval", "parameters", "to fit", "answers/s")


def headings_of(course: Course[Any]) -> tuple[str, ...]:
    """Returns the headings of a course's table."""
    return ("rung", *course.tasks, "to fit") if isinstance(course, Plane) else HEADINGS


def cells(event: Measured | PlaneMeasured) -> list[str]:
    """Returns what the table says of a rung, in the order of the headings."""
    if isinstance(event, PlaneMeasured):
        accuracies = [percent(accuracy, 1) for accuracy in event.accuracies.values()]
        return [event.rung, *accuracies, duration(event.fit_seconds)]
    return [
        event.rung, percent(event.accuracy, 2), f"{100 * event.low:.1f} - {100 * event.high:.1f}",
        f"{event.parameters:,}", duration(event.fit_seconds), f"{event.images_per_second:,.0f}",
    ]  # fmt: skip


def lesson(event: Measured | PlaneMeasured) -> str:
    """Returns what the rung cannot do that the next one can."""
    return f"{event.rung} cannot {event.cannot}."


def complaint(event: Failed) -> str:
    """Returns why a rung has no row."""
    return f"{event.rung} {'left out' if event.unsuited else 'failed'}: {event.reason}"


class PlainClimb:
    """A line a rung, for logs and pipes; at the end, what each cannot do, and where the results are.

    Args:
        headings: the table's headings.
        files: the files that are written.
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
        match event:
            case Failed():
                write_line(complaint(event))
            case Measured() | PlaneMeasured():
                named = zip(self.headings[1:], cells(event)[1:], strict=True)
                write_line(f"{event.rung}: " + ", ".join(f"{heading} {cell}" for heading, cell in named))
                self.lessons.append(lesson(event))

    def end(self) -> None:
        """Says what each rung cannot do, and where the results are."""
        for line in (*self.lessons, f"Written: {', '.join(map(printable, self.files))}"):
            write_line(line)


class JsonClimb(PlainClimb):
    """A JSON object a line, for programs: events `rung`, `plane` and `failed`."""

    def __call__(self, event: Event) -> None:
        """Shows one event."""
        if not isinstance(event, RungStarted):
            write_line(json.dumps({"event": event.event} | event.as_json()))

    def end(self) -> None:
        """Says nothing more."""


class LiveClimb(PlainClimb):
    """A table that grows by a row a rung, over the name of the one that is being climbed.

    Args:
        headings: the table's headings.
        files: the files that are written.
        console: the terminal.
    """

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
        match event:
            case RungStarted():
                now = Text(f"climbing {event.rung}, {event.number} of {event.total}", style="dim")
                self.live.update(Group(self.table, now))
            case Failed():
                self._add_row([event.rung, "left out" if event.unsuited else "failed"], complaint(event))
            case Measured() | PlaneMeasured():
                self._add_row(cells(event), lesson(event))

    def _add_row(self, row: Sequence[str], remark: str) -> None:
        self.table.add_row(*row)
        self.lessons.append(remark)
        self.live.update(self.table)

    def end(self) -> None:
        """Says what each rung cannot do, and where the results are."""
        self.live.stop()
        lines = ("", *self.lessons, f"Written: {', '.join(map(printable, self.files))}")
        self.console.print(*lines, sep="\n", highlight=False, markup=False)
