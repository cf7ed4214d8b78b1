"""Does a model know how sure it is? And what makes it know.

Legend: N pictures, K classes.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from torch import Tensor

from muslin.prediction.calibration import UNCALIBRATED, Calibration

__all__ = [
    "ReliabilityBin", "brier_score", "expected_calibration_error", "fit_calibration", "log_loss", "reliability",
]  # fmt: skip

BINS = 15
LIMIT = 2.0  # the temperature's logarithm stays within this of 0
REMAINING = 0.5  # the share of the mistakes' rate that the sure answers may have


@dataclass(frozen=True)
class ReliabilityBin:
    """The pictures that a model was about equally sure of.

    Attributes:
        low: the least confidence, in [0, 1].
        high: the highest, exclusive but in the last bin.
        count: how many pictures, >= 1.
        confidence: their mean confidence, in [0, 1].
        accuracy: the share of them that was answered right, in [0, 1].
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def reliability(confidence: Tensor, right: Tensor, bins: int = BINS) -> list[ReliabilityBin]:
    """Returns the bins of a reliability diagram (Niculescu-Mizil and Caruana, 2005) that hold a picture.

    Args:
        confidence: (N,) float, the probability of the class that was said, in [0, 1].
        right: (N,) bool, whether it was the true one.
        bins: number of equally wide bins, >= 1.
    """
    sure = confidence.double()
    bin_of = (sure * bins).long().clamp(max=bins - 1)
    counts = bin_of.bincount(minlength=bins)
    sures = torch.zeros(bins, dtype=torch.float64).index_add_(0, bin_of, sure)
    rights = torch.zeros(bins, dtype=torch.float64).index_add_(0, bin_of, right.double())
    return [
        ReliabilityBin(n / bins, (n + 1) / bins, count, float(sures[n]) / count, float(rights[n]) / count)
        for n, count in enumerate(counts.tolist())
        if count
    ]


def expected_calibration_error(confidence: Tensor, right: Tensor, bins: int = BINS) -> float:
    """Returns the gap between how sure a model is and how often it is right (Guo et al., 2017, 1706.04599).

    ECE = sum over bins of (share of pictures in the bin) * |accuracy - mean confidence|, with equally wide bins.

    Args:
        confidence: (N,) float, the probability of the class that was said, in [0, 1]; N >= 1.
        right: (N,) bool, whether it was the true one.
        bins: number of bins, >= 1.

    Returns:
        A number in [0, 1]; 0 is perfect.
    """
    return sum(b.count * abs(b.accuracy - b.confidence) for b in reliability(confidence, right, bins)) / len(right)


def brier_score(probabilities: Tensor, labels: Tensor) -> float:
    """Returns the mean squared distance of probabilities from the truth (Brier, 1950), summed over the classes.

    Args:
        probabilities: (N, K) float, rows that sum to 1; N >= 1.
        labels: (N,) int64, the true classes.

    Returns:
        A number in [0, 2]; 0 is perfect.
    """
    p = probabilities.double()
    of_truth = p.gather(1, labels[:, None])[:, 0]
    return float(((p**2).sum(1) - 2 * of_truth + 1).mean())


def log_loss(probabilities: Tensor, labels: Tensor) -> float:
    """Returns the mean cross-entropy in nats, >= 0.

    Args:
        probabilities: (N, K) float, above 0 where a label is; N >= 1.
        labels: (N,) int64, the true classes.
    """
    return float(-probabilities.double().gather(1, labels[:, None]).log().mean())


def fit_calibration(probabilities: Tensor | None, labels: Tensor) -> Calibration:
    """Returns what makes a model's probabilities hold, chosen on pictures that it was not trained on.

    The temperature T minimises sum(-log softmax(logits / T)[label]) + (log T)^2 / 2. The last term, a standard normal
    prior on log T, weighs as much as a picture or so: it matters only where there are few pictures or no mistake, for
    which the likelihood alone would make every answer certain.

    The threshold is the lowest one above which answers are wrong at most half as often as all answers are; it is 0
    where none is wrong.

    Args:
        probabilities: (N, K) float, of temperature 1; None where they were too many to keep.
        labels: (N,) int64, the true classes.
    """
    if probabilities is None or not len(labels):
        return UNCALIBRATED
    labels = labels.cpu()

    def cost(log_temperature: float) -> float:
        tempered = Calibration(math.exp(log_temperature)).applied_to(probabilities)
        return len(labels) * log_loss(tempered, labels) + log_temperature**2 / 2

    best = minimize_scalar(cost, bounds=(-LIMIT, LIMIT), method="bounded", options={"xatol": 1e-4})
    temperature = math.exp(float(best.x))
    confidence, predicted = Calibration(temperature).applied_to(probabilities).max(1)
    return Calibration(temperature, choose_threshold(confidence, predicted == labels), len(labels))


def choose_threshold(confidence: Tensor, right: Tensor) -> float:
    """Returns the lowest confidence from which on answers are wrong at most half as often as all are, in [0, 1].

    Args:
        confidence: (N,) float64, in [0, 1]; N >= 1.
        right: (N,) bool.
    """
    order = np.argsort(-confidence.numpy(), kind="stable")
    sure, wrong = confidence.numpy()[order], ~right.numpy()[order]
    rate = np.cumsum(wrong) / np.arange(1, len(wrong) + 1)  # of mistakes among the n + 1 surest
    last_of_equals = np.append(sure[1:] != sure[:-1], True)  # equally sure ones count together
    good = np.flatnonzero((rate <= REMAINING * rate[-1]) & last_of_equals)
    if not wrong.any():
        return 0.0
    return float(sure[good[-1]]) if len(good) else 1.0
