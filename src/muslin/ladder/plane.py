"""The rungs on the plane: every set of coloured points, and where each rung sees which colour.

Legend: S pixels on a side of a picture of the plane.
"""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from muslin.errors import SettingError
from muslin.files import write_whole
from muslin.ladder.climb import Failed, Started, Task, make_folder, measure_rung, versions
from muslin.ladder.plots import Panel, draw_plane
from muslin.ladder.rung import Labels, Rung
from muslin.textbook import plane

__all__ = ["PlaneMeasured", "climb_plane", "make_tasks", "point_rungs"]

TEST_POINTS = 1000
SIDE = 100
EDGE = 1.25  # the plane is drawn from -EDGE to EDGE


@dataclass(frozen=True)
class PlaneMeasured:
    """What a rung achieved on the sets of the plane.

    Attributes:
        rung: its name.
        summary: what it is.
        cannot: what it cannot do that the next rung can.
        accuracies: on fresh points of each set, in [0, 1].
        fit_seconds: wall time to learn all sets.
    """

    rung: str
    summary: str
    cannot: str
    accuracies: dict[str, float]
    fit_seconds: float


def point_rungs(rungs: Iterable[type[Rung]], named: Iterable[str] = ()) -> list[type[Rung]]:
    """Leaves out the rungs that work on pictures alone.

    Args:
        rungs: any.
        named: names that a person asked for.

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


def make_tasks(seed: int, limit: int | None = None) -> dict[str, Task]:
    """Makes all sets of the plane, with fresh points of the same set to test on.

    Args:
        seed: of the training points; the test points have the next one.
        limit: of the points to learn from; None for each set's own number.

    Raises:
        SettingError: the seed or the limit is out of range.
    """
    return {name: _task(name, seed, {} if limit is None else {"n": limit}) for name in plane.SETS}


def _task(name: str, seed: int, size: dict[str, int]) -> Task:
    points, labels = plane.make(name, seed=seed, **size)
    test_points, test_labels = plane.make(name, seed=seed + 1, n=TEST_POINTS)
    colours = tuple(f"colour {k}" for k in range(int(test_labels.max()) + 1))
    return Task(points, labels, test_points, test_labels, colours, name, seed)


def climb_plane(
    tasks: dict[str, Task],
    rungs: Iterable[type[Rung]],
    out: Path,
    report: Callable[[Started | PlaneMeasured | Failed], None] = lambda _: None,
) -> list[PlaneMeasured | Failed]:
    """Fits and tests each rung on every set; `plane.json` and `plane.png` are written anew after each rung.

    Args:
        tasks: of `make_tasks`.
        rungs: in order, those that take points.
        out: a folder, made if need be.
        report: told of every rung's start and outcome.

    Raises:
        RunError: the folder cannot be written to.
    """
    make_folder(out)
    rungs, started = list(rungs), time.monotonic()
    outcomes: list[PlaneMeasured | Failed] = []
    panels: dict[str, list[Panel]] = {}
    for number, rung in enumerate(rungs, start=1):
        report(Started(rung.name, number, len(rungs)))
        outcome, row = try_sets(rung, tasks)
        outcomes.append(outcome)
        panels |= {rung.name: row} if row else {}
        values = {"seconds": time.monotonic() - started, "versions": versions(), "rungs": list(map(asdict, outcomes))}
        write_whole(out / "plane.json", json.dumps(values, indent=2))
        write_whole(out / "plane.png", draw_plane(panels, EDGE))
        report(outcome)
    return outcomes


def try_sets(rung: type[Rung], tasks: dict[str, Task]) -> tuple[PlaneMeasured | Failed, list[Panel]]:
    """Fits and tests one rung on every set; whatever goes wrong is its outcome."""
    panels, seconds = [], 0.0
    try:
        for name, task in tasks.items():
            fitted = rung(task.classes, task.seed)
            measured = measure_rung(fitted, task)
            seconds += measured.fit_seconds
            panels.append(Panel(name, task.images, task.labels, regions(fitted), measured.accuracy))
    except Exception as error:  # a mistake in one rung must not cost the others
        return Failed(rung.name, f"{type(error).__name__}: {error}", unsuited=False), []
    accuracies = {panel.name: panel.accuracy for panel in panels}
    return PlaneMeasured(rung.name, rung.summary, rung.cannot, accuracies, seconds), panels


def regions(rung: Rung) -> Labels:
    """Asks a fitted rung for the colour of every pixel of the plane: (S, S), the lowest row first."""
    ticks: NDArray[np.float64] = np.linspace(-EDGE, EDGE, SIDE)
    grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    return rung.predict(grid).reshape(SIDE, SIDE)
