"""Garments for the widgets: the test pictures of Fashion-MNIST, and how pictures travel to the page.

Legend: N pictures of 28 x 28 pixels.
"""

from base64 import b64encode
from functools import cache

import numpy as np
from numpy.typing import NDArray

from muslin.data.sources.fashion_mnist import FOLDER
from muslin.data.sources.idx import read_idx

__all__ = ["OF_EACH", "first_of_each", "packed", "shown_garments", "test_garments", "training_garments"]

OF_EACH = 40  # garments of each class that are shown to browse


def training_garments() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Returns the 60,000 training pictures, (N, 28, 28), and their classes, (N,); they are not kept: 47 MB."""
    return _read("train")


@cache
def test_garments() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Returns the 10,000 test pictures, (N, 28, 28), and their classes, (N,)."""
    return _read("t10k")


def _read(part: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    images, labels = (read_idx(FOLDER / f"{part}-{name}-ubyte.gz") for name in ("images-idx3", "labels-idx1"))
    return np.array(images, dtype=np.uint8), np.array(labels, dtype=np.int64)


def first_of_each(labels: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Returns the places of the first `count` of each class, class after class.

    >>> first_of_each(np.array([1, 0, 1, 1]), 1)
    array([1, 0])
    """
    return np.concatenate([np.flatnonzero(labels == k)[:count] for k in np.unique(labels)])


def shown_garments() -> NDArray[np.int64]:
    """Returns the places of those that are shown: of each class the first ones in the test set, in rising order."""
    return np.sort(first_of_each(test_garments()[1], OF_EACH))


def packed(pictures: NDArray[np.uint8]) -> str:
    """Returns pictures of any shape as the page unpacks them: base64 of their bytes, row by row.

    >>> packed(np.array([[[0, 255], [1, 2]]], dtype=np.uint8))
    'AP8BAg=='
    """
    return b64encode(np.ascontiguousarray(pictures).tobytes()).decode()
