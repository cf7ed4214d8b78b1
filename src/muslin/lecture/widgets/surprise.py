"""Surprise, entropy, cross-entropy and their gap: what the page begins with, the formulas, and the Python."""

from typing import Any

from muslin.lecture.formulas import mathml
from muslin.textbook.information import cross_entropy, entropy, kl_divergence

__all__ = ["values"]

OUTCOMES = ("Shirt", "T-shirt/top", "Coat", "Sandal")
TRUTH, BELIEF = (0.5, 0.25, 0.125, 0.125), (0.25, 0.25, 0.25, 0.25)


def values() -> dict[str, Any]:
    """Returns the outcomes with both distributions, three formulas, their Python, and the three values in bits."""
    return {
        "outcomes": list(OUTCOMES),
        "p": list(TRUTH),
        "q": list(BELIEF),
        "formulas": {
            "entropy": mathml(r"H(p) = -\sum_i p_i \log p_i"),
            "cross_entropy": mathml(r"H(p, q) = -\sum_i p_i \log q_i"),
            "kl_divergence": mathml(r"H(p, q) - H(p) = \sum_i p_i \log \frac{p_i}{q_i}"),
        },
        "bits": {
            "entropy": float(entropy(TRUTH, base=2)),
            "cross_entropy": float(cross_entropy(TRUTH, BELIEF, base=2)),
            "kl_divergence": float(kl_divergence(TRUTH, BELIEF, base=2)),
        },
    }
