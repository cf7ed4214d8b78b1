"""Two points, and the balls of both distances around one of them."""

from typing import Any

from muslin.lecture.formulas import mathml
from muslin.textbook.distances import l1_distance, l2_distance, unit_ball

__all__ = ["values"]

CORNERS = 120


def values() -> dict[str, Any]:
    """Returns both distances: unit ball (120, 2), formula, Python."""
    return {
        "l1": {
            "ball": unit_ball(l1_distance, CORNERS).round(5).tolist(),
            "formula": mathml(r"d_1(a, b) = \sum_i |a_i - b_i|"),
            "python": "muslin.textbook.distances.l1_distance(a, b)",
        },
        "l2": {
            "ball": unit_ball(l2_distance, CORNERS).round(5).tolist(),
            "formula": mathml(r"d_2(a, b) = \sqrt{\sum_i (a_i - b_i)^2}"),
            "python": "muslin.textbook.distances.l2_distance(a, b)",
        },
    }
