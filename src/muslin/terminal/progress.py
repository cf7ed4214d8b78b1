"""What a person, or a program, sees of a training run while it goes."""

import json
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar
from rich.table import Table

from muslin.config import VIEWS
from muslin.pipeline.events import Ended, EpochResult, Event, Notice, Packing, Progress, Started
from muslin.prediction.metrics import Score
from muslin.terminal.bars import FileBar
from muslin.terminal.layout import folded, write_aside, write_line
from muslin.text import duration, percent, plural, printable

__all__ = ["JsonLines", "LiveTable", "PlainLines", "Quiet"]


def introduction(event: Started) -> str:
    """Returns in a few lines what is about to be trained, on what, where."""
    resumed = ""
    if event.resumed_step is not None:
        resumed = f"Going on at step {event.resumed_step:,} of {printable(event.folder)}\n"
    sizes, settings = event.sizes, event.settings
    return (
        f"{resumed}"
        f"Recipe {event.recipe}: {settings.model}, {event.parameters:,} parameters, {event.length}, "
        f"seed {settings.seed}\n"
        f"{printable(event.data)}: {sizes['train']:,} pictures to train, {sizes['validation']:,} to validate, "
        f"{sizes['test']:,} to test, {len(event.classes)} classes; on {event.machine}"
    )


def conclusion(event: Ended) -> str:
    """Returns in a few lines how a run ended, where it is, and what to type next."""
    if event.test is None:
        epochs = f"{plural(event.epochs, 'whole epoch')}"
        return (
            f"Stopped after {epochs}. The weights so far are in {printable(event.folder)};\n"
            f"they were not tested. To go on: muslin fit --resume {printable(event.folder)}"
        )
    early = " (stopped early: no more progress)" if event.ended == "early" else ""
    return (
        f"Test accuracy {percent(event.test.accuracy, 2)} on {event.test.count:,} pictures, "
        f"in {duration(event.seconds)}{early}\n{by_one_view(event.test)}"
        + "".join(f"{printable(line)}\n" for line in event.findings)
        + f"Why, with the pictures: open {printable(event.report or event.folder)}"
    )


def by_one_view(test: Score) -> str:
    """Returns a line with the accuracy by each picture as it is, where the test took more views than that."""
    if test.views == 1 or test.accuracy_one_view is None:
        return ""
    return f"({VIEWS[test.views]}; by each picture once it is {percent(test.accuracy_one_view, 2)})\n"


class Quiet:
    """Shows nothing while the run goes; prints its folder at the end."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leaves the terminal as it was."""

    def __call__(self, event: Event) -> None:
        """Shows one event."""
        match event:
            case Notice():
                write_notice(event)
            case Ended():
                write_line(str(event.folder))


class PlainLines(Quiet):
    """A line an epoch, for logs and pipes."""

    def __call__(self, event: Event) -> None:
        """Shows one event."""
        match event:
            case Started():
                write_line(introduction(event))
            case EpochResult():
                write_line(
                    f"epoch {event.epoch}: loss {event.train_loss:.4f}, validation accuracy "
                    f"{percent(event.validation_accuracy, 2)}, {event.pictures_per_second:,.0f} pictures/s, "
                    f"{duration(event.seconds)}"
                )
            case Notice():
                write_notice(event)
            case Ended():
                write_line(conclusion(event))


class JsonLines(Quiet):
    """A JSON object a line, for programs: events `notice`, `start`, `epoch` and `end`."""

    def __call__(self, event: Event) -> None:
        """Shows one event."""
        if not isinstance(event, Packing | Progress):
            write_line(json.dumps(event.as_json()))


class LiveTable(Quiet):
    """A table that grows by a row an epoch, over a bar with the speed and the time that is left.

    Before it, while picture files are read the first time, a bar.

    Args:
        console: the terminal.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self.files = FileBar(console)
        self.epochs = 0  # in all; 0 where time decides
        self.table = Table(box=None, pad_edge=False)
        for heading in ("epoch", "loss", "validation", "pictures/s", "elapsed"):
            self.table.add_column(heading, justify="right")
        text = TextColumn("{task.percentage:>3.0f} %  {task.description}")
        self.bar = Bar(BarColumn(bar_width=24), text, console=console)
        self.task = self.bar.add_task("first steps", total=1.0)
        self.live = Live(Group(self.table, self.bar), console=console, refresh_per_second=4)

    def __exit__(self, *_: object) -> None:
        self.files.close()
        self.live.stop()

    def __call__(self, event: Event) -> None:
        """Shows one event."""
        match event:
            case Packing():
                self.files(event.stage, event.done, event.total)
            case Started():
                self._begin(event)
            case Progress():
                self._move_bar(
                    event.share, f"epoch {event.epoch}, loss {event.loss:.3f}, {duration(event.remaining)} left"
                )
            case EpochResult():
                self._add_row(event)
            case Notice():
                self.files.close()
                write_notice(event)
            case Ended():
                self._end(event)

    def _begin(self, event: Started) -> None:
        self.files.close()
        self.epochs = 0 if event.settings.time_budget else event.settings.epochs
        self._print(introduction(event))
        self.live.start()

    def _add_row(self, event: EpochResult) -> None:
        self.table.add_row(
            str(event.epoch), f"{event.train_loss:.4f}", f"{percent(event.validation_accuracy, 2)}",
            f"{event.pictures_per_second:,.0f}", duration(event.seconds),
        )  # fmt: skip
        if self.epochs:
            self._move_bar(event.epoch / self.epochs, f"epoch {event.epoch} done")

    def _end(self, event: Ended) -> None:
        if event.test is not None:
            self._move_bar(1.0, "trained and tested")
        self.live.stop()
        self._print(conclusion(event))

    def _move_bar(self, share: float, text: str) -> None:
        self.bar.update(self.task, completed=share, description=text)

    def _print(self, text: str) -> None:
        self.console.print(folded(text, self.console), highlight=False, soft_wrap=True, markup=False)


def write_notice(notice: Notice) -> None:
    """Prints a notice on standard error."""
    write_aside(f"Note: {notice.text}")
