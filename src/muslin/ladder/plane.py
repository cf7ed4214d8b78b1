"""The rungs on the plane: every set of coloured points, and where each rung sees which colour.

Legend: S pixels on a side of a picture of the plane.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from muslin.errors import SettingError
from muslin.ladder.pictures import Task, measure_rung
from muslin.ladder.plots import Panel, draw_plane
from muslin.ladder.rung import Labels, Rung
from muslin.textbook import plane

__all__ = ["Plane", "PlaneMeasured", "make_plane", "point_rungs"]

TEST_POINTS = 1000
SIDE = 100
EDGE = 1.25  # the plane is drawn from -EDGE to EDGE


@dataclass(frozen=True)
class PlaneMeasured:
    """What a rung achieved on the sets of the plane.

    Attributes:
        rung: the rung's name.
        summary: what it is.
        cannot: what it cannot do that the next rung can.
        panels: each set, and where the rung sees which colour.
        fit_seconds: the wall time to learn all sets.
    """

    event: ClassVar[str] = "plane"

    rung: str
    summary: str
    cannot: str
    panels: tuple[Panel, ...]
    fit_seconds: float

    @property
    def accuracies(self) -> dict[str, float]:
        """Returns the share of right answers on fresh points of each set, in [0, 1], by the set's name."""
        return {panel.name: panel.accuracy for panel in self.panels}

    def as_json(self) -> dict[str, Any]:
        """Returns what JSON tells of it."""
        return {
            "rung": self.rung, "summary": self.summary, "cannot": self.cannot, "accuracies": self.accuracies,
            "fit_seconds": self.fit_seconds,
        }  # fmt: skip


@dataclass(frozen=True)
class Plane:
    """A course of all sets of coloured points.

    Attributes:
        name: the course's name, which its files have too.
        tasks: the points of each set, by the set's name.
    """

    name: ClassVar[str] = "plane"

    tasks: dict[str, Task]

    def measure(self, rung: type[Rung]) -> PlaneMeasured:
        """Fits and tests one rung on every set."""
        panels, seconds = [], 0.0
        for name, task in self.tasks.items():
            fitted = rung(task.classes, task.seed)
            measured = measure_rung(fitted, task)
            seconds += measured.fit_seconds
            panels.append(Panel(name, task.images, task.labels, regions(fitted), measured.accuracy))
        return PlaneMeasured(rung.name, rung.summary, rung.cannot, tuple(panels), seconds)

    def draw(self, results: Sequence[PlaneMeasured]) -> bytes:
        """Draws the plane as each rung sees it; returns a PNG."""
        return draw_plane({result.rung: result.panels for result in results}, EDGE)

    def as_json(self) -> dict[str, Any]:
        """Returns nothing: the sets are made anew from the seed."""
        return {}


def make_plane(seed: int, limit: int | None = None) -> Plane:
    """Makes all sets of the plane, with fresh points of the same set to test on.

    Args:
        seed: the seed of the training points; the test points have the next one.
        limit: how many points to learn from; None for each set's own number.

    Raises:
        SettingError: the seed or the limit is out of range.
    """
    return Plane({name: _task(name, seed, {} if limit is None else {"n": limit}) for name in plane.SETS})


def _task(name: str, seed: int, size: dict[str, int]) -> Task:
    points, labels = plane.make(name, seed=seed, **size)
    test_points, test_labels = plane.make(name, seed=seed + 1, n=TEST_POINTS)
    colours = tuple(f"colour {k}" for k in range(int(test_labels.max()) + 1))
    return Task(points, labels, test_points, test_labels, colours, name, seed)


def point_rungs(rungs: Iterable[type[Rung]], named: Iterable[str] = ()) -> list[type[Rung]]:
    """Leaves out the rungs that work on pictures alone.

    Args:
        rungs: any rungs.
        named: the names that a person asked for.

    Raises:
        SettingError: a person asked for one of those.
    """
    rungs = list(rungs)
    points = [rung for rung in rungs if rung.takes_points]
    for rung in rungs:
        if rung.name in set(named) and not rung.takes_points:
            raise SettingError(
                f"{rung.name} works on pictures alone; on the plane there are {', '.join(r.name for r in points)}"
            )
    return points


def regions(rung: Rung) -> Labels:
    """Asks a fitted rung for the colour of every pixel of the plane: (S, S), the lowest row first."""
    ticks: NDArray[np.float64] = np.linspace(-EDGE, EDGE, SIDE)
    grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    return rung.predict(grid).reshape(SIDE, SIDE)
