"""Optimizers: from weights and their gradient to better weights.

Every optimizer is a pure function `(weights, gradient, state, ...) -> (weights, state)`; the state is None before the
first step. Weights, gradient and the arrays of the state share one shape, which may be any. float32 stays float32.

Weight decay comes in two forms. Coupled: add `l2_penalty_gradient` to the gradient; momentum and Adam then see it.
Decoupled: shrink the weights beside the step, as `adamw` does. For plain gradient descent they agree; for Adam not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from muslin.errors import SettingError
from muslin.textbook._checks import FloatArray, between, finite, matching

__all__ = [
    "Moments",
    "adam",
    "adamw",
    "decoupled_decay",
    "gradient_step",
    "l1_penalty",
    "l1_penalty_gradient",
    "l2_penalty",
    "l2_penalty_gradient",
    "momentum",
    "nesterov",
]


@dataclass(frozen=True)
class Moments:
    """What Adam remembers between steps.

    Attributes:
        steps: number of steps taken.
        mean: decaying average of the gradients, in the shape of the weights.
        square: decaying average of their squares, in the shape of the weights.
    """

    steps: int
    mean: FloatArray
    square: FloatArray


def _checked(weights: ArrayLike, gradient: ArrayLike, lr: float) -> tuple[FloatArray, FloatArray]:
    between("lr", lr, 0, np.inf)
    weights = finite("weights", weights)
    return weights, matching("weights", weights, "gradient", finite("gradient", gradient))


def gradient_step(weights: ArrayLike, gradient: ArrayLike, state: None = None, *, lr: float) -> tuple[FloatArray, None]:
    """Gradient descent, w - lr * g: against the gradient, never `g - w` (Cauchy, 1847).

    Args:
        weights: finite numbers of any shape.
        gradient: gradient of the loss, in the shape of weights.
        state: None, always; here so that every optimizer is called alike.
        lr: learning rate, 0 or more.

    Returns:
        The new weights, in the shape and float dtype of weights, and None.

    Raises:
        SettingError: an argument is empty or not finite, the shapes differ, or lr is negative.

    >>> gradient_step([1.0, 2.0], [10.0, -10.0], lr=0.1)
    (array([0., 3.]), None)
    """
    weights, gradient = _checked(weights, gradient, lr)
    return weights - lr * gradient, state


def _velocity(gradient: FloatArray, state: FloatArray | None, beta: float) -> FloatArray:
    if not (np.isfinite(beta) and 0 <= beta < 1):
        raise SettingError(f"beta is {beta}; it must lie in [0, 1)")
    return gradient if state is None else beta * matching("gradient", gradient, "state", state) + gradient


def momentum(
    weights: ArrayLike, gradient: ArrayLike, state: FloatArray | None = None, *, lr: float, beta: float = 0.9
) -> tuple[FloatArray, FloatArray]:
    """Momentum, v = beta v + g, then w - lr v (Polyak, 1964; in the form of torch.optim.SGD).

    Args:
        weights: finite numbers of any shape.
        gradient: gradient of the loss, in the shape of weights.
        state: the velocity v from the step before, or None.
        lr: learning rate, 0 or more.
        beta: the share of the velocity that is kept, in [0, 1).

    Returns:
        The new weights and the new velocity, in the shape and float dtype of weights.

    Raises:
        SettingError: as for `gradient_step`, or beta is outside [0, 1).

    >>> weights, velocity = momentum([1.0], [1.0], lr=0.1)
    >>> momentum(weights, [1.0], velocity, lr=0.1)
    (array([0.71]), array([1.9]))
    """
    weights, gradient = _checked(weights, gradient, lr)
    velocity = _velocity(gradient, state, beta)
    return weights - lr * velocity, velocity


def nesterov(
    weights: ArrayLike, gradient: ArrayLike, state: FloatArray | None = None, *, lr: float, beta: float = 0.9
) -> tuple[FloatArray, FloatArray]:
    """Nesterov's momentum, v = beta v + g, then w - lr (g + beta v): it looks one step ahead (Nesterov, 1983).

    In the form of Sutskever et al. (2013) and torch.optim.SGD. Arguments, result and errors as for `momentum`.

    >>> nesterov([1.0], [1.0], lr=0.1)
    (array([0.81]), array([1.]))
    """
    weights, gradient = _checked(weights, gradient, lr)
    velocity = _velocity(gradient, state, beta)
    return weights - lr * (gradient + beta * velocity), velocity


def adam(
    weights: ArrayLike,
    gradient: ArrayLike,
    state: Moments | None = None,
    *,
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> tuple[FloatArray, Moments]:
    """Adam, w - lr m / (sqrt(v) + eps), with m and v the bias-corrected averages of g and g^2 (Kingma, Ba, 2015).

    Args:
        weights: finite numbers of any shape.
        gradient: gradient of the loss, in the shape of weights.
        state: the moments from the step before, or None.
        lr: learning rate, 0 or more.
        betas: the shares of the two averages that are kept, each in [0, 1).
        eps: small number that keeps the division finite, 0 or more.

    Returns:
        The new weights, in the shape and float dtype of weights, and the new moments.

    Raises:
        SettingError: as for `gradient_step`, or betas or eps are out of range.

    >>> weights, moments = adam([1.0, 2.0], [100.0, -0.01], lr=0.1)
    >>> weights.round(4), moments.steps
    (array([0.9, 2.1]), 1)
    """
    weights, gradient = _checked(weights, gradient, lr)
    between("eps", eps, 0, np.inf)
    moments = _moments(gradient, state, betas)
    mean = moments.mean / (1 - betas[0] ** moments.steps)
    root = np.sqrt(moments.square / (1 - betas[1] ** moments.steps))
    return weights - lr * mean / (root + eps), moments


def _moments(gradient: FloatArray, state: Moments | None, betas: tuple[float, float]) -> Moments:
    if not all(np.isfinite(beta) and 0 <= beta < 1 for beta in betas):
        raise SettingError(f"betas are {betas}; each must lie in [0, 1)")
    if state is None:
        return Moments(1, (1 - betas[0]) * gradient, (1 - betas[1]) * gradient**2)
    mean = betas[0] * matching("gradient", gradient, "state.mean", state.mean) + (1 - betas[0]) * gradient
    return Moments(state.steps + 1, mean, betas[1] * state.square + (1 - betas[1]) * gradient**2)


def adamw(
    weights: ArrayLike,
    gradient: ArrayLike,
    state: Moments | None = None,
    *,
    lr: float = 1e-3,
    weight_decay: float = 1e-2,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> tuple[FloatArray, Moments]:
    """Adam with decoupled weight decay: w (1 - lr * weight_decay), then Adam's step (Loshchilov, Hutter, 2019).

    Args:
        weights: finite numbers of any shape.
        gradient: gradient of the loss without any penalty, in the shape of weights.
        state: the moments from the step before, or None.
        lr: learning rate, 0 or more.
        weight_decay: strength of the decay, 0 or more.
        betas: the shares of the two averages that are kept, each in [0, 1).
        eps: small number that keeps the division finite, 0 or more.

    Returns:
        The new weights, in the shape and float dtype of weights, and the new moments.

    Raises:
        SettingError: as for `adam`, or weight_decay is negative.

    >>> adamw([1.0], [0.0], lr=0.1, weight_decay=0.1)[0]
    array([0.99])
    """
    return adam(decoupled_decay(weights, lr, weight_decay), gradient, state, lr=lr, betas=betas, eps=eps)


def decoupled_decay(weights: ArrayLike, lr: float, weight_decay: float) -> FloatArray:
    """Decoupled weight decay, w (1 - lr * weight_decay), beside the step and not in the gradient (Hanson, Pratt, 1988).

    Args:
        weights: finite numbers of any shape.
        lr: learning rate, 0 or more.
        weight_decay: strength of the decay, 0 or more.

    Returns:
        The shrunken weights, in the shape and float dtype of weights.

    Raises:
        SettingError: weights are empty or not finite, or lr or weight_decay is negative.

    >>> decoupled_decay([1.0, -2.0], lr=0.1, weight_decay=0.5)
    array([ 0.95, -1.9 ])
    """
    between("lr", lr, 0, np.inf)
    between("weight_decay", weight_decay, 0, np.inf)
    return np.asarray(finite("weights", weights) * (1 - lr * weight_decay))


def l2_penalty(weights: ArrayLike, weight_decay: float) -> float:
    """L2 penalty, weight_decay / 2 * sum w^2; sqrt(w^2) in the sum would be an L1 penalty (Krogh, Hertz, 1991).

    Args:
        weights: finite numbers of any shape.
        weight_decay: strength of the decay, 0 or more.

    Returns:
        A number, range [0, inf), to add to the loss.

    Raises:
        SettingError: weights are empty or not finite, or weight_decay is negative.

    >>> l2_penalty([1.0, -2.0], weight_decay=0.5)
    1.25
    """
    between("weight_decay", weight_decay, 0, np.inf)
    return float(weight_decay / 2 * (finite("weights", weights) ** 2).sum())


def l2_penalty_gradient(weights: ArrayLike, weight_decay: float) -> FloatArray:
    """Gradient of `l2_penalty`, weight_decay * w: coupled weight decay, to add to the loss's gradient.

    >>> l2_penalty_gradient([1.0, -2.0], weight_decay=0.5)
    array([ 0.5, -1. ])
    """
    between("weight_decay", weight_decay, 0, np.inf)
    return np.asarray(weight_decay * finite("weights", weights))


def l1_penalty(weights: ArrayLike, strength: float) -> float:
    """L1 penalty, strength * sum |w|: drives weights to exactly 0 (Tibshirani, 1996).

    Args:
        weights: finite numbers of any shape.
        strength: factor of the penalty, 0 or more.

    Returns:
        A number, range [0, inf), to add to the loss.

    Raises:
        SettingError: weights are empty or not finite, or strength is negative.

    >>> l1_penalty([1.0, -2.0], strength=0.5)
    1.5
    """
    between("strength", strength, 0, np.inf)
    return float(strength * np.abs(finite("weights", weights)).sum())


def l1_penalty_gradient(weights: ArrayLike, strength: float) -> FloatArray:
    """Gradient of `l1_penalty`, strength * sign(w), to add to the loss's gradient; 0 where w is 0.

    >>> l1_penalty_gradient([1.0, -2.0], strength=0.5)
    array([ 0.5, -0.5])
    """
    between("strength", strength, 0, np.inf)
    return np.asarray(strength * np.sign(finite("weights", weights)))
