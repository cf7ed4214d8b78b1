"""The referee of the lecture's page: the textbook takes the steps that the page took, from the same weights."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from muslin.errors import SettingError, unknown_name
from muslin.textbook import optimizers
from muslin.textbook.network import Network

__all__ = ["OPTIMIZERS", "replay"]

OPTIMIZERS: dict[str, Callable[..., Any]] = {
    "gradient step": optimizers.gradient_step,
    "momentum": optimizers.momentum,
    "nesterov": optimizers.nesterov,
    "adam": optimizers.adam,
}
MOST_LAYERS, MOST_NEURONS, MOST_POINTS, MOST_STEPS = 8, 8, 600, 50


def replay(question: object) -> dict[str, Any]:
    """Takes steps on slices of some points, with an optimizer that has no memory yet.

    Args:
        question: a dict with `sizes`, `activation`, `loss`, `optimizer`, `lr`, `l2`, `batch`, `points` (2 N numbers),
            `labels` (N), `start` (the parameters), `locks` (places of parameters that steps leave as they
            are), `first` (the number of the first step) and `count` (how many).

    Returns:
        `parameters`, those after the steps.

    Raises:
        SettingError: something is missing, of another kind or out of range.
    """
    if not isinstance(question, dict):
        raise SettingError(f"this is not a stretch of steps: {str(question)[:40]!r}")
    try:
        return {"parameters": _replayed(question)}
    except SettingError:
        raise
    except (KeyError, TypeError, ValueError, OverflowError, IndexError) as error:
        raise SettingError(f"this is not a stretch of steps: {error}") from error


def _replayed(asked: dict[str, Any]) -> list[float]:
    sizes = tuple(int(size) for size in asked["sizes"])
    points, labels = np.asarray(asked["points"], dtype=np.float64).reshape(-1, 2), np.asarray(asked["labels"])
    count, first, batch = int(asked["count"]), int(asked["first"]), int(asked["batch"])
    if len(sizes) > MOST_LAYERS or max(sizes) > MOST_NEURONS or len(points) > MOST_POINTS:
        raise SettingError(f"at most {MOST_LAYERS} layers of {MOST_NEURONS} and {MOST_POINTS} points are replayed")
    if not (0 < count <= MOST_STEPS and batch > 0 and first >= 0 and len(labels) == len(points) > 0):
        raise SettingError(
            f"1 to {MOST_STEPS} steps are replayed, in batches of 1 or more, of points with a label each"
        )
    if asked["optimizer"] not in OPTIMIZERS:
        raise unknown_name("optimizer", str(asked["optimizer"]), OPTIMIZERS)
    network = Network(sizes, asked["activation"], asked["loss"])
    start = np.asarray(asked["start"], dtype=np.float64)
    if start.shape != network.parameters.shape or not np.isfinite(start).all():
        raise SettingError(f"start has {start.size} numbers; it must have {network.parameters.size}, all finite")
    network.parameters = start
    locks = np.asarray(asked["locks"], dtype=np.int64)
    update = partial(OPTIMIZERS[asked["optimizer"]], lr=float(asked["lr"]))
    slices = range(0, len(labels), batch)
    for step in range(first, first + count):
        rows = slice(slices[step % len(slices)], slices[step % len(slices)] + batch)
        network.step(points[rows], labels[rows], update, float(asked["l2"]))
        network.parameters[locks] = start[locks]
    return [float(value) for value in network.parameters]
