"""Tells how far the reading of picture files is, as often as an eye can follow."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from muslin.data.decoding.pool import Progress

__all__ = ["Packing", "tell_packing"]

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


def tell_packing(report: Callable[[Packing], object]) -> Progress:
    """Gives a function that reports progress, at most ten times a second, and the end of each stage."""
    last = 0.0

    def tell(stage: str, done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done == total or now - last >= PAUSE:
            last = now
            report(Packing(stage, done, total))

    return tell
