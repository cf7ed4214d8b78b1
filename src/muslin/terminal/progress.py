"""What a person, or a program, sees of a training run while it goes."""

import json
from dataclasses import asdict
from typing import Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar
from rich.table import Table

from muslin.pipeline import Job, Notice, Packing, Run
from muslin.terminal.bars import FileBar
from muslin.terminal.layout import folded, write_aside, write_line
from muslin.text import duration
from muslin.training.state import EpochResult, Progress

__all__ = ["JsonLines", "LiveTable", "PlainLines", "Quiet"]

Event = Job | Packing | Progress | EpochResult | Notice | Run


def introduction(job: Job) -> str:
    """Says in a few lines what is about to be trained, on what, where."""
    sizes, settings = job.sizes, job.settings
    length = f"in {duration(settings.time_budget)}" if settings.time_budget else job.told(settings.epochs)
    if job.learns_head:
        length = f"last layer{', then all of it for ' + length if settings.unfreeze else ''}"
    resumed = f"Going on at step {job.resumed_step:,} of {job.folder}\n" if job.order.again else ""
    return (
        f"{resumed}"
        f"Recipe {job.recipe}: {settings.model}, {job.parameters:,} parameters, {length}, seed {settings.seed}\n"
        f"{job.splits.name}: {sizes['train']:,} pictures to train, {sizes['validation']:,} to validate, "
        f"{sizes['test']:,} to test, {len(job.splits.spec.classes)} classes; on {job.machine.summary}"
    )


def conclusion(run: Run) -> str:
    """Says how a run ended, where it is, and what to type next."""
    if run.test is None:
        epochs = f"{len(run.epochs)} whole epoch{'s' * (len(run.epochs) != 1)}"
        return (
            f"Stopped after {epochs}. The weights so far are in {run.folder};\n"
            f"they were not tested. To go on: muslin fit --resume {run.folder}"
        )
    early = " (stopped early: no more progress)" if run.ended == "early" else ""
    pictures = "README.md, curves.png and predictions.png" if len(run.epochs) > 1 else "README.md and predictions.png"
    return (
        f"Test accuracy {100 * run.test.accuracy:.2f} % on {run.test.count:,} pictures, "
        f"in {duration(run.seconds)}{early}\n"
        f"The run is in {run.folder}: look at {pictures} there"
    )


class Quiet:
    """Shows nothing while the run goes; prints its folder at the end."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leaves the terminal as it was."""

    def __call__(self, event: Event) -> None:
        """Shows one event."""
        if isinstance(event, Notice):
            write_notice(event)
        elif isinstance(event, Run):
            write_line(str(event.folder))


class PlainLines(Quiet):
    """A line an epoch, for logs and pipes."""

    def __call__(self, event: Event) -> None:
        """Shows one event."""
        if isinstance(event, Job):
            write_line(introduction(event))
        elif isinstance(event, EpochResult):
            write_line(
                f"epoch {event.epoch}: loss {event.train_loss:.4f}, validation accuracy "
                f"{100 * event.validation_accuracy:.2f} %, {event.pictures_per_second:,.0f} pictures/s, "
                f"{duration(event.seconds)}"
            )
        elif isinstance(event, Notice):
            write_notice(event)
        elif isinstance(event, Run):
            write_line(conclusion(event))


class JsonLines(Quiet):
    """A JSON object a line, for programs: events `notice`, `start`, `epoch` and `end`."""

    def __call__(self, event: Event) -> None:
        """Shows one event."""
        if isinstance(event, Job):
            write_json(
                event="start", folder=str(event.folder), recipe=event.recipe, settings=asdict(event.settings),
                data=event.splits.name, **event.sizes, parameters=event.parameters, seconds=event.elapsed(),
            )  # fmt: skip
        elif isinstance(event, EpochResult):
            write_json(event="epoch", **asdict(event))
        elif isinstance(event, Notice):
            write_json(event="notice", text=event.text)
        elif isinstance(event, Run):
            test = event.test
            write_json(
                event="end", ended=event.ended, folder=str(event.folder), seconds=event.seconds,
                test_accuracy=test and test.accuracy, test_loss=test and test.loss, views=test and test.views,
                test_accuracy_one_view=test and test.accuracy_one_view, test_loss_one_view=test and test.loss_one_view,
            )  # fmt: skip


class LiveTable(Quiet):
    """A table that grows by a row an epoch, over a bar with the speed and the time that is left.

    Before it, while picture files are read the first time, a bar.
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
        if isinstance(event, Packing):
            self.files(event.stage, event.done, event.total)
        elif isinstance(event, Job):
            self.files.close()
            self.epochs = 0 if event.settings.time_budget else event.settings.epochs
            self._print(introduction(event))
            self.live.start()
        elif isinstance(event, Progress):
            text = f"epoch {event.epoch}, loss {event.loss:.3f}, {duration(event.remaining)} left"
            self.bar.update(self.task, completed=event.share, description=text)
        elif isinstance(event, EpochResult):
            self.table.add_row(
                str(event.epoch), f"{event.train_loss:.4f}", f"{100 * event.validation_accuracy:.2f} %",
                f"{event.pictures_per_second:,.0f}", duration(event.seconds),
            )  # fmt: skip
            if self.epochs:
                self.bar.update(self.task, completed=event.epoch / self.epochs, description=f"epoch {event.epoch} done")
        elif isinstance(event, Notice):
            self.files.close()
            write_notice(event)
        else:
            self._end(event)

    def _end(self, run: Run) -> None:
        if run.test is not None:
            self.bar.update(self.task, completed=1.0, description="trained and tested")
        self.live.stop()
        self._print(conclusion(run))

    def _print(self, text: str) -> None:
        self.console.print(folded(text, self.console), highlight=False, soft_wrap=True, markup=False)


def write_notice(notice: Notice) -> None:
    """Prints a notice on standard error."""
    write_aside(f"Note: {notice.text}")


def write_json(**values: Any) -> None:
    """Prints an object as one line of JSON."""
    write_line(json.dumps(values))
