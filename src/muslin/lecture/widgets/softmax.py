"""Softmax of four scores: what the page begins with, and its formula."""

from typing import Any

from muslin.lecture.formulas import mathml
from muslin.textbook.activations import softmax

__all__ = ["values"]

SCORES = {"Shirt": 2.0, "T-shirt/top": 1.0, "Coat": 0.0, "Sandal": -1.0}


def values() -> dict[str, Any]:
    """Returns the classes with their first scores and probabilities, the formula with a temperature, and its Python."""
    scores = list(SCORES.values())
    return {
        "classes": list(SCORES),
        "scores": scores,
        "probabilities": softmax(scores).tolist(),
        "formula": mathml(r"p_i = \frac{e^{x_i / T}}{\sum_j e^{x_j / T}}"),
        "python": "muslin.textbook.activations.softmax(scores / temperature)",
    }
