"""Bring a decoded picture to what a model needs.

Legend: C channels, H x W pixels.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

__all__ = ["fit_to_shape"]


def fit_to_shape(image: Image.Image, shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Brings a picture to the size and channels that a model needs, without bending its shape.

    A picture of other proportions is padded with its border's median colour first.

    Args:
        image: a picture of any mode and size.
        shape: (C, H, W) wanted; C is 1 for grey, 3 for colour.

    Returns:
        (C, H, W) uint8.
    """
    channels, height, width = shape
    image = image.convert("L" if channels == 1 else "RGB")
    wanted = width / height
    padded = max(image.width, round(image.height * wanted)), max(image.height, round(image.width / wanted))
    if padded != image.size:
        image = ImageOps.pad(image, padded, color=_border_colour(image))
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    pixels = np.array(image, np.uint8)
    return pixels[None] if channels == 1 else np.ascontiguousarray(pixels.transpose(2, 0, 1))


def _border_colour(image: Image.Image) -> int | tuple[int, ...]:
    pixels = np.asarray(image)
    edges = [pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]
    colour = np.median(np.concatenate(edges), axis=0)
    return int(colour) if colour.ndim == 0 else tuple(int(c) for c in colour)
