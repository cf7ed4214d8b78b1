"""Colours on the plane: small sets of points to separate, each harder than the one before (after Olah, 2014).

The toy data of the lecture, of the ladder's plane and of its figures.

Every set is a function `(n, noise, seed) -> (points (n, 2) float64, labels (n,) int64)`. Without noise the shapes lie
within [-1, 1]; noise is the standard deviation of the normal shift that each coordinate gets. The colours are equally
frequent, to within one point, and in random order. The same seed gives the same points.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from muslin.errors import DataError, SettingError, unknown_name

__all__ = [
    "SETS",
    "blobs",
    "from_csv",
    "make",
    "moons",
    "pinwheel",
    "ring_in_ring",
    "spirals",
    "two_curves",
    "xor",
]

Points: TypeAlias = tuple[NDArray[np.float64], NDArray[np.int64]]


def _start(n: int, noise: float, seed: int, classes: int = 2) -> tuple[np.random.Generator, NDArray[np.int64]]:
    """Checks what all sets share; returns the generator and shuffled labels."""
    for name, value, low in (("classes", classes, 2), ("n", n, classes), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < low:
            raise SettingError(f"{name} is {value!r}; it must be a whole number, {low} or more")
    if not (math.isfinite(noise) and noise >= 0):
        raise SettingError(f"noise is {noise}; it must be a finite standard deviation, 0 or more")
    generator = np.random.default_rng(seed)
    return generator, generator.permutation(np.arange(n, dtype=np.int64) % classes)


def _finish(
    generator: np.random.Generator, x: NDArray[Any], y: NDArray[Any], labels: NDArray[np.int64], noise: float
) -> Points:
    points = np.stack([x, y], axis=1)
    return points + noise * generator.normal(size=points.shape), labels


def blobs(n: int = 200, noise: float = 0.05, seed: int = 0, classes: int = 2) -> Points:
    """Round blobs, one for each colour, evenly around the origin: without noise one straight line separates two.

    Args:
        n: number of points, one for each colour at least.
        noise: standard deviation of the shift, 0 or more.
        seed: start of all chance, 0 or more.
        classes: number of colours, 2 or more.

    Returns:
        Points (n, 2) and labels (n,).

    Raises:
        SettingError: an argument is out of range.

    >>> points, labels = blobs(6, classes=3)
    >>> points.shape, sorted(labels.tolist())
    ((6, 2), [0, 0, 1, 1, 2, 2])
    """
    generator, labels = _start(n, noise, seed, classes)
    centre = 2 * np.pi * labels / classes + np.pi / 4
    distance = 1 / (1 + np.sin(np.pi / classes))  # neighbouring discs of this size would touch, and fit into the circle
    radius = 0.6 * (1 - distance) * np.sqrt(generator.random(n))
    angle = generator.uniform(0, 2 * np.pi, n)
    x = distance * np.cos(centre) + radius * np.cos(angle)
    y = distance * np.sin(centre) + radius * np.sin(angle)
    return _finish(generator, x, y, labels, noise)


def two_curves(n: int = 200, noise: float = 0.03, seed: int = 0) -> Points:
    """Two parabolas, one inside the other: no straight line separates them, one hidden layer does.

    Arguments, result and errors as for `blobs`.

    >>> two_curves(4)[0].shape
    (4, 2)
    """
    generator, labels = _start(n, noise, seed)
    x = generator.uniform(-1, 1, n)
    return _finish(generator, x, x**2 - 0.75 + 0.5 * labels, labels, noise)


def ring_in_ring(n: int = 200, noise: float = 0.05, seed: int = 0) -> Points:
    """A ring inside a ring: a layer needs a third dimension to pull them apart.

    Arguments, result and errors as for `blobs`.

    >>> ring_in_ring(4)[0].shape
    (4, 2)
    """
    generator, labels = _start(n, noise, seed)
    radius = np.where(labels == 0, 0.4, 1.0)
    angle = generator.uniform(0, 2 * np.pi, n)
    return _finish(generator, radius * np.cos(angle), radius * np.sin(angle), labels, noise)


def spirals(n: int = 300, noise: float = 0.03, seed: int = 0, classes: int = 2) -> Points:
    """Spirals around each other, one arm for each colour (Lang and Witbrock, 1988).

    Arguments, result and errors as for `blobs`.

    >>> spirals(6, classes=3)[0].shape
    (6, 2)
    """
    generator, labels = _start(n, noise, seed, classes)
    along = np.sqrt(generator.uniform(0.02, 1, n))  # the root spreads points evenly over the arm's length
    angle = 1.5 * 2 * np.pi * along + 2 * np.pi * labels / classes
    return _finish(generator, along * np.cos(angle), along * np.sin(angle), labels, noise)


def xor(n: int = 200, noise: float = 0.05, seed: int = 0) -> Points:
    """Four squares, opposite ones of one colour: what one neuron cannot do (Minsky and Papert, 1969).

    Arguments, result and errors as for `blobs`.

    >>> xor(4)[0].shape
    (4, 2)
    """
    generator, labels = _start(n, noise, seed)
    right = generator.random(n) < 0.5
    up = right ^ (labels == 1)
    x = generator.uniform(0.1, 1, n) * np.where(right, 1, -1)
    y = generator.uniform(0.1, 1, n) * np.where(up, 1, -1)
    return _finish(generator, x, y, labels, noise)


def moons(n: int = 200, noise: float = 0.05, seed: int = 0) -> Points:
    """Two half moons, the horns of each around the other.

    Arguments, result and errors as for `blobs`.

    >>> moons(4)[0].shape
    (4, 2)
    """
    generator, labels = _start(n, noise, seed)
    angle = generator.uniform(0, np.pi, n)
    side = 1 - 2 * labels  # the second moon is the first one turned by half a circle
    x = side * (0.6 * np.cos(angle) - 0.3)
    y = side * (0.6 * np.sin(angle) - 0.15)
    return _finish(generator, x, y, labels, noise)


def pinwheel(n: int = 300, noise: float = 0.04, seed: int = 0, classes: int = 5) -> Points:
    """A pinwheel: bent blades, one for each colour (after Johnson et al., 2016).

    Arguments, result and errors as for `blobs`.

    >>> pinwheel(10)[0].shape
    (10, 2)
    """
    generator, labels = _start(n, noise, seed, classes)
    radius = generator.uniform(0.2, 1, n)
    width = generator.uniform(-0.25, 0.25, n) * 2 * np.pi / classes  # half of the circle is blade, half is gap
    angle = 2 * np.pi * labels / classes + width + 2.5 * radius
    return _finish(generator, radius * np.cos(angle), radius * np.sin(angle), labels, noise)


SETS: dict[str, Callable[..., Points]] = {
    "blobs": blobs,
    "two-curves": two_curves,
    "ring-in-ring": ring_in_ring,
    "moons": moons,
    "xor": xor,
    "spirals": spirals,
    "pinwheel": pinwheel,
}


def make(name: str, **settings: Any) -> Points:
    """Makes a set by its name in `SETS`.

    Args:
        name: name of the set, such as "spirals".
        settings: arguments of the set's function: n, noise, seed, and classes where it has more than two colours.

    Returns:
        Points (n, 2) and labels (n,).

    Raises:
        SettingError: there is no such set, it has no such setting, or a setting is out of range.

    >>> make("moons", n=10)[1].sum()
    np.int64(5)
    """
    if name not in SETS:
        raise unknown_name("set", name, SETS)
    known = SETS[name].__annotations__.keys() - {"return"}
    for setting in settings:
        if setting not in known:
            raise unknown_name(f"setting of {name}", setting, known)
    return SETS[name](**settings)


def from_csv(path: str | Path) -> Points:
    """Reads a person's own points: lines of x, y and label, with or without a header `x,y,label`.

    Args:
        path: path of a CSV file in UTF-8; empty lines are skipped.

    Returns:
        Points (N, 2) and labels (N,).

    Raises:
        DataError: the file cannot be read, has no points, or a line is not two finite numbers and a whole number from
            0; it names the line.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            rows = list(_rows(path, file))
    except OSError as error:
        raise DataError(f"cannot read the points {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not text in UTF-8; save it as such") from error
    except csv.Error as error:
        raise DataError(f"{path} is not a CSV file: {error}") from error
    if not rows:
        raise DataError(f"{path} holds no points; it needs lines of x, y and label")
    return np.array([row[:2] for row in rows], dtype=np.float64), np.array([row[2] for row in rows], dtype=np.int64)


def _rows(path: str | Path, lines: Iterator[str]) -> Iterator[tuple[float, float, int]]:
    reader = csv.reader(lines)
    first = next(reader, [])
    is_header = [cell.strip().lower() for cell in first] == ["x", "y", "label"]
    for row in reader if is_header else chain([first], reader):
        if row:
            yield _row(f"{path}, line {reader.line_num}", row)


def _row(where: str, row: list[str]) -> tuple[float, float, int]:
    if len(row) != 3:
        raise DataError(f"{where}: {len(row)} values; it must have three: x, y and label")
    try:
        x, y, label = float(row[0]), float(row[1]), int(row[2])
    except ValueError as error:
        raise DataError(f"{where}: {','.join(row)!r}; x and y must be numbers, label a whole number") from error
    if not (math.isfinite(x) and math.isfinite(y)):
        raise DataError(f"{where}: {','.join(row)!r}; x and y must be finite")
    if not 0 <= label < 2**63:
        raise DataError(f"{where}: label {label}; labels are 0, 1, 2, ...")
    return x, y, label
