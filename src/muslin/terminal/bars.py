"""A bar for the reading of many files."""

from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

__all__ = ["FileBar"]

STAGES = {
    "reading": "reading files",
    "decoding": "decoding pictures",
    "examining": "looking at pictures",
    "predicting": "answering pictures",
    "explaining": "explaining pictures",
    "judging": "judging pictures",
}


class FileBar:
    """A bar that comes with the first file and goes with `close`; draws nothing where there is no terminal.

    Args:
        console: the terminal; by default standard error, so that what a program reads stays clean.
    """

    def __init__(self, console: Console | None = None) -> None:
        console = console or Console(stderr=True)
        columns = TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), TimeRemainingColumn()
        self.bar = Progress(
            *columns,
            console=console,
            transient=True,
            redirect_stdout=False,  # what is printed meanwhile may go to a file: it would land on the terminal
            disable=not console.is_terminal,
        )
        self.tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Shows how far a stage is."""
        if stage not in self.tasks:
            self.bar.start()
            self.tasks[stage] = self.bar.add_task(f"{STAGES[stage]:19}", total=total)
        self.bar.update(self.tasks[stage], completed=done)

    def close(self) -> None:
        """Takes the bar away."""
        self.bar.stop()
