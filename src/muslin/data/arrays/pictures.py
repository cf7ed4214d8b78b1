"""Pictures as arrays, of any layout and range of values that leave no doubt.

Legend: N pictures, C channels, H x W pixels.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from muslin.data.arrays.given import AnyArray
from muslin.data.decoding.pictures import open_picture
from muslin.errors import DataError
from muslin.text import note_on_pictures, plural

__all__ = ["read_pictures"]

CHANNELS = (1, 3, 4)  # grey, colour, colour with transparency
WHITE = 255
TOLERANCE = 1e-3  # by how much resizing may overshoot 1
FEWEST_LEVELS = 64  # fractions that reach no higher on a scale to 255 would lose their contrast to rounding
BLOCK = 16 << 20  # values that are worked on at a time
NEEDED = "(N, H, W), (N, H, W, C) or (N, C, H, W) with 1, 3 or 4 channels is needed"


@dataclass(frozen=True)
class Values:
    """The values of some pictures.

    Attributes:
        low: the lowest.
        high: the highest.
        whole: whether all are whole numbers.
    """

    low: float
    high: float
    whole: bool


def read_pictures(parts: Mapping[str, AnyArray]) -> tuple[dict[str, Tensor], list[str]]:
    """Returns each part's pictures as (N, C, H, W) uint8, with a sentence for each kind of thing that was assumed.

    Args:
        parts: by name, arrays (N, H, W), (N, H, W, C) or (N, C, H, W), of truth values, of whole numbers in 0 .. 255,
            or of floats in [0, 1] or [0, 255]; the range is found over all parts together.

    Raises:
        DataError: they have another shape or range, or hold what is no number.
    """
    shapes = {part: images.shape[1:] for part, images in parts.items()}
    laid = {part: _channels_last(images) for part, images in parts.items()}
    notes = []
    if any(len(shape) == 3 and shape[-1] not in CHANNELS for shape in shapes.values()):
        shape = next(images.shape for images in parts.values())
        notes.append(f"pictures are {shape}: the second number is taken for the channels")
    values = _survey(laid)
    scale = _scale(values, next(iter(laid.values())).dtype)
    if scale != 1 or any(images.dtype.kind == "f" for images in laid.values()):
        top = "1" if scale != 1 else "255"
        notes.append(f"pictures have values from {values.low:g} to {values.high:g}: white is taken to be {top}")
    done: Counter[str] = Counter()
    read = {part: _first_channels(_bytes(images, scale), done) for part, images in laid.items()}
    return read, [*notes, *(note_on_pictures(count, note) for note, count in done.items())]


def _channels_last(images: AnyArray) -> AnyArray:
    """Returns (N, H, W, C) of any layout that can be told."""
    shape = images.shape
    if images.dtype.kind not in "buif":
        raise DataError(f"pictures are of type {images.dtype}; numbers are needed, uint8 in 0 .. 255 at best")
    if images.ndim == 2:
        side = math.isqrt(shape[1])
        remedy = f"reshape(-1, {side}, {side})" if side * side == shape[1] else "reshape(-1, height, width)"
        raise DataError(f"pictures have shape {shape}; {NEEDED}: if these are rows of pixels, use {remedy}")
    if images.ndim not in (3, 4) or 0 in shape[1:]:
        raise DataError(f"pictures have shape {shape}; {NEEDED}")
    if images.ndim == 3:
        return images[..., None]
    is_last, is_first = shape[3] in CHANNELS, shape[1] in CHANNELS
    if is_last and is_first and shape[1] != shape[3]:
        raise DataError(f"pictures have shape {shape}, in which two axes could be the channels; {NEEDED}")
    if not is_last and not is_first:
        raise DataError(
            f"pictures have shape {shape}; {NEEDED}: choose channels with images[..., :3], or bring them to that order "
            "with transpose"
        )
    return images if is_last else images.transpose(0, 2, 3, 1)


def _survey(parts: Mapping[str, AnyArray]) -> Values:
    """Returns the values of all parts; raises DataError where some are no numbers, or floats differ in range."""
    found = {part: _values(part, images) for part, images in parts.items()}
    if (
        any(images.dtype.kind == "f" for images in parts.values())
        and len({_ends_at_one(v) for v in found.values()}) > 1
    ):
        ranges = ", ".join(f"{part} from {values.low:g} to {values.high:g}" for part, values in found.items())
        raise DataError(f"pictures have several ranges ({ranges}); bring all to 0 to 1, or all to 0 to 255")
    every = found.values()
    return Values(min(v.low for v in every), max(v.high for v in every), all(v.whole for v in every))


def _values(part: str, images: AnyArray) -> Values:
    """Returns what one part's values are; raises DataError where some are no numbers."""
    lows, highs, whole, bad = [0.0], [0.0], True, 0
    for block in _blocks(images):
        if block.dtype.kind == "f":
            bad += int((~np.isfinite(block)).reshape(len(block), -1).any(1).sum())
            whole = whole and bool((block == np.rint(block)).all())
        lows.append(float(block.min()))
        highs.append(float(block.max()))
    if bad:
        raise DataError(
            f"{bad:,} of {plural(len(images), 'picture')} ({part}) hold NaN or infinity; "
            "mend them with numpy.nan_to_num, or leave them out"
        )
    return Values(min(lows), max(highs), whole)


def _ends_at_one(values: Values) -> bool:
    """Whether white is 1 for pictures with such values."""
    return values.high <= 1 + (0 if values.whole else TOLERANCE)


def _scale(values: Values, kind: "np.dtype[Any]") -> int:
    """Returns what values are to be multiplied by, so that white is 255."""
    if values.low >= 0 and _ends_at_one(values):
        return WHITE
    is_fine = values.whole or values.high >= FEWEST_LEVELS
    if values.low >= 0 and values.high <= WHITE and is_fine:
        return 1
    remedy = "(images + 1) / 2" if -1 <= values.low < 0 and values.high <= 1 else "(images - low) / (high - low)"
    raise DataError(
        f"pictures are {kind} from {values.low:g} to {values.high:g}; 0 to 1 or 0 to 255 is needed: bring all to that "
        f"with {remedy}, the same for new pictures"
    )


def _bytes(images: AnyArray, scale: int) -> AnyArray:
    """Returns (N, H, W, C) values, scaled and rounded, as uint8."""
    if scale == 1 and images.dtype == np.uint8:
        return images
    whole = np.empty(images.shape, np.uint8)
    for block, place in zip(_blocks(images), _blocks(whole), strict=True):
        place[...] = np.rint(block.astype(np.float32) * scale).clip(0, WHITE)
    return whole


def _first_channels(images: AnyArray, done: Counter[str]) -> Tensor:
    """Returns (N, H, W, C) uint8 as (N, C, H, W), without transparency; counts what was done to pictures."""
    if images.shape[-1] == 4:
        opened = [open_picture(Image.fromarray(np.ascontiguousarray(image))) for image in images]
        done.update(note for _, notes in opened for note in notes)
        flat = [np.asarray(image) for image, _ in opened]
        images = np.stack(flat) if flat else images[..., :3]
    return torch.from_numpy(images.transpose(0, 3, 1, 2).copy(order="C"))


def _blocks(images: AnyArray) -> list[AnyArray]:
    """Returns stretches of an array's pictures, so that what is made of them stays small."""
    step = max(1, BLOCK // max(1, math.prod(images.shape[1:])))
    return [images[start : start + step] for start in range(0, len(images), step)]
