"""Information theory: how surprising an outcome is, and how far a belief is from the truth.

Shapes: p and q hold K probabilities along `axis`; any other axes are batch. Logarithms are natural, so that results are
in nats; `base=2` gives bits. Conventions of Shannon (1948): 0 log 0 = 0, and q = 0 where p > 0 gives infinity.

Gradients are with respect to the entries one by one, as if they were free; that they sum to 1 is left to the caller.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from muslin.errors import SettingError
from muslin.textbook._checks import FloatArray, distribution, matching, probabilities

__all__ = [
    "cross_entropy",
    "cross_entropy_gradient",
    "entropy",
    "entropy_gradient",
    "kl_divergence",
    "kl_divergence_gradient",
    "mutual_information",
    "mutual_information_gradient",
    "surprise",
    "surprise_gradient",
]


def _unit(base: float | None) -> float:
    """Returns how many nats one unit of the result is worth: 1, or log(base)."""
    if base is None:
        return 1.0
    if not (math.isfinite(base) and base > 1):
        raise SettingError(f"base is {base}; it must be a finite number above 1, such as 2 for bits, or None for nats")
    return math.log(base)


@np.errstate(divide="ignore")
def _log(p: FloatArray) -> FloatArray:
    return np.asarray(np.log(p))


def _times_log(p: FloatArray, logarithm: FloatArray) -> FloatArray:
    """Computes p * logarithm with 0 * -inf = 0."""
    return np.asarray(p * np.where(p > 0, logarithm, 0))


def surprise(p: ArrayLike, base: float | None = None) -> FloatArray:
    """Surprise, h = -log p, of outcomes that had probability p, range [0, inf] (Shannon, 1948; Tribus, 1961).

    Args:
        p: probabilities of any shape.
        base: base of the logarithm; None for nats, 2 for bits.

    Returns:
        An array in the shape and float dtype of p; infinite where p is 0.

    Raises:
        SettingError: p is empty, NaN or outside [0, 1], or base is not above 1.

    >>> surprise([1.0, 0.5, 0.25, 0.0], base=2)
    array([ 0.,  1.,  2., inf])
    """
    unit = _unit(base)
    return np.asarray((0 - _log(probabilities("p", p))) / unit)  # 0 - x, where -x would give -0.0 for certainty


def surprise_gradient(p: ArrayLike, base: float | None = None) -> FloatArray:
    """Derivative of `surprise`, -1 / p, in the shape of p; -inf where p is 0.

    >>> surprise_gradient([1.0, 0.5])
    array([-1., -2.])
    """
    unit = _unit(base)
    with np.errstate(divide="ignore", over="ignore"):
        return np.asarray(-1 / (probabilities("p", p) * unit))


def entropy(p: ArrayLike, base: float | None = None, axis: int = -1) -> FloatArray:
    """Entropy, H(p) = -sum p log p: the surprise to expect, range [0, log K] (Shannon, 1948).

    Args:
        p: probabilities that sum to 1 along `axis`.
        base: base of the logarithm; None for nats, 2 for bits.
        axis: the axis of the outcomes.

    Returns:
        An array in the shape of p without `axis`, in its float dtype.

    Raises:
        SettingError: p is empty or no distribution along `axis`, or base is not above 1.

    >>> print(entropy([0.5, 0.5], base=2), entropy([1.0, 0.0]))
    1.0 0.0
    """
    return cross_entropy(p, p, base, axis)


def entropy_gradient(p: ArrayLike, base: float | None = None, axis: int = -1) -> FloatArray:
    """Gradient of `entropy` with respect to p, -(log p + 1), in the shape of p; inf where p is 0.

    >>> entropy_gradient([0.5, 0.5]).round(4)
    array([-0.3069, -0.3069])
    """
    unit = _unit(base)
    return np.asarray(-(_log(distribution("p", p, axis)) + 1) / unit)


def cross_entropy(p: ArrayLike, q: ArrayLike, base: float | None = None, axis: int = -1) -> FloatArray:
    """Cross-entropy, H(p, q) = -sum p log q: the surprise to expect when p is true and q believed, range [0, inf].

    Mind the minus: every log q is negative or 0. Source: Shannon (1948); Good (1956).

    Args:
        p: probabilities that sum to 1 along `axis`: the truth.
        q: probabilities that sum to 1 along `axis`, in the shape of p: the belief.
        base: base of the logarithm; None for nats, 2 for bits.
        axis: the axis of the outcomes.

    Returns:
        An array in the shape of p without `axis`, in its float dtype; infinite where q is 0 and p is not.

    Raises:
        SettingError: p or q is empty or no distribution along `axis`, the shapes differ, or base is not above 1.

    >>> print(cross_entropy([1.0, 0.0], [0.5, 0.5], base=2), cross_entropy([0.5, 0.5], [1.0, 0.0]))
    1.0 inf
    """
    unit = _unit(base)
    p = distribution("p", p, axis)
    q = matching("p", p, "q", distribution("q", q, axis))
    return np.asarray((0 - _times_log(p, _log(q)).sum(axis=axis)) / unit)


def cross_entropy_gradient(p: ArrayLike, q: ArrayLike, base: float | None = None, axis: int = -1) -> FloatArray:
    """Gradient of `cross_entropy` with respect to q, -p / q, in the shape of p; 0 where p is 0.

    Arguments and errors as for `cross_entropy`.

    >>> cross_entropy_gradient([1.0, 0.0], [0.5, 0.5])
    array([-2.,  0.])
    """
    unit = _unit(base)
    p = distribution("p", p, axis)
    q = matching("p", p, "q", distribution("q", q, axis))
    with np.errstate(divide="ignore", over="ignore"):
        return np.asarray(0 - p / np.where(p > 0, q, 1) / unit, dtype=p.dtype)


def kl_divergence(p: ArrayLike, q: ArrayLike, base: float | None = None, axis: int = -1) -> FloatArray:
    """Kullback-Leibler divergence, KL(p, q) = sum p log(p / q) = H(p, q) - H(p), range [0, inf] (1951).

    Not symmetric. Never negative, for rounding below 0 is cut off. Arguments, result and errors as for `cross_entropy`.

    >>> print(kl_divergence([0.5, 0.5], [0.5, 0.5]), kl_divergence([1.0, 0.0], [0.25, 0.75], base=2))
    0.0 2.0
    """
    unit = _unit(base)
    p = distribution("p", p, axis)
    q = matching("p", p, "q", distribution("q", q, axis))
    ratio = np.where(p > 0, _log(p), 0) - np.where(p > 0, _log(q), 0)
    return np.asarray(np.maximum((p * ratio).sum(axis=axis), 0) / unit)


def kl_divergence_gradient(p: ArrayLike, q: ArrayLike, base: float | None = None, axis: int = -1) -> FloatArray:
    """Gradient of `kl_divergence` with respect to q: that of the cross-entropy, -p / q, for H(p) holds no q.

    Arguments and errors as for `cross_entropy`.

    >>> kl_divergence_gradient([1.0, 0.0], [0.5, 0.5])
    array([-2.,  0.])
    """
    return cross_entropy_gradient(p, q, base, axis)


def _table(joint: ArrayLike) -> FloatArray:
    joint = distribution("joint", joint, axis=None)
    if joint.ndim != 2:
        raise SettingError(f"joint has shape {joint.shape}; it must be (N, M), one row for each outcome of the first")
    return joint


def mutual_information(joint: ArrayLike, base: float | None = None) -> FloatArray:
    """Mutual information, I = sum_ij p_ij log(p_ij / (p_i p_j)): what one variable tells of another (Shannon, 1948).

    Args:
        joint: the probability of each pair of outcomes (N, M), summing to 1 over all.
        base: base of the logarithm; None for nats, 2 for bits.

    Returns:
        A number in the float dtype of joint, range [0, log min(N, M)].

    Raises:
        SettingError: joint is empty, no distribution or not a matrix, or base is not above 1.

    >>> print(mutual_information([[0.5, 0.0], [0.0, 0.5]], base=2), mutual_information([[0.25, 0.25], [0.25, 0.25]]))
    1.0 0.0
    """
    unit = _unit(base)
    joint = _table(joint)
    independent = np.log(joint.sum(1, keepdims=True), where=joint > 0, out=np.zeros_like(joint)) + np.log(
        joint.sum(0, keepdims=True), where=joint > 0, out=np.zeros_like(joint)
    )
    ratio = np.where(joint > 0, _log(joint), 0) - independent
    return np.asarray(np.maximum((joint * ratio).sum(), 0) / unit, dtype=joint.dtype)


def mutual_information_gradient(joint: ArrayLike, base: float | None = None) -> FloatArray:
    """Gradient of `mutual_information` with respect to joint, log(p_ij / (p_i p_j)) - 1, in its shape.

    It is -inf where p_ij alone is 0, and undefined for an outcome that never occurs. Arguments and errors as for
    `mutual_information`.

    Raises:
        SettingError: also when a whole row or column is 0.

    >>> mutual_information_gradient([[0.25, 0.25], [0.25, 0.25]])
    array([[-1., -1.],
           [-1., -1.]])
    """
    unit = _unit(base)
    joint = _table(joint)
    rows, columns = joint.sum(1, keepdims=True), joint.sum(0, keepdims=True)
    if not (rows.all() and columns.all()):
        raise SettingError("joint has a row or column of zeros; leave out outcomes that never occur")
    return np.asarray((_log(joint) - np.log(rows) - np.log(columns) - 1) / unit)
