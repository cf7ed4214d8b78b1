"""How right a model is where it is sure: accuracy against the share of the pictures that it answers.

Legend: N pictures.
"""

from dataclasses import dataclass

from torch import Tensor

__all__ = ["CoveragePoint", "coverage_at", "coverage_curve"]

THRESHOLDS = [n / 100 for n in range(100)] + [0.995, 0.999]


@dataclass(frozen=True)
class CoveragePoint:
    """What is answered when a model keeps silent below a confidence (El-Yaniv and Wiener, 2010).

    Attributes:
        threshold: the least confidence that is answered, in [0, 1].
        coverage: the share of all pictures that is answered, in (0, 1].
        accuracy: the share of the answered ones that is right, in [0, 1].
    """

    threshold: float
    coverage: float
    accuracy: float


def coverage_at(threshold: float, confidence: Tensor, right: Tensor) -> CoveragePoint | None:
    """Returns what is answered at a threshold; None where nothing is.

    Args:
        threshold: in [0, 1].
        confidence: (N,) float in [0, 1]; N >= 1.
        right: (N,) bool.
    """
    answered = confidence >= threshold
    if not answered.any():
        return None
    share = float(answered.double().mean())
    return CoveragePoint(threshold, share, float(right[answered].double().mean()))


def coverage_curve(confidence: Tensor, right: Tensor) -> list[CoveragePoint]:
    """Returns the points of the curve, in the order of falling coverage and no coverage twice. Arguments as above."""
    points = [coverage_at(threshold, confidence, right) for threshold in THRESHOLDS]
    by_coverage = {point.coverage: point for point in points if point}
    return list(by_coverage.values())
