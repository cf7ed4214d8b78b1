"""The ten garments of Fashion-MNIST, as the rungs that were made by hand call them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from muslin.data.sources import fashion_mnist
from muslin.errors import DataError
from muslin.ladder.rung import Images

__all__ = ["GARMENTS", "grey_pictures"]

GARMENTS = ("t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot")
SIDE = 28


def grey_pictures(images: Images, classes: Sequence[str], rung: str) -> NDArray[np.uint8]:
    """Returns garments as (N, 28, 28) uint8.

    Raises:
        DataError: the classes are not Fashion-MNIST's, or the pictures are not grey with 28 x 28 pixels.
    """
    shape = images.shape[1:] if images.ndim == 3 else images.shape[2:] if images.shape[1] == 1 else images.shape[1:]
    if tuple(classes) != fashion_mnist.CLASSES or shape != (SIDE, SIDE):
        raise DataError(
            f"{rung} was made by hand for the ten garments of Fashion-MNIST, in grey pictures of {SIDE}x{SIDE}; "
            f"these are {len(classes)} classes ({', '.join(classes[:3])}, ...) in pictures of {images.shape[1:]}"
        )
    return images.reshape(-1, SIDE, SIDE)
