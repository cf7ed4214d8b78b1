"""How well probabilities rank the true class, and the pictures of a class before the others.

Legend: N pictures, K classes, T distinct scores.
"""

import numpy as np
import numpy.typing as npt
from torch import Tensor

__all__ = ["average_precision", "precision_recall_curve", "roc_area", "roc_curve", "top_k_accuracy"]

Floats = npt.NDArray[np.float64]


def top_k_accuracy(probabilities: Tensor, labels: Tensor, k: int) -> float:
    """Returns the share of pictures whose true class is among the k likeliest, in [0, 1].

    Of equally likely classes the first one counts as likelier, as it does for the answer.

    Args:
        probabilities: (N, K) float; N >= 1.
        labels: (N,) int64.
        k: 1 .. K.
    """
    likeliest = probabilities.argsort(dim=1, descending=True, stable=True)[:, :k]
    return float((likeliest == labels[:, None]).any(1).double().mean())


def roc_curve(scores: Tensor, positive: Tensor) -> tuple[Floats, Floats]:
    """Returns the false and the true positive rates as the threshold falls, from (0, 0) to (1, 1); each (T + 1,).

    Args:
        scores: (N,) float, higher for what is thought to be positive.
        positive: (N,) bool; at least one is and one is not.
    """
    true, false = _counts(scores, positive)
    return np.append(0.0, false / false[-1]), np.append(0.0, true / true[-1])


def roc_area(scores: Tensor, positive: Tensor) -> float | None:
    """Returns the area under the ROC curve (Hanley and McNeil, 1982); None where all or none are positive.

    That is the chance that a positive one is scored above a negative one, equal ones counting half. Arguments as for
    `roc_curve`.
    """
    if not positive.any() or positive.all():
        return None
    return float(np.trapezoid(*roc_curve(scores, positive)[::-1]))


def precision_recall_curve(scores: Tensor, positive: Tensor) -> tuple[Floats, Floats]:
    """Returns precision and recall as the threshold falls; each (T,).

    Arguments as for `roc_curve`; at least one is positive.
    """
    true, false = _counts(scores, positive)
    return true / (true + false), true / true[-1]


def average_precision(scores: Tensor, positive: Tensor) -> float | None:
    """Returns the area under precision against recall, as steps; None where none is positive.

    AP = sum over thresholds of (recall - recall before) * precision. Arguments as for `roc_curve`.
    """
    if not positive.any():
        return None
    precision, recall = precision_recall_curve(scores, positive)
    return float((np.diff(recall, prepend=0.0) * precision).sum())


def _counts(scores: Tensor, positive: Tensor) -> tuple[Floats, Floats]:
    """Returns how many positive and how many negative ones reach each of the T distinct scores, the highest first."""
    values, is_positive = scores.double().numpy(), positive.numpy()
    order = np.argsort(-values, kind="stable")
    last_of_equals = np.append(np.diff(values[order]) != 0, True)
    true = np.cumsum(is_positive[order], dtype=np.float64)[last_of_equals]
    return true, np.flatnonzero(last_of_equals) + 1 - true
