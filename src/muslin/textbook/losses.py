"""Losses: how wrong the outputs are, each followed by its gradient with respect to the outputs.

Shapes: B samples, K classes. Any leading shape may stand for B. Labels are class numbers (B,); where a loss takes
`targets` of classes, they are either labels (B,) or one distribution for each sample (B, K). float32 stays float32.

The L1 and L2 losses are sums. Mean squared error is a mean over all entries. Hinge and the cross-entropies are means
over the batch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from muslin.errors import SettingError
from muslin.textbook._checks import FloatArray, IntArray, at_least, between, distribution, finite, matching
from muslin.textbook._checks import labels as checked_labels
from muslin.textbook._checks import probabilities as checked_probabilities
from muslin.textbook.activations import log_softmax, sigmoid, softmax

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_gradient",
    "binary_cross_entropy_with_logits",
    "binary_cross_entropy_with_logits_gradient",
    "cross_entropy_loss",
    "cross_entropy_loss_gradient",
    "cross_entropy_with_logits",
    "cross_entropy_with_logits_gradient",
    "hinge_loss",
    "hinge_loss_gradient",
    "l1_loss",
    "l1_loss_gradient",
    "l2_loss",
    "l2_loss_gradient",
    "mean_squared_error",
    "mean_squared_error_gradient",
    "one_hot",
    "smooth_labels",
]


def _error(outputs: ArrayLike, targets: ArrayLike) -> FloatArray:
    outputs = finite("outputs", outputs)
    return np.asarray(outputs - matching("outputs", outputs, "targets", finite("targets", targets)))


def l1_loss(outputs: ArrayLike, targets: ArrayLike) -> float:
    """L1 loss, sum |output - target| (Boscovich, 1757; Laplace, 1793).

    Args:
        outputs: finite numbers of any shape.
        targets: finite numbers in the same shape.

    Returns:
        A number, range [0, inf).

    Raises:
        SettingError: an argument is empty or not finite, or the shapes differ.

    >>> l1_loss([1.0, -2.0], [0.0, 0.0])
    3.0
    """
    return float(np.abs(_error(outputs, targets)).sum())


def l1_loss_gradient(outputs: ArrayLike, targets: ArrayLike) -> FloatArray:
    """Gradient of `l1_loss` with respect to outputs, sign(output - target); 0 where they are equal.

    >>> l1_loss_gradient([1.0, -2.0], [0.0, 0.0])
    array([ 1., -1.])
    """
    return np.asarray(np.sign(_error(outputs, targets)))


def l2_loss(outputs: ArrayLike, targets: ArrayLike) -> float:
    """L2 loss, sum (output - target)^2, with no root: sqrt(d^2) is |d| and gives the L1 loss (Legendre, 1805).

    Arguments and errors as for `l1_loss`.

    >>> l2_loss([1.0, -2.0], [0.0, 0.0])
    5.0
    """
    return float((_error(outputs, targets) ** 2).sum())


def l2_loss_gradient(outputs: ArrayLike, targets: ArrayLike) -> FloatArray:
    """Gradient of `l2_loss` with respect to outputs, 2 (output - target).

    >>> l2_loss_gradient([1.0, -2.0], [0.0, 0.0])
    array([ 2., -4.])
    """
    return np.asarray(2 * _error(outputs, targets))


def mean_squared_error(outputs: ArrayLike, targets: ArrayLike) -> float:
    """Mean squared error, mean (output - target)^2 over all entries, with no root (Gauss, 1809).

    Arguments and errors as for `l1_loss`.

    >>> mean_squared_error([1.0, -2.0], [0.0, 0.0])
    2.5
    """
    return float((_error(outputs, targets) ** 2).mean())


def mean_squared_error_gradient(outputs: ArrayLike, targets: ArrayLike) -> FloatArray:
    """Gradient of `mean_squared_error` with respect to outputs, 2 (output - target) / size.

    >>> mean_squared_error_gradient([1.0, -2.0], [0.0, 0.0])
    array([ 1., -2.])
    """
    error = _error(outputs, targets)
    return np.asarray(2 * error / error.size)


def _scores(name: str, value: ArrayLike) -> FloatArray:
    scores = finite(name, value)
    if scores.ndim == 0:
        raise SettingError(f"{name} is the single number {scores}; it must be (B, K), one score for each class")
    return scores


def one_hot(labels: ArrayLike, classes: int) -> FloatArray:
    """One-hot distributions: 1 at the label, 0 elsewhere.

    Args:
        labels: class numbers (B,), each in [0, classes).
        classes: number of classes, K.

    Returns:
        Distributions (B, K), float64.

    Raises:
        SettingError: labels are empty, not whole or out of range, or classes is below 1.

    >>> one_hot([2, 0], classes=3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    numbers = np.eye(at_least("classes", classes, 1))
    return np.asarray(numbers[checked_labels("labels", labels, classes, np.shape(labels))])


def smooth_labels(labels: ArrayLike, classes: int, smoothing: float) -> FloatArray:
    """Label smoothing, (1 - s) one_hot + s / K: never quite sure (Szegedy et al., 2015).

    Args:
        labels: class numbers (B,), each in [0, classes).
        classes: number of classes, K.
        smoothing: s, the share spread evenly over all classes, in [0, 1].

    Returns:
        Distributions (B, K), float64: targets for the cross-entropies.

    Raises:
        SettingError: as for `one_hot`, or smoothing is outside [0, 1].

    >>> smooth_labels([0], classes=4, smoothing=0.2)
    array([[0.85, 0.05, 0.05, 0.05]])
    """
    between("smoothing", smoothing, 0, 1)
    return np.asarray((1 - smoothing) * one_hot(labels, classes) + smoothing / classes)


def _margins(scores: ArrayLike, labels: ArrayLike) -> tuple[FloatArray, IntArray]:
    """Returns how far each wrong class's score is above the right one's less 1 (B, K), 0 for the right; and labels."""
    scores = _scores("scores", scores)
    right = checked_labels("labels", labels, scores.shape[-1], scores.shape[:-1])[..., None]
    margins = scores - np.take_along_axis(scores, right, axis=-1) + 1
    np.put_along_axis(margins, right, 0, axis=-1)
    return np.maximum(margins, 0), right


def hinge_loss(scores: ArrayLike, labels: ArrayLike) -> float:
    """Multi-class hinge loss, sum over j != y of max(0, s_j - s_y + 1), mean over the batch (Weston, Watkins, 1999).

    Args:
        scores: finite numbers (B, K).
        labels: class numbers (B,), each in [0, K).

    Returns:
        A number, range [0, inf).

    Raises:
        SettingError: scores are empty or not finite, or labels are not whole, out of range or of another shape.

    >>> hinge_loss([[3.0, 1.0, 2.5]], [0])
    0.5
    """
    margins, _ = _margins(scores, labels)
    return float(margins.sum(axis=-1).mean())


def hinge_loss_gradient(scores: ArrayLike, labels: ArrayLike) -> FloatArray:
    """Gradient of `hinge_loss` with respect to scores: +1 / B for each class within the margin, less their count at y.

    Arguments and errors as for `hinge_loss`.

    >>> hinge_loss_gradient([[3.0, 1.0, 2.5]], [0])
    array([[-1.,  0.,  1.]])
    """
    margins, right = _margins(scores, labels)
    gradient = np.asarray(margins > 0, dtype=margins.dtype)
    np.put_along_axis(gradient, right, -gradient.sum(axis=-1, keepdims=True), axis=-1)
    return np.asarray(gradient / right.size)


def _targets(targets: ArrayLike, outputs: FloatArray) -> FloatArray:
    """Returns targets as distributions in the shape and dtype of outputs, from labels or from distributions."""
    if np.shape(targets) == outputs.shape:
        return distribution("targets", targets).astype(outputs.dtype, copy=False)
    numbers = checked_labels("targets", targets, outputs.shape[-1], outputs.shape[:-1])
    return one_hot(numbers, outputs.shape[-1]).astype(outputs.dtype, copy=False)


def _batch(outputs: FloatArray) -> int:
    return int(outputs.size // outputs.shape[-1])


def cross_entropy_loss(probabilities: ArrayLike, targets: ArrayLike) -> float:
    """Cross-entropy loss on probabilities, mean over the batch of -sum_k t_k log p_k (Good, 1952; Bridle, 1990).

    Args:
        probabilities: (B, K), summing to 1 over K.
        targets: labels (B,), or distributions (B, K).

    Returns:
        A number, range [0, inf]; infinite where p is 0 and t is not, never NaN.

    Raises:
        SettingError: an argument is empty or no distribution, labels are out of range, or the shapes do not fit.

    >>> round(cross_entropy_loss([[0.5, 0.5], [0.25, 0.75]], [0, 1]), 4)
    0.4904
    """
    p = distribution("probabilities", probabilities)
    t = _targets(targets, p)
    with np.errstate(divide="ignore"):
        return float(0 - (t * np.where(t > 0, np.log(p), 0)).sum() / _batch(p))


def cross_entropy_loss_gradient(probabilities: ArrayLike, targets: ArrayLike) -> FloatArray:
    """Gradient of `cross_entropy_loss` with respect to probabilities, -t / (p B), in their shape; 0 where t is 0.

    >>> cross_entropy_loss_gradient([[0.5, 0.5]], [0])
    array([[-2.,  0.]])
    """
    p = distribution("probabilities", probabilities)
    t = _targets(targets, p)
    with np.errstate(divide="ignore", over="ignore"):
        return np.asarray(0 - t / np.where(t > 0, p, 1) / _batch(p))


def cross_entropy_with_logits(logits: ArrayLike, targets: ArrayLike) -> float:
    """Cross-entropy loss on logits z, mean over the batch of -sum_k t_k log softmax(z)_k, fused: it never takes log(0).

    Args:
        logits: finite scores (B, K).
        targets: labels (B,), or distributions (B, K) such as `smooth_labels` makes.

    Returns:
        A number, range [0, inf).

    Raises:
        SettingError: logits are empty or not finite, or targets are out of range, no distribution or do not fit.

    >>> cross_entropy_with_logits([[1e4, 0.0]], [1])
    10000.0
    """
    z = _scores("logits", logits)
    t = _targets(targets, z)
    return float(0 - (t * np.where(t > 0, log_softmax(z), 0)).sum() / _batch(z))  # scores 1e308 apart: log p is -inf


def cross_entropy_with_logits_gradient(logits: ArrayLike, targets: ArrayLike) -> FloatArray:
    """Gradient of `cross_entropy_with_logits` with respect to logits, (softmax(z) - t) / B, in their shape.

    >>> cross_entropy_with_logits_gradient([[0.0, 0.0]], [1])
    array([[ 0.5, -0.5]])
    """
    z = _scores("logits", logits)
    return np.asarray((softmax(z) - _targets(targets, z)) / _batch(z))


def _fractions(targets: ArrayLike, name: str, outputs: FloatArray) -> FloatArray:
    return matching(name, outputs, "targets", checked_probabilities("targets", targets))


def binary_cross_entropy(probabilities: ArrayLike, targets: ArrayLike) -> float:
    """Binary cross-entropy on probabilities, mean of -(t log p + (1 - t) log(1 - p)) (Cox, 1958).

    Args:
        probabilities: numbers of any shape, each in [0, 1].
        targets: truths in the same shape, each 0, 1 or a fraction between.

    Returns:
        A number, range [0, inf]; infinite for a certain belief that is wrong, never NaN.

    Raises:
        SettingError: an argument is empty, NaN or outside [0, 1], or the shapes differ.

    >>> round(binary_cross_entropy([0.5, 1.0], [1, 1]), 4)
    0.3466
    """
    p = checked_probabilities("probabilities", probabilities)
    t = _fractions(targets, "probabilities", p)
    with np.errstate(divide="ignore"):
        yes, no = np.where(t > 0, np.log(p), 0), np.where(t < 1, np.log1p(-p), 0)
    return float(0 - (t * yes + (1 - t) * no).mean())


def binary_cross_entropy_gradient(probabilities: ArrayLike, targets: ArrayLike) -> FloatArray:
    """Gradient of `binary_cross_entropy` with respect to probabilities, ((1 - t) / (1 - p) - t / p) / size.

    >>> binary_cross_entropy_gradient([0.5, 0.5], [1, 0])
    array([-1.,  1.])
    """
    p = checked_probabilities("probabilities", probabilities)
    t = _fractions(targets, "probabilities", p)
    with np.errstate(divide="ignore", over="ignore"):
        return np.asarray(((1 - t) / np.where(t < 1, 1 - p, 1) - t / np.where(t > 0, p, 1)) / p.size)


def binary_cross_entropy_with_logits(logits: ArrayLike, targets: ArrayLike) -> float:
    """Binary cross-entropy on logits z, mean of max(z, 0) - z t + log(1 + exp(-|z|)): finite for any finite z.

    Args:
        logits: finite numbers of any shape; sigmoid(z) is the probability.
        targets: truths in the same shape, each 0, 1 or a fraction between.

    Returns:
        A number, range [0, inf).

    Raises:
        SettingError: logits are empty or not finite, targets are outside [0, 1], or the shapes differ.

    >>> binary_cross_entropy_with_logits([-1000.0, 1000.0], [1, 1])
    500.0
    """
    z = finite("logits", logits)
    t = _fractions(targets, "logits", z)
    return float((np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z)))).mean())


def binary_cross_entropy_with_logits_gradient(logits: ArrayLike, targets: ArrayLike) -> FloatArray:
    """Gradient of `binary_cross_entropy_with_logits` with respect to logits, (sigmoid(z) - t) / size, in their shape.

    >>> binary_cross_entropy_with_logits_gradient([0.0, 0.0], [1, 0])
    array([-0.25,  0.25])
    """
    z = finite("logits", logits)
    return np.asarray((sigmoid(z) - _fractions(targets, "logits", z)) / z.size)
