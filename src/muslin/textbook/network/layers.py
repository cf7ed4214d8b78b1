"""The network itself: layers in one vector of parameters, forward, backward, and the optimizer's step.

Shapes: B samples, D inputs, K outputs; a layer of `out` neurons fed by `in` ones has weights (in, out) and bias (out,).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from muslin.errors import SettingError, unknown_name
from muslin.textbook._checks import FloatArray, IntArray, at_least, between, bits, labels, matrix
from muslin.textbook.network.functions import ACTIVATIONS, LOSSES, Targets
from muslin.textbook.network.records import LayerStep, Step
from muslin.textbook.optimizers import l2_penalty

__all__ = ["Network"]

Optimizer: TypeAlias = Callable[..., tuple[FloatArray, Any]]


class Network:
    """A fully connected network with one activation in its hidden layers and a last layer that fits its loss.

    The last layer is softmax for cross-entropy over K classes, and sigmoid for binary cross-entropy or mean squared
    error with one output.

    Attributes:
        sizes: neurons of each layer, inputs first, such as (2, 8, 8, 1).
        activation: function of the hidden layers: relu, sigmoid or tanh.
        loss: function to make small: cross-entropy, binary-cross-entropy or mean-squared-error.
        parameters: all weights and biases in one vector, layer by layer. It is replaced by a step, never changed.
        optimizer_state: the optimizer's memory; set it to None before going on with another optimizer.

    Raises:
        SettingError: fewer than two sizes, a size below 1, an unknown activation or loss, a number of outputs that does
            not fit the loss, or a dtype other than float32 and float64.

    >>> from functools import partial
    >>> from muslin.textbook.optimizers import momentum
    >>> network = Network((2, 8, 1), seed=3)
    >>> inputs, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> steps = [network.step(inputs, targets, partial(momentum, lr=0.5)) for _ in range(200)]
    >>> network.predict(inputs)
    array([0, 1, 1, 0])
    """

    def __init__(
        self,
        sizes: tuple[int, ...],
        activation: str = "tanh",
        loss: str = "binary-cross-entropy",
        *,
        seed: int = 0,
        dtype: DTypeLike = np.float64,
    ) -> None:
        self.sizes, self.activation, self.loss = tuple(sizes), activation, loss
        self._check()
        self._spans = _spans(self.sizes)
        self.optimizer_state: Any = None
        if np.dtype(dtype) not in (np.float32, np.float64):
            raise SettingError(f"dtype is {np.dtype(dtype)}; it must be float32 or float64")
        self.parameters = self._initial(at_least("seed", seed, 0)).astype(dtype)

    def _check(self) -> None:
        if len(self.sizes) < 2:
            raise SettingError(f"sizes is {self.sizes}; it must name inputs and outputs at least, such as (2, 8, 1)")
        for size in self.sizes:
            at_least("sizes", size, 1)
        if self.activation not in ACTIVATIONS:
            raise unknown_name("activation", self.activation, ACTIVATIONS)
        if self.loss not in LOSSES:
            raise unknown_name("loss", self.loss, LOSSES)
        if (self.loss == "cross-entropy") == (self.sizes[-1] == 1):
            raise SettingError(
                f"sizes is {self.sizes} and loss is {self.loss}; "
                "cross-entropy needs two outputs or more, the others exactly one"
            )

    def _initial(self, seed: int) -> FloatArray:
        generator = np.random.default_rng(seed)
        parts = []
        for fan_in, fan_out in pairwise(self.sizes):
            variance = 2 / fan_in if self.activation == "relu" else 2 / (fan_in + fan_out)
            parts += [generator.normal(0, variance**0.5, fan_in * fan_out), np.zeros(fan_out)]
        return np.concatenate(parts)

    def layers(self, vector: FloatArray | None = None) -> list[tuple[FloatArray, FloatArray]]:
        """Returns weights (in, out) and bias (out,) of each layer, views of `vector`: the parameters, or a gradient."""
        flat = self.parameters if vector is None else vector
        return [(flat[weights].reshape(shape), flat[bias]) for weights, bias, shape in self._spans]

    def probabilities(self, inputs: ArrayLike) -> FloatArray:
        """Returns the outputs (B, K) for inputs (B, D): probabilities of the classes, or of class 1 where K is 1."""
        return self.forward(inputs)[-1][1]

    def forward(self, inputs: ArrayLike) -> list[tuple[FloatArray, FloatArray]]:
        """Returns pre-activation (B, out) and activation (B, out) of each layer for inputs (B, D)."""
        return self._forward(self._inputs(inputs))

    def predict(self, inputs: ArrayLike) -> IntArray:
        """Returns the predicted labels (B,) for inputs (B, D)."""
        outputs = self.probabilities(inputs)
        return outputs.argmax(axis=1) if self.sizes[-1] > 1 else (outputs[:, 0] >= 0.5).astype(np.int64)

    def step(self, inputs: ArrayLike, targets: ArrayLike, optimizer: Optimizer, l2: float = 0.0) -> Step:
        """Takes one training step: forward, backward, and the optimizer's update of all parameters.

        Args:
            inputs: finite numbers (B, D).
            targets: labels (B,), each in [0, K); 0 or 1 where there is one output.
            optimizer: one of `optimizers` with its settings bound, such as `partial(adam, lr=0.01)`.
            l2: L2 penalty on weights, not on biases, 0 or more.

        Returns:
            Every number of the step, from before the update.

        Raises:
            SettingError: inputs are empty, not finite or not (B, D), targets are out of range or not (B,), l2 is
                negative, or the parameters ceased to be finite: then the learning rate is too high.
        """
        step = self.backpropagate(inputs, targets, l2)
        self.parameters, self.optimizer_state = optimizer(self.parameters, step.gradient, self.optimizer_state)
        return step

    def backpropagate(self, inputs: ArrayLike, targets: ArrayLike, l2: float = 0.0) -> Step:
        """Goes forward and backward without an update. Arguments, result and errors as for `step`."""
        between("l2", l2, 0, np.inf)
        x = self._inputs(inputs)
        return self._backward(x, self._targets(targets, len(x)), l2)

    def _inputs(self, inputs: ArrayLike) -> FloatArray:
        return matrix("inputs", inputs, columns=self.sizes[0]).astype(self.parameters.dtype, copy=False)

    def _targets(self, targets: ArrayLike, batch: int) -> Targets:
        if self.loss == "cross-entropy":
            return labels("targets", targets, self.sizes[-1], (batch,))
        ones = bits("targets", targets)
        if ones.shape != (batch,):
            raise SettingError(f"targets has shape {ones.shape}; it must be ({batch},), one label for each sample")
        return ones[:, None].astype(self.parameters.dtype)

    def _forward(self, x: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
        functions = [ACTIVATIONS[self.activation][0]] * (len(self.sizes) - 2) + [LOSSES[self.loss].activation]
        passed: list[tuple[FloatArray, FloatArray]] = []
        for (weights, bias), function in zip(self.layers(), functions, strict=True):
            z: FloatArray = x @ weights
            z += bias
            x = function(z)
            passed.append((z, x))
        return passed

    def _backward(self, x: FloatArray, targets: Targets, l2: float) -> Step:
        passed = self._forward(x)
        gradient = np.empty_like(self.parameters)
        derivative = ACTIVATIONS[self.activation][1]
        inputs = [x] + [activation for _, activation in passed[:-1]]
        delta = LOSSES[self.loss].gradient(passed[-1][0], targets)
        steps: list[LayerStep] = []
        for layer in reversed(list(zip(inputs, self.layers(), passed, self.layers(gradient), strict=True))):
            below, (weights, bias), (z, activation), (weight_gradient, bias_gradient) = layer
            if steps:
                delta = steps[-1].input_gradient * derivative(z)
            np.matmul(below.T, delta, out=weight_gradient)  # (in, B) @ (B, out)
            np.sum(delta, axis=0, out=bias_gradient)
            if l2:
                weight_gradient += l2 * weights
            steps.append(
                LayerStep(below, weights, bias, z, activation, delta, weight_gradient, bias_gradient, delta @ weights.T)
            )
        loss = LOSSES[self.loss].loss(passed[-1][0], targets)
        penalty = sum(l2_penalty(weights, l2) for weights, _ in self.layers()) if l2 else 0.0
        return Step(loss, penalty, targets, gradient, tuple(reversed(steps)))


def _spans(sizes: tuple[int, ...]) -> list[tuple[slice, slice, tuple[int, int]]]:
    """Returns where each layer's weights and bias lie in the vector of parameters, and the shape of the weights."""
    spans, start = [], 0
    for fan_in, fan_out in pairwise(sizes):
        middle, end = start + fan_in * fan_out, start + fan_in * fan_out + fan_out
        spans.append((slice(start, middle), slice(middle, end), (fan_in, fan_out)))
        start = end
    return spans
