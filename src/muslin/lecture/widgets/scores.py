"""The linear classifier on garments: ten templates learnt by softmax loss beside ten learnt by hinge loss.

The templates are recorded by `python -m benchmarks.measure.templates`.
"""

import json
from importlib.resources import files
from typing import Any

from muslin.data.sources.fashion_mnist import CLASSES
from muslin.lecture.formulas import mathml
from muslin.lecture.garments import first_of_each, packed, test_garments

__all__ = ["values"]

EACH = 3  # test garments of each class, the first


def values() -> dict[str, Any]:
    """Returns garments, and of each loss its templates (10 x 784 float32), biases (10), packed, and its accuracy."""
    pictures, labels = test_garments()
    rows = first_of_each(labels, EACH)
    return {
        "classes": list(CLASSES),
        "pictures": packed(pictures[rows]),
        "labels": labels[rows].tolist(),
        "rows": rows.tolist(),
        "templates": json.loads(files("muslin.lecture").joinpath("recorded", "templates.json").read_bytes()),
        "score": mathml(r"s_c = w_c \cdot x + b_c"),
        "losses": {
            "softmax": mathml(r"L = -\log \frac{e^{s_t}}{\sum_j e^{s_j}}"),
            "hinge": mathml(r"L = \sum_{j \neq t} \max(0, \, s_j - s_t + 1)"),
        },
        "python": {
            "softmax": "cross_entropy_with_logits(pixels @ weights + bias, [label])",
            "hinge": "hinge_loss(pixels @ weights + bias, [label])",
        },
    }
