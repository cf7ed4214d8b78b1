"""Pictures as a model gets them: of its size and channels, from files, Pillow images or arrays.

Legend: B pictures of a batch, C channels, H x W pixels.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from muslin.data.decoding.contrast import Contrast
from muslin.data.decoding.fitting import fit_to_shape
from muslin.data.decoding.pictures import open_picture
from muslin.data.decoding.plain import pixels_of
from muslin.data.decoding.quiet import quiet_pillow
from muslin.data.spec import DataSpec
from muslin.errors import PictureError

__all__ = ["LOOKS_INVERTED", "Picture", "read_pictures"]

Picture = str | Path | Image.Image | np.ndarray[Any, np.dtype[np.uint8]]
Notes = tuple[str, ...]

LOOKS_INVERTED = (
    "looks inverted: its background and its middle are the other way round, light for dark, than in the training "
    "pictures"
)
INVERTED_NOTE = f"{LOOKS_INVERTED}; try again with --invert (invert=True in Python)"


def read_pictures(
    pictures: Sequence[tuple[int | None, Picture]],
    spec: DataSpec,
    contrast: Contrast | None = None,
    *,
    invert: bool = False,
) -> tuple[NDArray[np.uint8], list[Notes | PictureError]]:
    """Brings pictures to what a model takes.

    Args:
        pictures: each with its number among many, from 0, by which errors name it if it has no file; None for a
            single one.
        spec: what the model takes.
        contrast: the training pictures' contrast, to notice inverted ones; None if not known.
        invert: whether to exchange dark and light.

    Returns:
        (B, C, H, W) uint8 of those that can be read, and for each picture either notes on how it was read, or the
        reason why it cannot be.
    """
    shape = (spec.channels, spec.height, spec.width)
    rows, found = [], []
    with quiet_pillow():
        for number, picture in pictures:
            notes: Notes | PictureError
            try:
                pixels, notes = _read(number, picture, spec)
                rows.append(pixels)
            except PictureError as error:
                notes = error
            found.append(notes)
    images = np.stack(rows) if rows else np.zeros((0, *shape), np.uint8)
    if invert:
        return 255 - images, found
    if contrast:
        opposite = iter(contrast.opposites_in(images).tolist())
        found = [
            notes if isinstance(notes, PictureError) or not next(opposite) else (*notes, INVERTED_NOTE)
            for notes in found
        ]
    return images, found


def _read(number: int | None, picture: Picture, spec: DataSpec) -> tuple[NDArray[np.uint8], Notes]:
    """Returns a picture's (C, H, W) pixels, and notes on how it was read."""
    shape = (spec.channels, spec.height, spec.width)
    if isinstance(picture, str | os.PathLike):
        return pixels_of(Path(picture), shape, spec.levels)  # its errors name the file
    where = "" if number is None else f"pictures[{number}]: "
    if not isinstance(picture, Image.Image | np.ndarray):
        raise PictureError(f"{where}{type(picture).__name__}; a file, a Pillow image or an array is needed")
    try:
        image, notes = open_picture(picture, spec.levels)
    except PictureError as error:
        raise PictureError(f"{where}{error}") from error
    return fit_to_shape(image, shape), notes
