"""What is told of a run while it goes, spelt once: for the terminal, for programs, for loggers and pages."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from muslin.data.decoding.pool import ReportProgress
from muslin.prediction.metrics import Metrics
from muslin.training.state import EpochResult

__all__ = ["Notice", "Packing", "Run", "tell_packing"]

PAUSE = 0.1  # seconds between two events


@dataclass(frozen=True)
class Packing:
    """How far picture files are read or decoded, before the first step of training.

    Attributes:
        stage: `reading` or `decoding`.
        done: pictures.
        total: pictures.
    """

    stage: str
    done: int
    total: int


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


@dataclass(frozen=True)
class Run:
    """A run that ended.

    Attributes:
        folder: that holds it.
        epochs: one result for each finished epoch.
        test: the last weights' score; None when training was interrupted.
        ended: `done`, `early` or `interrupted`.
        seconds: from the start to the last file.
        signal: the number of the signal that interrupted it; None otherwise.
    """

    folder: Path
    epochs: tuple[EpochResult, ...]
    test: Metrics | None
    ended: str
    seconds: float
    signal: int | None = None
