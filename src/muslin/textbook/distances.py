"""Distances: how far two pictures are, and all pairs of many pictures in bounded memory.

Shapes: N and M pictures of D values each; a single picture is (D,). float32 stays float32.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike

from muslin.errors import SettingError
from muslin.textbook._checks import FloatArray, at_least, finite, matching, matrix, needs_axis

__all__ = [
    "l1_blocks",
    "l1_distance",
    "l1_distance_gradient",
    "l2_blocks",
    "l2_distance",
    "l2_distance_gradient",
    "pairwise_l1",
    "pairwise_l2",
    "unit_ball",
]

# A tile of differences that stays in a core's second-level cache: L1 over all pairs is bound by memory, not arithmetic.
_TILE_BYTES = 1 << 18
# A square below this share of |x|^2 has lost four of float64's sixteen digits: |y| is close to |x|, and they cancel.
_CANCELLED = 2e-4
# Squares below this have lost digits to float64's underflow.
_UNDERFLOWN = 1e-290


def _difference(x: ArrayLike, y: ArrayLike) -> FloatArray:
    x = finite("x", x)
    needs_axis("x", x, -1)
    return np.asarray(x - matching("x", x, "y", finite("y", y)))


def l1_distance(x: ArrayLike, y: ArrayLike) -> FloatArray:
    """Manhattan distance, sum_i |x_i - y_i|, over the last axis, range [0, inf) (Minkowski, 1896).

    Args:
        x: finite numbers (..., D).
        y: finite numbers in the shape of x.

    Returns:
        Distances (...) in the float dtype of x.

    Raises:
        SettingError: x or y is empty or not finite, or the shapes differ.

    >>> print(l1_distance([0.0, 0.0], [3.0, 4.0]))
    7.0
    """
    return np.asarray(np.abs(_difference(x, y)).sum(axis=-1))


def l1_distance_gradient(x: ArrayLike, y: ArrayLike) -> FloatArray:
    """Gradient of `l1_distance` with respect to x, sign(x - y), in the shape of x; 0 where they are equal.

    >>> l1_distance_gradient([0.0, 5.0], [3.0, 4.0])
    array([-1.,  1.])
    """
    return np.asarray(np.sign(_difference(x, y)))


def l2_distance(x: ArrayLike, y: ArrayLike) -> FloatArray:
    """Euclidean distance, sqrt(sum_i (x_i - y_i)^2), over the last axis: the root is outside the sum.

    sum_i sqrt((x_i - y_i)^2), with the root inside, is the Manhattan distance. Source: Euclid, Elements I.47.

    Args:
        x: finite numbers (..., D).
        y: finite numbers in the shape of x.

    Returns:
        Distances (...) in the float dtype of x, range [0, inf).

    Raises:
        SettingError: x or y is empty or not finite, or the shapes differ.

    >>> print(l2_distance([0.0, 0.0], [3.0, 4.0]))
    5.0
    """
    with np.errstate(over="ignore"):  # what lies farther apart than floats reach is infinitely far
        return np.asarray(_norm(_difference(x, y))[..., 0])


def _scaled(difference: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Returns the largest entry over the last axis, kept, and all divided by it, for 1e200 squared is infinite."""
    largest = np.abs(difference).max(axis=-1, keepdims=True)
    scale = np.where((largest > 0) & np.isfinite(largest), largest, 1).astype(difference.dtype)
    return scale, np.asarray(difference / scale)


def _norm(difference: FloatArray) -> FloatArray:
    """Returns the Euclidean norm over the last axis, kept."""
    scale, scaled = _scaled(difference)
    return np.asarray(scale * np.sqrt((scaled**2).sum(axis=-1, keepdims=True)))


def l2_distance_gradient(x: ArrayLike, y: ArrayLike) -> FloatArray:
    """Gradient of `l2_distance` with respect to x, (x - y) / distance, in the shape of x; 0 where the distance is 0.

    >>> l2_distance_gradient([3.0, 4.0], [0.0, 0.0])
    array([0.6, 0.8])
    """
    with np.errstate(over="ignore"):
        difference = _difference(x, y)
    if np.isinf(difference).any():  # halves point the same way
        difference = _difference(np.divide(x, 2), np.divide(y, 2))
    _, scaled = _scaled(difference)
    norm = np.sqrt((scaled**2).sum(axis=-1, keepdims=True))
    return np.asarray(scaled / np.where(norm > 0, norm, 1).astype(difference.dtype))


def pairwise_l1(x: ArrayLike, y: ArrayLike, block: int = 256) -> FloatArray:
    """Manhattan distances of all pairs, sum_k |x_ik - y_jk|.

    Args:
        x: finite numbers (N, D).
        y: finite numbers (M, D).
        block: rows of x that are worked on at once, 1 or more.

    Returns:
        Distances (N, M) in the float dtype of x.

    Raises:
        SettingError: x or y is empty, not finite or not a matrix, their D differ, or block is below 1.

    >>> pairwise_l1([[0.0, 0.0]], [[3.0, 4.0], [1.0, 0.0]])
    array([[7., 1.]])
    """
    return np.concatenate(list(l1_blocks(x, y, block)))


