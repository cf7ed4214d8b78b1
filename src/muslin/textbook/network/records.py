"""What a training step leaves behind: every number of every layer.

Shapes: B samples; a layer of `out` neurons fed by `in` ones.
"""

from __future__ import annotations

from dataclasses import dataclass

from muslin.textbook._checks import FloatArray
from muslin.textbook.network.functions import Targets

__all__ = ["LayerStep", "Step"]


@dataclass(frozen=True)
class LayerStep:
    """Every number of one layer in one training step.

    Attributes:
        inputs: numbers that came in (B, in).
        weights: weights during the step (in, out).
        bias: bias during the step (out,).
        pre_activation: weighted sums, inputs @ weights + bias (B, out).
        activation: numbers that went out (B, out).
        pre_activation_gradient: gradient of the loss with respect to pre_activation (B, out).
        weight_gradient: gradient with respect to weights, the penalty included (in, out).
        bias_gradient: gradient with respect to bias (out,).
        input_gradient: gradient with respect to inputs (B, in).
    """

    inputs: FloatArray
    weights: FloatArray
    bias: FloatArray
    pre_activation: FloatArray
    activation: FloatArray
    pre_activation_gradient: FloatArray
    weight_gradient: FloatArray
    bias_gradient: FloatArray
    input_gradient: FloatArray


@dataclass(frozen=True)
class Step:
    """Every number of one training step.

    Attributes:
        loss: mean of the loss over the batch, before the update, without the penalty.
        penalty: L2 penalty, l2 / 2 times the sum of the squared weights.
        targets: labels as the loss took them, (B,) or (B, 1).
        gradient: all weight and bias gradients in one vector, in the order of `Network.parameters`.
        layers: the numbers of each layer, from the inputs on.
    """

    loss: float
    penalty: float
    targets: Targets
    gradient: FloatArray
    layers: tuple[LayerStep, ...]
