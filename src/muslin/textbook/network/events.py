"""One forward and backward pass on one sample, operation by operation, as arithmetic that a page can show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from muslin.textbook._checks import FloatArray, finite
from muslin.textbook.activations import sigmoid_gradient
from muslin.textbook.network.functions import ACTIVATIONS, LOSSES
from muslin.textbook.network.layers import Network
from muslin.textbook.network.records import LayerStep, Step

__all__ = ["Event", "step_through"]

Operation: TypeAlias = Literal[
    "pre-activation",
    "activation",
    "loss",
    "pre-activation gradient",
    "weight gradient",
    "bias gradient",
    "input gradient",
]
Term: TypeAlias = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Event:
    """One operation of one neuron, forward or backward, on one sample.

    Attributes:
        phase: direction of the pass, forward or backward.
        operation: name of the quantity that is computed.
        layer: number of the layer, from 0, the first that has weights.
        neuron: number of the neuron within the layer, from 0; for an input gradient, that of the input.
        function: name of the function of the terms: "sum" adds them up, the others are named by their formula.
        terms: products of named factors, such as (("w[0,1]", 0.5), ("x[0]", -1.0)).
        value: result of the operation.
        source: number of the input that a weight comes from, for its gradient; None otherwise.
    """

    phase: Literal["forward", "backward"]
    operation: Operation
    layer: int
    neuron: int
    function: str
    terms: tuple[Term, ...]
    value: float
    source: int | None = None

    def __str__(self) -> str:
        """Returns the operation as one line of arithmetic."""
        products = [" · ".join(f"{number:.4g}" for _, number in term) for term in self.terms]
        inside = (" + " if self.function == "sum" else ", ").join(products)
        return (
            inside + f" = {self.value:.4g}"
            if self.function == "sum"
            else f"{self.function}({inside}) = {self.value:.4g}"
        )


def step_through(network: Network, inputs: ArrayLike, target: int, l2: float = 0.0) -> Iterator[Event]:
    """Yields the operations of one forward and backward pass on one sample, one by one, in the order they happen.

    Where the function is "sum", the value is the sum over terms of the product of their factors.

    Args:
        network: the network, which is left as it is.
        inputs: one sample (D,), finite numbers.
        target: the label of the sample.
        l2: L2 penalty on weights, not on biases, 0 or more.

    Yields:
        The events: for each layer the pre-activations and the activations, the loss, and then from the last layer down
        the gradients of pre-activations, weights, biases and inputs.

    Raises:
        SettingError: as for `Network.step`.

    >>> for event in list(step_through(Network((2, 1), seed=1), [1.0, -1.0], 1))[:2]:
    ...     print(event)
    1 · 0.2822 + -1 · 0.6708 + 0 = -0.3887
    sigmoid(-0.3887) = 0.404
    """
    step = network.backpropagate(np.reshape(finite("inputs", inputs), (1, -1)), [target], l2)
    return _events(network, step, l2)


def _events(network: Network, step: Step, l2: float) -> Iterator[Event]:
    last = len(step.layers) - 1
    for index, layer in enumerate(step.layers):
        yield from _forward_events(network, index, layer)
    scores = _named("z", step.layers[last].pre_activation[0])
    target = int(np.ravel(step.targets)[0])
    yield Event("forward", "loss", last, 0, network.loss, (*scores, (("t", float(target)),)), step.loss)
    for index in range(last, -1, -1):
        yield from _delta_events(network, index, step, target)
        yield from _gradient_events(index, step.layers[index], l2)


def _named(name: str, values: FloatArray) -> list[Term]:
    return [((f"{name}[{i}]", float(value)),) for i, value in enumerate(values)]


def _forward_events(network: Network, index: int, layer: LayerStep) -> Iterator[Event]:
    inputs = _named("x", layer.inputs[0])
    scores = _named("z", layer.pre_activation[0])
    for j, (score,) in enumerate(scores):
        terms = [(*x, (f"w[{i},{j}]", float(layer.weights[i, j]))) for i, x in enumerate(inputs)]
        terms.append(((f"b[{j}]", float(layer.bias[j])),))
        yield Event("forward", "pre-activation", index, j, "sum", tuple(terms), score[1])
    function = LOSSES[network.loss].activation.__name__ if index == len(network.sizes) - 2 else network.activation
    for j, value in enumerate(layer.activation[0]):
        mixed = scores[j:] + scores[:j] if function == "softmax" else [scores[j]]  # a neuron's own score comes first
        yield Event("forward", "activation", index, j, function, tuple(mixed), float(value))


def _delta_events(network: Network, index: int, step: Step, target: int) -> Iterator[Event]:
    """Yields gradients of pre-activations: from the loss in the last layer, through the activation's slope below it."""
    layer = step.layers[index]
    is_last = index == len(step.layers) - 1
    for j, value in enumerate(layer.pre_activation_gradient[0]):
        output = float(layer.activation[0, j])
        wanted = float(target == j) if network.loss == "cross-entropy" else float(target)
        terms: tuple[Term, ...] = ((("a", output),), (("-t", -wanted),))
        if is_last and network.loss == "mean-squared-error":
            slope = float(sigmoid_gradient(layer.pre_activation)[0, j])
            terms = ((("2 (a - t)", 2 * (output - wanted)), ("f'(z)", slope)),)
        elif not is_last:
            slope = float(ACTIVATIONS[network.activation][1](layer.pre_activation)[0, j])
            terms = ((("dL/da", float(step.layers[index + 1].input_gradient[0, j])), ("f'(z)", slope)),)
        yield Event("backward", "pre-activation gradient", index, j, "sum", terms, float(value))


def _gradient_events(index: int, layer: LayerStep, l2: float) -> Iterator[Event]:
    deltas = [float(delta) for delta in layer.pre_activation_gradient[0]]
    for (i, j), value in np.ndenumerate(layer.weight_gradient):
        terms: list[Term] = [((f"dL/dz[{j}]", deltas[j]), (f"x[{i}]", float(layer.inputs[0, i])))]
        if l2:
            terms.append((("l2", l2), (f"w[{i},{j}]", float(layer.weights[i, j]))))
        yield Event("backward", "weight gradient", index, j, "sum", tuple(terms), float(value), source=i)
    for j, delta in enumerate(deltas):
        yield Event("backward", "bias gradient", index, j, "sum", (((f"dL/dz[{j}]", delta),),), delta)
    for i, value in enumerate(layer.input_gradient[0]):
        mixed = tuple(
            ((f"dL/dz[{j}]", delta), (f"w[{i},{j}]", float(layer.weights[i, j]))) for j, delta in enumerate(deltas)
        )
        yield Event("backward", "input gradient", index, i, "sum", mixed, float(value))