def l1_blocks(x: ArrayLike, y: ArrayLike, block: int = 256) -> Iterator[FloatArray]:
    """Yields the rows of `pairwise_l1`, `block` at a time, for when (N, M) does not fit into memory.

    Sums of whole numbers below 2^24, such as pixels of small pictures, are exact in float32 too. Arguments and errors
    as for `pairwise_l1`.

    >>> [rows.shape for rows in l1_blocks([[0.0], [1.0], [2.0]], [[5.0], [6.0]], block=2)]
    [(2, 2), (1, 2)]
    """
    x, y = _matrices(x, y)
    return (_l1_rows(x[rows], y) for rows in _slices(len(x), block))


def _l1_rows(x: FloatArray, y: FloatArray) -> FloatArray:
    tile = max(1, _TILE_BYTES // (y.shape[1] * y.itemsize))
    ones = np.ones(y.shape[1], y.dtype)  # a product with ones sums rows faster than sum(axis=1)
    distances = np.empty((len(x), len(y)), y.dtype)
    difference = np.empty((tile, y.shape[1]), y.dtype)
    for columns in _slices(len(y), tile):
        part = y[columns]
        room = difference[: len(part)]
        for row, pixels in enumerate(x):
            np.subtract(part, pixels, out=room)
            np.abs(room, out=room)
            np.dot(room, ones, out=distances[row, columns])
    return distances


def pairwise_l2(x: ArrayLike, y: ArrayLike, block: int = 256) -> FloatArray:
    """Euclidean distances of all pairs, sqrt(|x_i|^2 + |y_j|^2 - 2 x_i y_j), by matrix products in float64.

    Exact for whole numbers (pixels). Where the three terms cancel, the pair is computed again from its differences, so
    that no square is negative and every distance is right to ten digits.

    Args:
        x: finite numbers (N, D).
        y: finite numbers (M, D).
        block: rows of x that are worked on at once, 1 or more.

    Returns:
        Distances (N, M) in the float dtype of x, range [0, inf).

    Raises:
        SettingError: x or y is empty, not finite or not a matrix, their D differ, or block is below 1.

    >>> pairwise_l2([[0.0, 0.0]], [[3.0, 4.0], [1.0, 0.0]])
    array([[5., 1.]])
    """
    return np.concatenate(list(l2_blocks(x, y, block)))


def l2_blocks(x: ArrayLike, y: ArrayLike, block: int = 256) -> Iterator[FloatArray]:
    """Yields the rows of `pairwise_l2`, `block` at a time, for when (N, M) does not fit into memory.

    Arguments and errors as for `pairwise_l2`.

    >>> [rows.shape for rows in l2_blocks([[0.0], [1.0], [2.0]], [[5.0], [6.0]], block=2)]
    [(2, 2), (1, 2)]
    """
    x, y = _matrices(x, y)
    wide = y.astype(np.float64, copy=False)
    lengths = np.einsum("ij,ij->i", wide, wide)
    return (_l2_rows(x[rows].astype(np.float64), wide, lengths).astype(x.dtype) for rows in _slices(len(x), block))


@np.errstate(over="ignore", invalid="ignore")  # pairs that overflow are computed again below
def _l2_rows(x: FloatArray, y: FloatArray, lengths: FloatArray) -> FloatArray:
    own = np.einsum("ij,ij->i", x, x)[:, None]
    squares = (-2 * x) @ y.T
    squares += own
    squares += lengths
    rows, columns = np.nonzero(~(squares > _CANCELLED * own + _UNDERFLOWN))  # so written, it is true for NaN too
    distances = np.sqrt(np.maximum(squares, 0, out=squares), out=squares)
    for part in _slices(len(rows), max(1, _TILE_BYTES // x.shape[1])):
        distances[rows[part], columns[part]] = _norm(x[rows[part]] - y[columns[part]])[:, 0]
    return distances


def _matrices(x: ArrayLike, y: ArrayLike) -> tuple[FloatArray, FloatArray]:
    x = matrix("x", x)
    return x, matrix("y", y, columns=x.shape[1]).astype(x.dtype, copy=False)


def _slices(length: int, block: int) -> list[slice]:
    block = at_least("block", block, 1)
    return [slice(start, start + block) for start in range(0, length, block)]


def unit_ball(distance: Callable[[ArrayLike, ArrayLike], FloatArray], points: int = 256) -> FloatArray:
    """Unit ball, the points of the plane at distance 1 from the origin: a circle for L2, a square on its corner for L1.

    Args:
        distance: `l1_distance`, `l2_distance`, or another that scales with its arguments.
        points: number of points, counter-clockwise from (1, 0), 3 or more.

    Returns:
        Points (points, 2), float64.

    Raises:
        SettingError: fewer than 3 points.

    >>> unit_ball(l1_distance, points=4).round(12) + 0.0
    array([[ 1.,  0.],
           [ 0.,  1.],
           [-1.,  0.],
           [ 0., -1.]])
    """
    if points < 3:
        raise SettingError(f"points is {points}; a ball needs at least 3 points to be drawn")
    angles = np.linspace(0, 2 * np.pi, points, endpoint=False)
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.asarray(directions / distance(directions, np.zeros_like(directions))[:, None])
