"""The perceptron on the plane: sets of two classes, the widest margin of each, and the lines to start from."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from muslin.lecture.formulas import mathml
from muslin.textbook import plane
from muslin.textbook.neuron import is_linearly_separable, mistake_bound

__all__ = ["values", "widest_line"]

EXTENT = 1.4  # the plane goes from -EXTENT to EXTENT
SCALE, SHIFT = 1.25, (0.25, 0.1)  # of blobs: else they lie around the origin, and a bias of 0 does
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
STARTS = 12  # lines other than 0 to start from


def values() -> dict[str, Any]:
    """Returns the sets, with points as [x, y, class] and the tightest bound of their mistakes, and start lines."""
    generator = np.random.default_rng(4)
    return {
        "extent": EXTENT,
        "sets": [
            _set("and", "AND, four points", CORNERS, np.array([0, 0, 0, 1])),
            _set("wide", "two clouds, a wide gap", *_clouds(noise=0.05, seed=4)),
            _set("narrow", "two clouds, a narrow gap", *_clouds(noise=0.16, seed=27)),
            _set("hair", "two clouds, a hair’s breadth", *_clouds(noise=0.14, seed=19)),
            _set("xor", "XOR, four points", CORNERS, np.array([0, 1, 1, 0])),
            _set("squares", "XOR, four clouds", *_rounded(*plane.xor(n=24, noise=0.05, seed=1))),
        ],
        "starts": generator.normal(size=(STARTS, 3)).round(2).tolist(),
        "rule": mathml(r"w \leftarrow w + (t - y)\, x \qquad b \leftarrow b + (t - y)"),
        "python": "muslin.textbook.neuron.perceptron_update",
    }


def widest_line(points: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Returns the separating line whose mistake bound is lowest, as (w1, w2, b).

    With a 1 appended to each sample, it is the shortest v with s_i (v x_i) >= 1 for all i, where s_i is +1 or -1: a
    least-distance problem, solved by non-negative least squares (Lawson and Hanson, 1974, chapter 23).

    Args:
        points: finite numbers (B, 2), which some line separates.
        labels: classes of the samples (B,), each 0 or 1.
    """
    signed = (2 * labels - 1)[:, None] * np.hstack([points, np.ones((len(points), 1))])
    system = np.vstack([signed.T, np.ones(len(signed))])  # (4, B)
    target = np.array([0.0, 0.0, 0.0, 1.0])
    residual = system @ nnls(system, target)[0] - target
    return np.asarray(-residual[:3] / residual[3])


def _clouds(noise: float, seed: int) -> plane.Points:
    points, labels = plane.blobs(24, noise, seed)
    return _rounded(points * SCALE + SHIFT, labels)


def _rounded(points: NDArray[np.float64], labels: NDArray[np.int64]) -> plane.Points:
    return points.round(2), labels


def _set(name: str, title: str, points: NDArray[np.float64], labels: NDArray[np.int64]) -> dict[str, Any]:
    bound = None
    if is_linearly_separable(points, labels):
        *weights, bias = widest_line(points, labels).tolist()
        bound = mistake_bound(points, labels, weights, bias)
    samples = [[*point, label] for point, label in zip(points.tolist(), labels.tolist(), strict=True)]
    return {"name": name, "title": title, "points": samples, "bound": bound}
