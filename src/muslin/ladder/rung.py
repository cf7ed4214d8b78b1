"""What a rung of the ladder is.

Legend: N pictures or points, H x W pixels, C channels, D numbers a point, K classes.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from muslin.errors import DataError, SettingError

__all__ = ["Images", "Labels", "Rung"]

Images: TypeAlias = NDArray[Any]
Labels: TypeAlias = NDArray[np.int64]


class Rung(ABC):
    """A classifier of the lecture; a new one is a subclass with `_fit`, `_predict` and `parameters`.

    Pictures are (N, H, W) or (N, C, H, W) uint8, points of the plane (N, D) float.

    Attributes:
        name: name on the command line.
        summary: description in one line.
        cannot: limit that the next rung does not have, in one line, to be read after "it cannot".
        takes_points: Whether it works on points too.
        classes: the K class names, in the order of the labels.
        seed: start of all chance; the same seed gives the same answers.

    Raises:
        SettingError: fewer than two classes, or a negative seed.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    cannot: ClassVar[str]
    takes_points: ClassVar[bool] = True

    def __init__(self, classes: Sequence[str], seed: int = 0) -> None:
        if len(classes) < 2:
            raise SettingError(f"classes are {tuple(classes)}; a classifier needs 2 or more")
        if seed < 0:
            raise SettingError(f"seed is {seed}; it must be 0 or more")
        self.classes, self.seed = tuple(classes), seed
        self._shape: tuple[int, ...] | None = None

    def fit(self, images: Images, labels: Labels) -> None:
        """Learns from pictures or points; what was learned before is forgotten.

        Args:
            images: (N, H, W) or (N, C, H, W) uint8 pictures, or (N, D) float points.
            labels: (N,) int64, each in [0, K).

        Raises:
            DataError: images or labels are none of these, hold NaN, do not fit each other or this rung.
        """
        self._check_images(images)
        _check_labels(labels, len(images), len(self.classes))
        self._fit(images, labels)
        self._shape = images.shape[1:]

    def predict(self, images: Images) -> Labels:
        """Says the class of each picture or point: (N,) int64, each in [0, K).

        Raises:
            SettingError: the rung was not fitted yet.
            DataError: the images are not like those that it was fitted to.
        """
        if self._shape is None:
            raise SettingError(f"{self.name} was not fitted yet; call fit(images, labels) first")
        self._check_images(images)
        if images.shape[1:] != self._shape:
            raise DataError(f"images are {images.shape[1:]} each; {self.name} was fitted to {self._shape}")
        return self._predict(images)

    @property
    @abstractmethod
    def parameters(self) -> int:
        """How many numbers `fit` left behind for `predict` to use."""

    @abstractmethod
    def _fit(self, images: Images, labels: Labels) -> None:
        """Learns from what was checked."""

    @abstractmethod
    def _predict(self, images: Images) -> Labels:
        """Answers for what was checked."""

    def _check_images(self, images: Images) -> None:
        is_pictures = images.dtype == np.uint8 and images.ndim in (3, 4)
        is_points = images.dtype.kind == "f" and images.ndim == 2
        if not (is_pictures or is_points) or images.size == 0:
            raise DataError(
                f"images are {images.dtype} {images.shape}; (N, H, W) or (N, C, H, W) uint8 pictures, "
                "or (N, D) float points are needed"
            )
        if is_points and not self.takes_points:
            raise DataError(f"{self.name} works on pictures alone; leave it out for points")
        if is_points and not np.isfinite(images).all():
            raise DataError(f"points hold {images[~np.isfinite(images)][0]}; every coordinate must be finite")


def _check_labels(labels: Labels, count: int, classes: int) -> None:
    if labels.dtype != np.int64 or labels.shape != (count,):
        raise DataError(f"labels are {labels.dtype} {labels.shape}; ({count},) int64 is needed, one for each image")
    if labels.min() < 0 or labels.max() >= classes:
        raise DataError(f"labels run from {labels.min()} to {labels.max()}; {classes} classes allow 0 to {classes - 1}")
