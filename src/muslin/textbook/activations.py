"""Activations: what a neuron makes of its weighted sum, each followed by its derivative.

Shapes: x is of any shape; softmax and log_softmax work along one axis, K entries long. float32 stays float32.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from muslin.textbook._checks import FloatArray, finite, matching, needs_axis, numbers

__all__ = [
    "gelu",
    "gelu_gradient",
    "log_softmax",
    "log_softmax_gradient",
    "relu",
    "relu_gradient",
    "sigmoid",
    "sigmoid_gradient",
    "softmax",
    "softmax_gradient",
    "step",
    "step_gradient",
    "tanh",
    "tanh_gradient",
]


def step(x: ArrayLike) -> FloatArray:
    """Step, 1 where x >= 0 and 0 elsewhere (Heaviside; the threshold of McCulloch and Pitts, 1943).

    Args:
        x: numbers of any shape, infinities allowed.

    Returns:
        Zeros and ones in the shape and float dtype of x.

    Raises:
        SettingError: x is empty or holds NaN.

    >>> step([-0.5, 0.0, 2.0])
    array([0., 1., 1.])
    """
    x = numbers("x", x)
    return np.asarray(x >= 0, dtype=x.dtype)


def step_gradient(x: ArrayLike) -> FloatArray:
    """Derivative of the step: 0 everywhere, which is why a step cannot be trained by gradient descent.

    At x = 0, where the derivative does not exist, it is 0 too. Arguments and errors as for `step`.

    >>> step_gradient([-0.5, 2.0])
    array([0., 0.])
    """
    return np.zeros_like(numbers("x", x))


def sigmoid(x: ArrayLike) -> FloatArray:
    """Sigmoid, 1 / (1 + exp(-x)), range [0, 1] (the logistic curve; Verhulst, 1845).

    Only exp(-|x|) is ever computed, so that x = -1000 gives 0 and not an overflow.

    Args:
        x: numbers of any shape, infinities allowed.

    Returns:
        An array in the shape and float dtype of x.

    Raises:
        SettingError: x is empty or holds NaN.

    >>> sigmoid([-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    """
    x = numbers("x", x)
    decay = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1, decay) / (1 + decay), dtype=x.dtype)


def sigmoid_gradient(x: ArrayLike) -> FloatArray:
    """Derivative of the sigmoid, s (1 - s), range [0, 1/4]; exact in both tails, where 1 - s would round to 0.

    Arguments and errors as for `sigmoid`.

    >>> sigmoid_gradient([0.0, 1000.0])
    array([0.25, 0.  ])
    """
    x = numbers("x", x)
    decay = np.exp(-np.abs(x))
    return np.asarray(decay / (1 + decay) ** 2, dtype=x.dtype)


def tanh(x: ArrayLike) -> FloatArray:
    """Hyperbolic tangent, (exp(x) - exp(-x)) / (exp(x) + exp(-x)), range [-1, 1] (LeCun et al., 1998).

    Args:
        x: numbers of any shape, infinities allowed.

    Returns:
        An array in the shape and float dtype of x.

    Raises:
        SettingError: x is empty or holds NaN.

    >>> tanh([-1000.0, 0.0, 1000.0])
    array([-1.,  0.,  1.])
    """
    return np.asarray(np.tanh(numbers("x", x)))


def tanh_gradient(x: ArrayLike) -> FloatArray:
    """Derivative of tanh, 1 - tanh(x)^2 = 4 e / (1 + e)^2 with e = exp(-2 |x|), range [0, 1].

    Arguments and errors as for `tanh`.

    >>> tanh_gradient([0.0, 1000.0])
    array([1., 0.])
    """
    x = numbers("x", x)
    decay = np.exp(-np.abs(x)) ** 2
    return np.asarray(4 * decay / (1 + decay) ** 2, dtype=x.dtype)


def relu(x: ArrayLike) -> FloatArray:
    """Rectified linear unit, max(0, x), elementwise, range [0, inf) (Nair and Hinton, 2010).

    Args:
        x: numbers of any shape, infinities allowed.

    Returns:
        An array in the shape and float dtype of x.

    Raises:
        SettingError: x is empty or holds NaN.

    >>> relu([-2.0, 0.0, 3.0])
    array([0., 0., 3.])
    """
    return np.asarray(np.maximum(numbers("x", x), 0))


def relu_gradient(x: ArrayLike) -> FloatArray:
    """Derivative of relu, 1 where x > 0 and 0 elsewhere; at the kink, x = 0, it is 0.

    Arguments and errors as for `relu`.

    >>> relu_gradient([-2.0, 0.0, 3.0])
    array([0., 0., 1.])
    """
    x = numbers("x", x)
    return np.asarray(x > 0, dtype=x.dtype)


def _normal_cdf(x: FloatArray) -> FloatArray:
    """Phi(x) = erfc(-x / sqrt 2) / 2, by the C library's erfc: NumPy has none, and 1 + erf loses the left tail."""
    erfc = np.vectorize(math.erfc, otypes=[np.float64])
    return np.asarray(erfc(-x.astype(np.float64) / math.sqrt(2)) / 2)


def gelu(x: ArrayLike) -> FloatArray:
    """Gaussian error linear unit, x Phi(x), range [-0.17, inf), exact form (Hendrycks and Gimpel, 2016).

    Phi is the distribution function of the standard normal.

    Args:
        x: finite numbers of any shape.

    Returns:
        An array in the shape and float dtype of x.

    Raises:
        SettingError: x is empty or not finite.

    >>> gelu([-1.0, 0.0, 1.0]).round(4)
    array([-0.1587,  0.    ,  0.8413])
    """
    x = finite("x", x)
    return np.asarray(x * _normal_cdf(x), dtype=x.dtype)


def gelu_gradient(x: ArrayLike) -> FloatArray:
    """Derivative of gelu, Phi(x) + x phi(x), with phi the density of the standard normal.

    Arguments and errors as for `gelu`.

    >>> gelu_gradient([-1.0, 0.0, 1.0]).round(4)
    array([-0.0833,  0.5   ,  1.0833])
    """
    x = finite("x", x)
    near = np.clip(x.astype(np.float64), -40, 40)  # beyond, phi is 0 and x * x might overflow
    density = np.exp(-near * near / 2) / math.sqrt(2 * math.pi)
    return np.asarray(_normal_cdf(x) + near * density, dtype=x.dtype)


@np.errstate(over="ignore")  # two scores 1e308 apart differ by inf, and exp(-inf) = 0 is right
def _below_maximum(x: FloatArray, axis: int) -> FloatArray:
    needs_axis("x", x, axis)
    return np.asarray(x - x.max(axis=axis, keepdims=True))


def softmax(x: ArrayLike, axis: int = -1) -> FloatArray:
    """Softmax, exp(x_i) / sum_j exp(x_j): scores to probabilities (Bridle, 1990).

    The maximum is subtracted first: the result is the same, and 1e4 does not overflow.

    Args:
        x: finite scores of any shape with at least one axis.
        axis: the axis of the classes.

    Returns:
        Probabilities in the shape and float dtype of x, in [0, 1], summing to 1 along `axis`.

    Raises:
        SettingError: x is empty, not finite, or has no such axis.

    >>> softmax([1e4, 1e4, -1e4])
    array([0.5, 0.5, 0. ])
    """
    powers = np.exp(_below_maximum(finite("x", x), axis))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


def softmax_gradient(x: ArrayLike, upstream: ArrayLike, axis: int = -1) -> FloatArray:
    """Gradient through softmax, s * (g - sum_j g_j s_j), with s = softmax(x) and g the gradient from above.

    Args:
        x: the scores that softmax was given.
        upstream: the gradient with respect to softmax's result, in the shape of x.
        axis: the axis of the classes.

    Returns:
        The gradient with respect to x, in its shape and dtype.

    Raises:
        SettingError: as for `softmax`, or the shapes differ.

    >>> softmax_gradient([0.0, 0.0], [1.0, 0.0])
    array([ 0.25, -0.25])
    """
    x = finite("x", x)
    upstream = matching("x", x, "upstream", finite("upstream", upstream))
    shares = softmax(x, axis)
    return np.asarray(shares * (upstream - (upstream * shares).sum(axis=axis, keepdims=True)))


def log_softmax(x: ArrayLike, axis: int = -1) -> FloatArray:
    """Logarithm of softmax, x_i - log sum_j exp(x_j), range (-inf, 0], without ever taking log(0).

    Args:
        x: finite scores of any shape with at least one axis.
        axis: the axis of the classes.

    Returns:
        Log-probabilities in the shape and float dtype of x.

    Raises:
        SettingError: x is empty, not finite, or has no such axis.

    >>> log_softmax([1e4, 0.0])
    array([     0., -10000.])
    """
    below = _below_maximum(finite("x", x), axis)
    return np.asarray(below - np.log(np.exp(below).sum(axis=axis, keepdims=True)))


def log_softmax_gradient(x: ArrayLike, upstream: ArrayLike, axis: int = -1) -> FloatArray:
    """Gradient through log_softmax, g - softmax(x) sum_j g_j, with g the gradient from above.

    Arguments, result and errors as for `softmax_gradient`.

    >>> log_softmax_gradient([0.0, 0.0], [1.0, 0.0])
    array([ 0.5, -0.5])
    """
    x = finite("x", x)
    upstream = matching("x", x, "upstream", finite("upstream", upstream))
    return np.asarray(upstream - softmax(x, axis) * upstream.sum(axis=axis, keepdims=True))
