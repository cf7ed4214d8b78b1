"""A kernel in the hand: six garments, and kernels to begin with."""

from typing import Any

import numpy as np

from muslin.data.sources.fashion_mnist import CLASSES
from muslin.lecture.formulas import mathml
from muslin.lecture.garments import packed, test_garments

__all__ = ["GARMENTS", "KERNELS", "values"]

GARMENTS = (7, 1, 28, 19, 30, 13)  # places in the test set
KERNELS = {
    "upright edges": (-1, 0, 1, -2, 0, 2, -1, 0, 1),  # Sobel's
    "level edges": (-1, -2, -1, 0, 0, 0, 1, 2, 1),
    "all edges": (0, -1, 0, -1, 4, -1, 0, -1, 0),
    "blur": (1 / 9,) * 9,
    "sharpen": (0, -1, 0, -1, 5, -1, 0, -1, 0),
    "as it is": (0, 0, 0, 0, 1, 0, 0, 0, 0),
}


def values() -> dict[str, Any]:
    """Returns the garments, their classes, the kernels row by row, the formulas, and the Python that computes it."""
    images, labels = test_garments()
    chosen = np.array(GARMENTS)
    return {
        "garments": packed(images[chosen]),
        "labels": [CLASSES[label] for label in labels[chosen]],
        "kernels": [{"name": name, "weights": list(weights)} for name, weights in KERNELS.items()],
        "formula": mathml(r"y_{r,c} = \sum_{i,j} w_{i,j}\, x_{s r + i - p,\; s c + j - p}"),
        "size": mathml(r"\left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1"),
    }
