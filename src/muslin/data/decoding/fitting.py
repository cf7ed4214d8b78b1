"""Bring a decoded picture to what a model needs.

Legend: C channels, H x W pixels.
"""

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from muslin.data.spec import DataSpec

__all__ = ["fit_to_spec"]


def fit_to_spec(image: Image.Image, spec: DataSpec) -> Tensor:
    """Brings a picture to the size and channels that a model was trained on, without bending its shape.

    A picture of other proportions is padded with its border's median colour first.

    Returns:
        (C, H, W) uint8.
    """
    image = image.convert("L" if spec.channels == 1 else "RGB")
    wanted = spec.width / spec.height
    width = max(image.width, round(image.height * wanted))
    height = max(image.height, round(image.width / wanted))
    if (width, height) != image.size:
        image = ImageOps.pad(image, (width, height), color=_border_colour(image))
    if image.size != (spec.width, spec.height):
        image = image.resize((spec.width, spec.height), Image.Resampling.LANCZOS)
    pixels = torch.from_numpy(np.array(image, np.uint8))
    return pixels[None] if spec.channels == 1 else pixels.permute(2, 0, 1).contiguous()


def _border_colour(image: Image.Image) -> int | tuple[int, ...]:
    pixels = np.asarray(image)
    edges = [pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]
    colour = np.median(np.concatenate(edges), axis=0)
    return int(colour) if colour.ndim == 0 else tuple(int(c) for c in colour)
