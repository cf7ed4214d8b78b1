"""What a network may be made of: the activations of its hidden layers, and the losses with the last layer of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from muslin.textbook._checks import FloatArray, IntArray
from muslin.textbook.activations import relu, relu_gradient, sigmoid, sigmoid_gradient, softmax, tanh, tanh_gradient
from muslin.textbook.losses import (
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_gradient,
    cross_entropy_with_logits,
    cross_entropy_with_logits_gradient,
    mean_squared_error,
    mean_squared_error_gradient,
)

__all__ = ["ACTIVATIONS", "LOSSES", "LastLayer", "Targets"]

Function: TypeAlias = Callable[[FloatArray], FloatArray]
Targets: TypeAlias = FloatArray | IntArray

# Hidden layers: the activation and its derivative, both taken at the pre-activation.
ACTIVATIONS: dict[str, tuple[Function, Function]] = {
    "relu": (relu, relu_gradient),
    "sigmoid": (sigmoid, sigmoid_gradient),
    "tanh": (tanh, tanh_gradient),
}


@dataclass(frozen=True)
class LastLayer:
    """The last layer for one loss: its activation, and the loss and its gradient, both at the pre-activation."""

    activation: Function
    loss: Callable[[FloatArray, Targets], float]
    gradient: Callable[[FloatArray, Targets], FloatArray]


LOSSES = {
    "cross-entropy": LastLayer(softmax, cross_entropy_with_logits, cross_entropy_with_logits_gradient),
    "binary-cross-entropy": LastLayer(
        sigmoid, binary_cross_entropy_with_logits, binary_cross_entropy_with_logits_gradient
    ),
    "mean-squared-error": LastLayer(
        sigmoid,
        lambda z, targets: mean_squared_error(sigmoid(z), targets),
        lambda z, targets: mean_squared_error_gradient(sigmoid(z), targets) * sigmoid_gradient(z),
    ),
}
