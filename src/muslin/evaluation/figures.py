"""All that a model's answers to a data set say together, from the answers alone.

Legend: N pictures, K classes.
"""

import math
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from muslin.evaluation.calibration import (
    ReliabilityBin,
    brier_score,
    expected_calibration_error,
    log_loss,
    reliability,
)  # fmt: skip
from muslin.evaluation.classes import Averages, ClassScore, averages, class_scores
from muslin.evaluation.coverage import CoveragePoint, coverage_at, coverage_curve
from muslin.evaluation.ranking import average_precision, roc_area, top_k_accuracy
from muslin.evaluation.significance import wilson_interval
from muslin.prediction.calibration import UNCALIBRATED, Calibration

__all__ = ["Figures", "Sureness", "figures_of"]

TOP = (2, 3, 5)


@dataclass(frozen=True)
class Sureness:
    """How well probabilities hold.

    Attributes:
        calibration_error: expected calibration error, in [0, 1].
        brier: the Brier score, in [0, 2].
        log_loss: mean cross-entropy in nats.
        confidence: the mean probability of what was said, in [0, 1].
        bins: the reliability diagram.
    """

    calibration_error: float
    brier: float
    log_loss: float
    confidence: float
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True)
class Figures:
    """What N answers say together.

    Attributes:
        count: N.
        right: how many answers are right.
        interval: the accuracy's 95 % interval (Wilson, 1927), both ends in [0, 1].
        per_class: K scores, in the order of the classes.
        averages: over the classes.
        top: the share of pictures whose class is among the k likeliest, by k; empty where probabilities are not known.
        roc_areas: each class against the others, in [0, 1]; None for a class without pictures; empty as above.
        average_precisions: likewise.
        before: how well the probabilities hold at temperature 1; None where they are not known.
        after: how well they hold as calibrated; None where they are not known or not calibrated.
        coverage: accuracy against coverage, by calibrated confidence; empty where probabilities are not known.
        sure: what is answered from the run's threshold on; None where it has none, or nothing is.
    """

    count: int
    right: int
    interval: tuple[float, float]
    per_class: tuple[ClassScore, ...]
    averages: Averages
    top: dict[int, float]
    roc_areas: tuple[float | None, ...]
    average_precisions: tuple[float | None, ...]
    before: Sureness | None
    after: Sureness | None
    coverage: tuple[CoveragePoint, ...]
    sure: CoveragePoint | None

    @property
    def accuracy(self) -> float:
        """The share of right answers, in [0, 1]."""
        return self.right / self.count

    def as_json(self, classes: tuple[str, ...]) -> dict[str, Any]:
        """Returns all figures by name, for `json.dumps`: none is a nan.

        Args:
            classes: the K names.
        """
        rows = zip(classes, self.per_class, self.roc_areas or [None] * len(classes),
                   self.average_precisions or [None] * len(classes), strict=True)  # fmt: skip
        return {
            "count": self.count, "right": self.right, "accuracy": self.accuracy, "interval": list(self.interval),
            "classes": [
                {"name": name, "count": s.count, "said": s.said, "right": s.right, "precision": s.precision,
                 "recall": s.recall, "f1": s.f1, "roc_area": area, "average_precision": precision}
                for name, s, area, precision in rows
            ],
            **asdict(self.averages), "top": {str(k): share for k, share in self.top.items()},
            "before": self.before and asdict(self.before), "after": self.after and asdict(self.after),
            "coverage": [asdict(point) for point in self.coverage], "sure": self.sure and asdict(self.sure),
        }  # fmt: skip


def figures_of(
    labels: Tensor,
    predicted: Tensor,
    probabilities: Tensor | None,
    classes: int,
    calibration: Calibration = UNCALIBRATED,
) -> Figures:
    """Returns all figures of a data set's answers.

    Args:
        labels: (N,) int64 in 0 .. K-1; N >= 1.
        predicted: (N,) int64 in 0 .. K-1.
        probabilities: (N, K) float, of temperature 1; None where they are not known.
        classes: K.
        calibration: the run's.
    """
    confusion = torch.bincount(labels * classes + predicted, minlength=classes * classes).view(classes, classes)
    scores, right = class_scores(confusion), predicted == labels
    count, right_count = len(labels), int(right.sum())
    ranked: dict[str, Any] = {"top": {}, "roc_areas": (), "average_precisions": (), "before": None, "after": None}
    ranked |= {"coverage": (), "sure": None}
    if probabilities is not None:
        raw, calibrated = UNCALIBRATED.applied_to(probabilities), calibration.applied_to(probabilities)
        confidence = calibrated.max(1).values
        of_class = [(calibrated[:, k], labels == k) for k in range(classes)]
        ranked = {
            "top": {k: top_k_accuracy(probabilities, labels, k) for k in TOP if k < classes},
            "roc_areas": tuple(roc_area(*each) for each in of_class),
            "average_precisions": tuple(average_precision(*each) for each in of_class),
            "before": sureness_of(raw, labels, right),
            "after": sureness_of(calibrated, labels, right) if calibration.pictures else None,
            "coverage": tuple(coverage_curve(confidence, right)),
            "sure": coverage_at(calibration.threshold, confidence, right) if calibration.threshold else None,
        }
    interval = wilson_interval(right_count, count)
    return Figures(count, right_count, interval, tuple(scores), averages(scores), **ranked)


def sureness_of(probabilities: Tensor, labels: Tensor, right: Tensor) -> Sureness:
    """Returns how well (N, K) probabilities hold, of (N,) labels and (N,) right answers."""
    confidence = probabilities.max(1).values
    loss = log_loss(probabilities, labels)
    assert math.isfinite(loss)
    return Sureness(
        expected_calibration_error(confidence, right),
        brier_score(probabilities, labels),
        loss,
        float(confidence.mean()),
        tuple(reliability(confidence, right)),
    )
