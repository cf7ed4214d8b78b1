"""Climb the ladder: fit and test one rung after the other on the same data, and keep what was measured.

Legend: N pictures, K classes.
"""

import json
import math
import platform
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch

import muslin
from muslin.data.images import ImageData, Splits
from muslin.errors import DataError, MuslinError, RunError, SettingError
from muslin.files import write_whole
from muslin.ladder.plots import draw_ladder
from muslin.ladder.rung import Images, Labels, Rung
from muslin.machine.cores import available_threads

__all__ = [
    "Failed", "Measured", "Outcome", "Started", "Task", "climb", "make_folder", "take", "try_rung", "versions",
    "wilson_interval",
]  # fmt: skip

Z = 1.959963984540054  # the standard normal's 97.5 % quantile: intervals of 95 %


@dataclass(frozen=True)
class Task:
    """The same data for every rung.

    Attributes:
        images: to learn from, (N, C, H, W) uint8 pictures or (N, 2) float points.
        labels: (N,) int64.
        test_images: likewise.
        test_labels: likewise.
        classes: the K class names.
        name: of the data.
        seed: for rungs that draw lots.
    """

    images: Images
    labels: Labels
    test_images: Images
    test_labels: Labels
    classes: tuple[str, ...]
    name: str
    seed: int


@dataclass(frozen=True)
class Started:
    """A rung is about to be climbed.

    Attributes:
        rung: its name.
        number: from 1.
        total: how many there are.
    """

    rung: str
    number: int
    total: int


@dataclass(frozen=True)
class Measured:
    """What a rung achieved.

    Attributes:
        rung: its name.
        summary: what it is.
        cannot: what it cannot do that the next rung can.
        accuracy: on the test set, in [0, 1].
        low: lower end of the accuracy's 95 % confidence interval.
        high: its upper end.
        parameters: numbers that were learned or kept.
        fit_seconds: wall time to learn.
        predict_seconds: wall time to answer for the test set.
        images_per_second: answers.
    """

    rung: str
    summary: str
    cannot: str
    accuracy: float
    low: float
    high: float
    parameters: int
    fit_seconds: float
    predict_seconds: float
    images_per_second: float


@dataclass(frozen=True)
class Failed:
    """A rung that did not get there.

    Attributes:
        rung: its name.
        reason: why, in one line.
        unsuited: it is not made for such data; otherwise something went wrong.
    """

    rung: str
    reason: str
    unsuited: bool


Outcome: TypeAlias = Measured | Failed


def climb(
    task: Task, rungs: Iterable[type[Rung]], out: Path, report: Callable[[Started | Outcome], None] = lambda _: None
) -> list[Outcome]:
    """Fits and tests each rung in turn; `ladder.json` and `ladder.png` are written anew after each.

    A rung that fails is recorded as such, and the next one is climbed.

    Args:
        task: the data.
        rungs: in order.
        out: a folder, made if need be.
        report: told of every rung's start and outcome.

    Raises:
        RunError: the folder cannot be written to.
    """
    make_folder(out)
    rungs, started, outcomes = list(rungs), time.monotonic(), list[Outcome]()
    for number, rung in enumerate(rungs, start=1):
        report(Started(rung.name, number, len(rungs)))
        outcomes.append(try_rung(rung, task))
        write_whole(out / "ladder.json", json.dumps(describe(task, outcomes, time.monotonic() - started), indent=2))
        write_whole(out / "ladder.png", draw_ladder([o for o in outcomes if isinstance(o, Measured)], task.name))
        report(outcomes[-1])
    return outcomes


def try_rung(rung: type[Rung], task: Task) -> Outcome:
    """Fits and tests one rung; whatever goes wrong is its outcome."""
    try:
        return measure_rung(rung(task.classes, task.seed), task)
    except MuslinError as error:
        return Failed(rung.name, str(error), unsuited=isinstance(error, DataError))
    except Exception as error:  # a mistake in one rung must not cost the others
        return Failed(rung.name, f"{type(error).__name__}: {error}", unsuited=False)


def measure_rung(rung: Rung, task: Task) -> Measured:
    """Fits and tests one rung, with a clock beside it."""
    begun = time.perf_counter()
    rung.fit(task.images, task.labels)
    fitted = time.perf_counter()
    answers = rung.predict(task.test_images)
    answered = time.perf_counter()
    right, count = int((answers == task.test_labels).sum()), len(answers)
    low, high = wilson_interval(right, count)
    return Measured(
        rung=rung.name, summary=rung.summary, cannot=rung.cannot, accuracy=right / count, low=low, high=high,
        parameters=rung.parameters, fit_seconds=fitted - begun, predict_seconds=answered - fitted,
        images_per_second=count / (answered - fitted),
    )  # fmt: skip


def wilson_interval(right: int, count: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share (Wilson, 1927); unlike the normal one it never leaves [0, 1].

    >>> [round(end, 4) for end in wilson_interval(9000, 10000)]
    [0.894, 0.9057]
    """
    share, squared = right / count, Z**2 / count
    middle = share + squared / 2
    reach = Z * math.sqrt(share * (1 - share) / count + squared / (4 * count))
    low, high = (middle - reach) / (1 + squared), (middle + reach) / (1 + squared)
    return max(0.0, min(low, share)), min(1.0, max(high, share))  # rounding must not part the interval from the share


def take(splits: Splits, limit: int | None, seed: int) -> Task:
    """Takes pictures out of splits: all training pictures, those held out included, and the test pictures.

    Nothing is chosen by a rung's score, so that none has to be held out.

    Args:
        splits: the data.
        limit: of the training pictures, and half as many test pictures, both drawn by lot; None for all.
        seed: of the lot, and for the rungs.

    Raises:
        SettingError: the limit is below 100.
    """
    if limit is not None and limit < 100:
        raise SettingError(f"limit is {limit}; at least 100 pictures are needed to learn anything")
    images, labels = _joined(splits.train, splits.validation)
    test_images, test_labels = _joined(splits.test)
    chosen, asked = (_lot(len(one), most, seed) for one, most in ((labels, limit), (test_labels, limit and limit // 2)))
    return Task(
        images[chosen], labels[chosen], test_images[asked], test_labels[asked], splits.spec.classes, splits.name, seed
    )


def _joined(*parts: ImageData) -> tuple[Images, Labels]:
    images, labels = torch.cat([part.images for part in parts]), torch.cat([part.labels for part in parts])
    return images.numpy(), labels.numpy()


def _lot(count: int, most: int | None, seed: int) -> slice | Labels:
    """Draws `most` of `count` by lot: files are often sorted by class, and the first ones would be all alike."""
    if most is None or most >= count:
        return slice(None)
    return np.sort(np.random.default_rng(seed).permutation(count)[:most])


def describe(task: Task, outcomes: Iterable[Outcome], seconds: float) -> dict[str, Any]:
    """Gathers what `ladder.json` records."""
    return {
        "data": task.name,
        "train": len(task.labels),
        "test": len(task.test_labels),
        "classes": task.classes,
        "seed": task.seed,
        "seconds": seconds,
        "threads": available_threads(),
        "versions": versions(),
        "rungs": [asdict(outcome) for outcome in outcomes],
    }


def versions() -> dict[str, str]:
    """Names what computed."""
    return {
        "muslin": muslin.__version__,
        "numpy": np.__version__,
        "torch": torch.__version__,
        "python": platform.python_version(),
    }


def make_folder(out: Path) -> None:
    """Makes the folder for the results.

    Raises:
        RunError: it cannot be made.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"cannot make the folder {out}: {error.strerror}; choose another with --out") from error
