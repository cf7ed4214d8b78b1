"""The rungs on pictures: the same ones to learn from and to be tested on for all.

Legend: N pictures, K classes.
"""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np
import torch

from muslin.data.images import ImageData, Splits
from muslin.errors import SettingError
from muslin.evaluation.significance import wilson_interval
from muslin.ladder.plots import draw_ladder
from muslin.ladder.rung import Images, Labels, Rung
from muslin.machine.cores import available_threads

__all__ = ["Measured", "Pictures", "Task", "make_task", "measure_rung"]

FEWEST_PICTURES = 100  # that a limit may leave


@dataclass(frozen=True)
class Task:
    """The same data for every rung.

    Attributes:
        images: pictures to learn from, (N, C, H, W) uint8, or points, (N, 2) float.
        labels: their classes, (N,) int64.
        test_images: pictures or points to be tested on, likewise.
        test_labels: their classes, likewise.
        classes: the K class names.
        name: the data's name.
        seed: the seed of rungs that draw lots.
    """

    images: Images
    labels: Labels
    test_images: Images
    test_labels: Labels
    classes: tuple[str, ...]
    name: str
    seed: int


@dataclass(frozen=True)
class Measured:
    """What a rung achieved.

    Attributes:
        rung: the rung's name.
        summary: what it is.
        cannot: what it cannot do that the next rung can.
        accuracy: its share of right answers on the test set, in [0, 1].
        low: the lower end of the accuracy's 95 % confidence interval.
        high: the upper end.
        parameters: how many numbers were learned or kept.
        fit_seconds: the wall time to learn.
        predict_seconds: the wall time to answer for the test set.
        images_per_second: answers a second.
    """

    event: ClassVar[str] = "rung"

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

    def as_json(self) -> dict[str, Any]:
        """Returns what JSON tells of it."""
        return asdict(self)


@dataclass(frozen=True)
class Pictures:
    """A course of pictures.

    Attributes:
        name: the course's name, which its files have too.
        task: the pictures.
    """

    name: ClassVar[str] = "ladder"

    task: Task

    def measure(self, rung: type[Rung]) -> Measured:
        """Fits and tests one rung."""
        return measure_rung(rung(self.task.classes, self.task.seed), self.task)

    def draw(self, results: Sequence[Measured]) -> bytes:
        """Draws accuracy against seconds; returns a PNG."""
        return draw_ladder(results, self.task.name)

    def as_json(self) -> dict[str, Any]:
        """Returns what is recorded of the pictures and the machine."""
        return {
            "data": self.task.name,
            "train": len(self.task.labels),
            "test": len(self.task.test_labels),
            "classes": self.task.classes,
            "seed": self.task.seed,
            "threads": available_threads(),
        }


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


def make_task(splits: Splits, limit: int | None, seed: int) -> Task:
    """Takes pictures out of splits: all training pictures, those held out included, and the test pictures.

    Nothing is chosen by a rung's score, so that none has to be held out.

    Args:
        splits: the data.
        limit: how many training pictures to take, and half as many test pictures, both drawn by lot; None for all.
        seed: the seed of the lot, and of the rungs.

    Raises:
        SettingError: the limit is below 100.
    """
    if limit is not None and limit < FEWEST_PICTURES:
        raise SettingError(f"limit is {limit}; at least {FEWEST_PICTURES} pictures are needed to learn anything")
    images, labels = _concatenated(splits.train, splits.validation)
    test_images, test_labels = _concatenated(splits.test)
    chosen, asked = (_lot(len(one), most, seed) for one, most in ((labels, limit), (test_labels, limit and limit // 2)))
    return Task(
        images[chosen], labels[chosen], test_images[asked], test_labels[asked], splits.spec.classes, splits.name, seed
    )


def _concatenated(*parts: ImageData) -> tuple[Images, Labels]:
    images, labels = torch.cat([part.images for part in parts]), torch.cat([part.labels for part in parts])
    return images.numpy(), labels.numpy()


def _lot(count: int, most: int | None, seed: int) -> slice | Labels:
    """Draws `most` of `count` by lot: files are often sorted by class, and the first ones would be all alike."""
    if most is None or most >= count:
        return slice(None)
    return np.sort(np.random.default_rng(seed).permutation(count)[:most])
