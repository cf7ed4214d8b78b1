"""What a tape measure and a pair of eyes find out about a grey picture of one thing on a black ground.

Legend: N pictures, H x W pixels. All pictures are measured at once; a part of the box is a share of its height or
width, so that sizes compare between a long dress and a flat shoe.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from muslin.errors import DataError

__all__ = ["measure"]

Numbers: TypeAlias = NDArray[np.floating[Any]]
Mask: TypeAlias = NDArray[np.bool_]

INK = 20  # a pixel this bright or brighter belongs to the thing
LEAST_HOLE = 12  # pixels
WIDE = 0.85  # of the widest row: as wide as this counts as wide


def measure(images: NDArray[np.uint8]) -> dict[str, Numbers]:
    """Measures pictures.

    Args:
        images: (N, H, W) uint8, the thing bright on black.

    Returns:
        A column (N,) for each name in `NAMES`:
        height, width: of the box around the thing, in pixels.
        area: share of the box that the thing fills, in [0, 1].
        holes: dark regions that it encloses, each of 12 pixels or more: smaller ones are prints and buttons.
        symmetry: 1 when the left half mirrors the right, 0 when they share nothing.
        brightness: mean of its pixels, in [0, 1].
        texture: mean step from one of its pixels to the next, in [0, 1].
        top_width, middle_width, bottom_width: of its rows in the box's upper, middle and lower fifth, outline to
            outline, in pixels.
        left_height, middle_height, right_height: of its columns in fifths of the box, likewise.
        wide_until: how far down the box its rows are wide, in [0, 1]: where the sleeves end.
        leg_gap: share of dark pixels in the middle of the box's lower half, in [0, 1].
        neck: share of dark pixels in the middle of the box's upper tenth, in [0, 1].
        sleeve_gap: share of rows below the shoulders with dark between the body and a sleeve on both sides, in [0, 1];
            what is dark beyond the outline is no gap.
        seam: mean step across the middle column, less the mean step beside it: a zip or a row of buttons.

    Raises:
        DataError: the pictures are not (N, H, W) uint8.
    """
    if images.dtype != np.uint8 or images.ndim != 3 or images.size == 0:
        raise DataError(f"pictures are {images.dtype} {images.shape}; grey (N, H, W) uint8 is needed")
    ink = images >= INK
    rows, columns = np.asarray(ink.any(axis=2)), np.asarray(ink.any(axis=1))
    down, across = _places(rows), _places(columns)
    widths, heights = _extents(ink), _extents(ink.transpose(0, 2, 1))
    light: Numbers = images.astype(np.float32) / 255
    return {
        "height": _extents(rows[:, None])[:, 0],
        "width": _extents(columns[:, None])[:, 0],
        "area": _mean(ink, _within(down, across, (0, 1), (0, 1))),
        "holes": _holes(ink),
        "symmetry": _symmetry(light, across),
        "brightness": _mean(light, ink),
        "texture": _texture(light, ink),
        "top_width": _mean(widths, _part(down, 0, 0.2)),
        "middle_width": _mean(widths, _part(down, 0.4, 0.6)),
        "bottom_width": _mean(widths, _part(down, 0.8, 1)),
        "left_height": _mean(heights, _part(across, 0, 0.2)),
        "middle_height": _mean(heights, _part(across, 0.4, 0.6)),
        "right_height": _mean(heights, _part(across, 0.8, 1)),
        "wide_until": _wide_until(widths, down),
        "leg_gap": 1 - _mean(ink, _within(down, across, (0.5, 1), (0.4, 0.6))),
        "neck": 1 - _mean(ink, _within(down, across, (0, 0.1), (0.4, 0.6))),
        "sleeve_gap": _sleeve_gap(ink, down, across),
        "seam": _seam(light, down, across),
    }


def _places(lines: Mask) -> Numbers:
    """Returns where each row or column lies in the box (N, L): 0 at its beginning, 1 at its end; outside beyond."""
    length = lines.shape[1]
    first = lines.argmax(axis=1)[:, None]
    last = length - 1 - lines[:, ::-1].argmax(axis=1)[:, None]
    return np.asarray((np.arange(length) + 0.5 - first) / (last + 1 - first))


def _part(places: Numbers, start: float, end: float) -> Mask:
    return (places >= start) & (places < end)


def _within(down: Numbers, across: Numbers, rows: tuple[float, float], columns: tuple[float, float]) -> Mask:
    """Returns the pixels of a part of each box: (N, H, W)."""
    return _part(down, *rows)[:, :, None] & _part(across, *columns)[:, None, :]


def _extents(ink: Mask) -> Numbers:
    """Returns how far each row's first pixel is from its last, 0 for an empty row: (N, H, W) -> (N, H)."""
    first, last = ink.argmax(axis=2), ink.shape[2] - ink[:, :, ::-1].argmax(axis=2)
    return np.where(ink.any(axis=2), last - first, 0).astype(np.float64)


