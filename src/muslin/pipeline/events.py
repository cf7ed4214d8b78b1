"""What is told of a run while it goes, spelt once: for the terminal, for programs, for loggers and pages.

Every event is made of plain values and says with `as_json` what it is as a JSON object; its `event` names it.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from muslin.config import FitSettings
from muslin.data.decoding.pool import ReportProgress
from muslin.prediction.metrics import Score
from muslin.training.state import EpochResult, Progress

__all__ = ["Ended", "EpochResult", "Event", "Notice", "Packing", "Progress", "Started"]

PAUSE = 0.1  # seconds between two events


@dataclass(frozen=True)
class Started:
    """Everything is ready for the first step.

    Attributes:
        folder: the run's folder.
        recipe: the recipe's name.
        settings: what training does.
        data: the data's name.
        classes: the K class names.
        sizes: how many pictures `train`, `validation` and `test` hold.
        parameters: how many numbers the model learns.
        machine: the machine in one line.
        length: how long it trains, in words, such as `6 epochs`.
        resumed_step: the optimizer steps that earlier processes took, where a run goes on; None for a new run.
        seconds: the time since the start, of a resumed run as if it had never stopped.
    """

    folder: Path
    recipe: str
    settings: FitSettings
    data: str
    classes: tuple[str, ...]
    sizes: dict[str, int]
    parameters: int
    machine: str
    length: str
    resumed_step: int | None
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Returns what JSON tells of it."""
        return {
            "event": "start", "folder": str(self.folder), "recipe": self.recipe, "settings": asdict(self.settings),
            "data": self.data, **self.sizes, "parameters": self.parameters, "seconds": self.seconds,
        }  # fmt: skip


@dataclass(frozen=True)
class Packing:
    """How far picture files are read or decoded, before the first step of training.

    Attributes:
        stage: `reading` or `decoding`.
        done: how many pictures are done.
        total: how many there are.
    """

    stage: str
    done: int
    total: int

    def as_json(self) -> dict[str, Any]:
        """Returns what JSON tells of it."""
        return {"event": "packing"} | asdict(self)


def tell_packing(report: Callable[[Packing], object]) -> ReportProgress:
    """Returns a function that reports progress, at most ten times a second, and the end of each stage."""
    last = 0.0

    def tell(stage: str, done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done == total or now - last >= PAUSE:
            last = now
            report(Packing(stage, done, total))

    return tell


@dataclass(frozen=True)
class Notice:
    """Something that a person should know, and that does not stop the run."""

    text: str

    def as_json(self) -> dict[str, Any]:
        """Returns what JSON tells of it."""
        return {"event": "notice"} | asdict(self)


@dataclass(frozen=True)
class Ended:
    """A run ended, with all its files written.

    Attributes:
        folder: the run's folder.
        ended: `done`, `early` (no more progress) or `interrupted`.
        epochs: how many epochs were finished.
        seconds: the time from the start to the last file.
        test: the last weights' score on the test set; None when training was interrupted.
        report: the page that tells all of it; None when training was interrupted.
        findings: what that page says first, a line each.
    """

    folder: Path
    ended: str
    epochs: int
    seconds: float
    test: Score | None = None
    report: Path | None = None
    findings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Returns what JSON tells of it."""
        test = self.test
        return {
            "event": "end", "ended": self.ended, "folder": str(self.folder), "seconds": self.seconds,
            "test_accuracy": test and test.accuracy, "test_loss": test and test.loss, "views": test and test.views,
            "test_accuracy_one_view": test and test.accuracy_one_view,
            "test_loss_one_view": test and test.loss_one_view,
            "report": self.report and str(self.report), "findings": list(self.findings),
        }  # fmt: skip


Event: TypeAlias = Started | Packing | Progress | EpochResult | Notice | Ended
Report: TypeAlias = Callable[[Event], None]
