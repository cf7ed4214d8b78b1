"""Points of three classes on the plane, one of them among strangers, whose nearest decide everywhere."""

from typing import Any

import numpy as np

from muslin.lecture.formulas import mathml

__all__ = ["values"]

CENTRES = ((-0.6, 0.55), (0.65, 0.45), (0.0, -0.65))
EACH = 8
SPREAD = 0.24
STRANGER = (0.62, 0.4, 0)  # of the first class, in the middle of the second


def values() -> dict[str, Any]:
    """Returns the points as [x, y, class], the lone one last, and the vote as a formula and as Python."""
    generator = np.random.default_rng(0)
    points = [
        [*generator.normal(centre, SPREAD).round(2).tolist(), label]
        for label, centre in enumerate(CENTRES)
        for _ in range(EACH)
    ]
    return {
        "points": [*points, list(STRANGER)],
        "formula": mathml(r"\hat{y}(x) = \mathrm{argmax}_c \sum_{i \in N_k(x)} [y_i = c]"),
        "python": "muslin.ladder.knn.vote(labels[order[:, :k]])",
    }
