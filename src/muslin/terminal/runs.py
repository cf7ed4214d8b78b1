"""What is printed of the runs that there are."""

from collections.abc import Sequence

from rich.markup import escape

from muslin.run.folder import RunSummary
from muslin.terminal.layout import print_table
from muslin.text import duration, percent, printable, shortened

__all__ = ["print_runs"]

NOTE = 60  # letters of a note in the list


def print_runs(runs: Sequence[RunSummary]) -> None:
    """Prints a row a run; names and notes have a column where a run has one."""
    columns = {
        "run": [printable(run.path) for run in runs],
        "name": [printable(run.name) for run in runs],
        "recipe": [printable(run.recipe) for run in runs],
        "model": [printable(run.model) for run in runs],
        "data": [printable(run.data) for run in runs],
        "note": [shortened(printable(run.note), NOTE) for run in runs],
    }
    texts = {heading: cells for heading, cells in columns.items() if any(cells)}
    numbers = {
        "epochs": [str(run.epochs) for run in runs],
        "test": ["–" if run.test_accuracy is None else percent(run.test_accuracy, 2) for run in runs],
        "time": [_time_of(run) for run in runs],
    }
    rows = zip(*([escape(cell) for cell in cells] for cells in texts.values()), *numbers.values(), strict=True)
    print_table((*texts, *numbers), list(rows), left=len(texts))


def _time_of(run: RunSummary) -> str:
    if run.seconds is None or run.ended == "interrupted":
        return "unfinished"
    return duration(run.seconds)