def _mean(values: NDArray[Any], where: Mask) -> Numbers:
    """Returns the mean of each picture's chosen values, 0 where none is chosen: (N, ...) -> (N,)."""
    axes = tuple(range(1, values.ndim))
    total = np.sum(values, axis=axes, where=where, dtype=np.float64)
    return np.asarray(total / np.maximum(where.sum(axis=axes), 1))


def _holes(ink: Mask) -> Numbers:
    """Counts connected dark regions, of `LEAST_HOLE` pixels or more, that do not reach the edge of the picture."""
    ground = np.pad(~ink, ((0, 0), (1, 1), (1, 1)), constant_values=True)
    only_within_a_picture = np.zeros((3, 3, 3))
    only_within_a_picture[1] = ndimage.generate_binary_structure(2, 1)
    regions, count = ndimage.label(ground, only_within_a_picture)
    is_large = np.bincount(regions.ravel())[1:] >= LEAST_HOLE  # (regions,)
    picture_of = ndimage.maximum(np.arange(len(ink))[:, None, None], regions, np.arange(1, count + 1))
    return np.bincount(np.asarray(picture_of, dtype=np.int64), weights=is_large, minlength=len(ink)) - 1.0


def _symmetry(light: Numbers, across: Numbers) -> Numbers:
    box = np.where(_part(across, 0, 1)[:, None, :], light, 0)
    order = np.argsort(-across, axis=1, kind="stable")  # the box's columns from right to left, ...
    shift = (across < 0).sum(axis=1, keepdims=True) - (across >= 1).sum(axis=1, keepdims=True)
    columns = (np.arange(across.shape[1]) - shift) % across.shape[1]  # ... put where the box is
    mirrored = np.take_along_axis(box, np.take_along_axis(order, columns, axis=1)[:, None, :], axis=2)
    total = (box + mirrored).sum(axis=(1, 2))
    return np.asarray(1 - np.abs(box - mirrored).sum(axis=(1, 2)) / np.maximum(total, 1e-9), dtype=np.float64)


def _texture(light: Numbers, ink: Mask) -> Numbers:
    across = _mean(np.abs(np.diff(light, axis=2)), ink[:, :, 1:] & ink[:, :, :-1])
    down = _mean(np.abs(np.diff(light, axis=1)), ink[:, 1:] & ink[:, :-1])
    return (across + down) / 2


def _wide_until(widths: Numbers, down: Numbers) -> Numbers:
    is_wide = widths >= WIDE * widths.max(axis=1, keepdims=True)
    return np.asarray(np.where(is_wide & _part(down, 0, 1), down, 0).max(axis=1))


def _sleeve_gap(ink: Mask, down: Numbers, across: Numbers) -> Numbers:
    below = (0.4, 1.0)
    from_left, from_right = (np.logical_or.accumulate(one, axis=2) for one in (ink, ink[:, :, ::-1]))
    gap = ~ink & from_left & from_right[:, :, ::-1]  # dark, with ink somewhere on either side
    body = (ink & _within(down, across, below, (0.4, 0.6))).any(axis=2)
    left, right = ((gap & _within(down, across, below, side)).any(axis=2) for side in ((0, 0.45), (0.55, 1)))
    return _mean(np.asarray(body & left & right), _part(down, *below))


def _seam(light: Numbers, down: Numbers, across: Numbers) -> Numbers:
    steps = np.abs(np.diff(light, axis=2, prepend=0))
    middle = _mean(steps, _within(down, across, (0.2, 0.9), (0.45, 0.6)))
    beside = _mean(
        steps, _within(down, across, (0.2, 0.9), (0.3, 0.45)) | _within(down, across, (0.2, 0.9), (0.6, 0.7))
    )
    return middle - beside


NAMES = tuple(measure(np.zeros((1, 8, 8), dtype=np.uint8)))
