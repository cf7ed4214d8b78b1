"""Climb the ladder: try one rung after the other on the same course, and keep what each achieved.

Legend: R the kind of results that a course gives.
"""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np

from muslin.errors import DataError, MuslinError, RunError
from muslin.files import write_whole
from muslin.ladder.rung import Rung
from muslin.pipeline.records import versions

__all__ = ["Course", "Failed", "RungStarted", "climb", "try_rung"]


@dataclass(frozen=True)
class RungStarted:
    """A rung is about to be climbed.

    Attributes:
        rung: the rung's name.
        number: its place among those that are climbed, from 1.
        total: how many are climbed.
    """

    rung: str
    number: int
    total: int


@dataclass(frozen=True)
class Failed:
    """A rung that did not get there.

    Attributes:
        rung: the rung's name.
        reason: why, in one line.
        unsuited: whether it is not made for such data; otherwise something went wrong.
    """

    event: ClassVar[str] = "failed"

    rung: str
    reason: str
    unsuited: bool

    def as_json(self) -> dict[str, Any]:
        """Returns what JSON tells of it."""
        return asdict(self)


class Result(Protocol):
    """What a rung achieved.

    Attributes:
        event: what JSON calls results of this kind.
    """

    event: ClassVar[str]

    def as_json(self) -> dict[str, Any]:
        """Returns what JSON tells of it."""


R = TypeVar("R", bound=Result)


class Course(Protocol[R]):
    """What the rungs are tried on, and what is drawn of their results.

    Attributes:
        name: the course's name, which its files have too.
    """

    name: ClassVar[str]

    def measure(self, rung: type[Rung]) -> R:
        """Fits and tests one rung."""

    def draw(self, results: Sequence[R]) -> bytes:
        """Draws what the rungs achieved so far; returns a PNG."""

    def as_json(self) -> dict[str, Any]:
        """Returns what is recorded of the course itself."""


def climb(
    course: Course[R],
    rungs: Iterable[type[Rung]],
    out: Path,
    report: Callable[[RungStarted | R | Failed], None] = lambda _: None,
) -> list[R | Failed]:
    """Tries each rung in turn; the course's JSON and PNG are written anew after each.

    A rung that fails is recorded as such, and the next one is climbed.

    Args:
        course: what they are tried on.
        rungs: the rungs, in order.
        out: a folder, made if need be.
        report: told of every rung's start and outcome.

    Raises:
        RunError: the folder cannot be written to.
    """
    make_folder(out)
    rungs, started, outcomes = list(rungs), time.monotonic(), list[R | Failed]()
    for number, rung in enumerate(rungs, start=1):
        report(RungStarted(rung.name, number, len(rungs)))
        outcome = try_rung(rung, course)
        outcomes.append(outcome)
        record = course.as_json() | {
            "seconds": time.monotonic() - started,
            "versions": versions() | {"numpy": np.__version__},
            "rungs": [one.as_json() for one in outcomes],
        }
        write_whole(out / f"{course.name}.json", json.dumps(record, indent=2))
        write_whole(out / f"{course.name}.png", course.draw([o for o in outcomes if not isinstance(o, Failed)]))
        report(outcome)
    return outcomes


def try_rung(rung: type[Rung], course: Course[R]) -> R | Failed:
    """Fits and tests one rung; whatever goes wrong is its outcome."""
    try:
        return course.measure(rung)
    except MuslinError as error:
        return Failed(rung.name, str(error), unsuited=isinstance(error, DataError))
    except Exception as error:  # a mistake in one rung must not cost the others
        return Failed(rung.name, f"{type(error).__name__}: {error}", unsuited=False)


def make_folder(out: Path) -> None:
    """Makes the folder for the results.

    Raises:
        RunError: it cannot be made.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"cannot make the folder {out}: {error.strerror}; choose another with --out") from error
