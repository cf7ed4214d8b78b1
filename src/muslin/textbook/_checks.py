"""Checks of arguments that the textbook's functions share: each error names the argument, its value and the rule."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from muslin.errors import SettingError

FloatArray: TypeAlias = NDArray[np.floating[Any]]
IntArray: TypeAlias = NDArray[np.int64]

# Wide enough for a float32 softmax over a thousand classes, narrow enough for any mistake that a person makes.
SUM_TOLERANCE = 1e-5


def _first(array: NDArray[Any], wrong: NDArray[np.bool_]) -> str:
    """Says which value is wrong, and where."""
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    return f"{array[index]} at index {index}" if index else f"{array[index]}"


def numbers(name: str, value: ArrayLike) -> FloatArray:
    """Returns `value` as a float array without NaN: float32 stays float32, anything else becomes float64."""
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise SettingError(f"{name} has rows of different lengths; it must be one rectangular array") from error
    if array.dtype.kind not in "biuf":
        raise SettingError(f"{name} holds values of type {array.dtype}; it must hold real numbers")
    if array.size == 0:
        raise SettingError(f"{name} is empty, its shape is {array.shape}; it must hold at least one number")
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float64)
    missing = np.isnan(array)
    if missing.any():
        raise SettingError(f"{name} holds {_first(array, missing)}; it must hold numbers only: replace what is missing")
    return array


def finite(name: str, value: ArrayLike) -> FloatArray:
    """Returns `value` as a float array without NaN and infinities."""
    array = numbers(name, value)
    wrong = np.isinf(array)
    if wrong.any():
        raise SettingError(f"{name} holds {_first(array, wrong)}; every value must be finite")
    return array


def probabilities(name: str, value: ArrayLike) -> FloatArray:
    """Returns `value` as a float array whose every value lies in [0, 1]."""
    array = numbers(name, value)
    wrong = (array < 0) | (array > 1)
    if wrong.any():
        raise SettingError(f"{name} holds {_first(array, wrong)}; a probability must lie in [0, 1]")
    return array


def distribution(name: str, value: ArrayLike, axis: int | None = -1) -> FloatArray:
    """Returns `value` as probabilities that sum to 1 along `axis` (over everything when it is None)."""
    array = probabilities(name, value)
    if axis is not None:
        needs_axis(name, array, axis)
    total = array.sum(axis=axis, dtype=np.float64)
    wrong = np.asarray(np.abs(total - 1) > SUM_TOLERANCE)
    if wrong.any():
        raise SettingError(f"{name} sums to {_first(np.asarray(total), wrong)}; probabilities must sum to 1")
    return array


def needs_axis(name: str, array: NDArray[Any], axis: int) -> None:
    """Refuses an axis that the array does not have."""
    if not -array.ndim <= axis < array.ndim:
        raise SettingError(f"{name} has shape {array.shape} and no axis {axis}")


def matching(name: str, value: FloatArray, other_name: str, other: FloatArray) -> FloatArray:
    """Returns `other` in the dtype of `value`, after refusing a difference in shape.

    (B, 1) against (B,) would broadcast to (B, B) and pair every row with every other, with no error anywhere.
    """
    if value.shape != other.shape:
        raise SettingError(
            f"{name} has shape {value.shape} and {other_name} has shape {other.shape}; "
            "they must be equal: reshape one of them"
        )
    return other.astype(value.dtype, copy=False)


def labels(name: str, value: ArrayLike, classes: int, shape: tuple[int, ...]) -> IntArray:
    """Returns `value` as int64 class numbers of the given shape, each in [0, classes)."""
    array = np.asarray(value)
    if array.dtype.kind not in "iu":
        raise SettingError(f"{name} holds values of type {array.dtype}; labels must be whole numbers")
    if array.shape != shape:
        raise SettingError(f"{name} has shape {array.shape}; it must be {shape}, one label for each sample")
    if array.size == 0:
        raise SettingError(f"{name} is empty; it must hold at least one label")
    wrong = (array < 0) | (array >= classes)
    if wrong.any():
        raise SettingError(f"{name} holds {_first(array, wrong)}; a label must lie in [0, {classes - 1}]")
    return array.astype(np.int64, copy=False)


def bits(name: str, value: ArrayLike) -> IntArray:
    """Returns `value` as int64 zeros and ones."""
    array = numbers(name, value)
    wrong = (array != 0) & (array != 1)
    if wrong.any():
        raise SettingError(f"{name} holds {_first(array, wrong)}; every value must be 0 or 1")
    return array.astype(np.int64)


def matrix(name: str, value: ArrayLike, columns: int | None = None) -> FloatArray:
    """Returns `value` as a finite float array (B, D), with D = `columns` where that is given."""
    array = finite(name, value)
    if array.ndim != 2 or columns not in (None, array.shape[1]):
        wanted = "D" if columns is None else columns
        raise SettingError(f"{name} has shape {array.shape}; it must be (B, {wanted}), one row for each sample")
    return array


def between(name: str, value: float, low: float, high: float) -> float:
    """Returns `value` after refusing one outside [low, high], or one that is not a finite number."""
    if not (np.isfinite(value) and low <= value <= high):
        rule = f"at least {low}" if high == np.inf else f"in [{low}, {high}]"
        raise SettingError(f"{name} is {value}; it must be a finite number {rule}")
    return value


def at_least(name: str, value: int, low: int) -> int:
    """Returns `value` after refusing one that is below `low` or not a whole number."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < low:
        raise SettingError(f"{name} is {value!r}; it must be a whole number, {low} or more")
    return int(value)
