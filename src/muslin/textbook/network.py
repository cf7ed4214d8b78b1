"""A fully connected network that keeps every number of a training step, so that a page can show it.

Shapes: B samples, D inputs, K outputs; a layer of `out` neurons fed by `in` ones has weights (in, out) and bias (out,).
Rows are samples, so that a layer is `activation(inputs @ weights + bias)`.

Back-propagation is Rumelhart, Hinton and Williams's (1986). Initial weights: He et al. (2015) for relu, Glorot and
Bengio (2010) otherwise.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from muslin.errors import SettingError, unknown_name
from muslin.textbook._checks import FloatArray, IntArray, at_least, between, bits, finite, labels, matrix
from muslin.textbook.activations import relu, relu_gradient, sigmoid, sigmoid_gradient, softmax, tanh, tanh_gradient
from muslin.textbook.losses import (
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_gradient,
    cross_entropy_with_logits,
    cross_entropy_with_logits_gradient,
    mean_squared_error,
    mean_squared_error_gradient,
)
from muslin.textbook.optimizers import l2_penalty

__all__ = [
    "ACTIVATIONS",
    "LOSSES",
    "STAGES",
    "Event",
    "LayerStep",
    "Network",
    "Step",
    "finite_difference_check",
    "grid",
    "step_through",
    "warp",
]

Optimizer: TypeAlias = Callable[..., tuple[FloatArray, Any]]
Function: TypeAlias = Callable[[FloatArray], FloatArray]
Targets: TypeAlias = FloatArray | IntArray

# Hidden layers: the activation and its derivative, both taken at the pre-activation.
ACTIVATIONS: dict[str, tuple[Function, Function]] = {
    "relu": (relu, relu_gradient),
    "sigmoid": (sigmoid, sigmoid_gradient),
    "tanh": (tanh, tanh_gradient),
}


@dataclass(frozen=True)
class _Last:
    """The last layer for one loss: its activation, and the loss and its gradient, both at the pre-activation."""

    activation: Function
    loss: Callable[[FloatArray, Targets], float]
    gradient: Callable[[FloatArray, Targets], FloatArray]


LOSSES = {
    "cross-entropy": _Last(softmax, cross_entropy_with_logits, cross_entropy_with_logits_gradient),
    "binary-cross-entropy": _Last(sigmoid, binary_cross_entropy_with_logits, binary_cross_entropy_with_logits_gradient),
    "mean-squared-error": _Last(
        sigmoid,
        lambda z, targets: mean_squared_error(sigmoid(z), targets),
        lambda z, targets: mean_squared_error_gradient(sigmoid(z), targets) * sigmoid_gradient(z),
    ),
}


@dataclass(frozen=True)
class LayerStep:
    """Every number of one layer in one training step.

    Attributes:
        inputs: what came in (B, in).
        weights: as they were during the step (in, out).
        bias: as it was during the step (out,).
        pre_activation: inputs @ weights + bias (B, out).
        activation: what went out (B, out).
        pre_activation_gradient: of the loss, with respect to pre_activation (B, out).
        weight_gradient: with respect to weights, the penalty included (in, out).
        bias_gradient: with respect to bias (out,).
        input_gradient: with respect to inputs (B, in).
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
        loss: mean over the batch, before the update, without the penalty.
        penalty: l2 / 2 times the sum of the squared weights.
        targets: as the loss took them: labels (B,), or (B, 1).
        gradient: all weight and bias gradients in one vector, in the order of `Network.parameters`.
        layers: the numbers of each layer, from the inputs on.
    """

    loss: float
    penalty: float
    targets: Targets
    gradient: FloatArray
    layers: tuple[LayerStep, ...]


class Network:
    """A fully connected network with one activation in its hidden layers and a last layer that fits its loss.

    The last layer is softmax for cross-entropy over K classes, and sigmoid for binary cross-entropy or mean squared
    error with one output.

    Attributes:
        sizes: neurons of each layer, inputs first: (2, 8, 8, 1).
        activation: of the hidden layers: relu, sigmoid or tanh.
        loss: cross-entropy, binary-cross-entropy or mean-squared-error.
        parameters: all weights and biases in one vector, layer by layer. It is replaced by a step, never changed.
        optimizer_state: what the optimizer remembers; set it to None before going on with another optimizer.

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
        """Weights (in, out) and bias (out,) of each layer, as views of `vector`: the parameters, or a gradient."""
        flat = self.parameters if vector is None else vector
        return [(flat[weights].reshape(shape), flat[bias]) for weights, bias, shape in self._spans]

    def probabilities(self, inputs: ArrayLike) -> FloatArray:
        """The outputs (B, K) for inputs (B, D): probabilities of the classes, or of class 1 where K is 1."""
        return self._forward(self._inputs(inputs))[-1][1]

    def predict(self, inputs: ArrayLike) -> IntArray:
        """The predicted labels (B,) for inputs (B, D)."""
        outputs = self.probabilities(inputs)
        return outputs.argmax(axis=1) if self.sizes[-1] > 1 else (outputs[:, 0] >= 0.5).astype(np.int64)

    def step(self, inputs: ArrayLike, targets: ArrayLike, optimizer: Optimizer, l2: float = 0.0) -> Step:
        """One training step: forward, backward, and the optimizer's update of all parameters.

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
        """Forward and backward without an update. Arguments, result and errors as for `step`."""
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
        """Pre-activation and activation of each layer."""
        functions = [ACTIVATIONS[self.activation][0]] * (len(self.sizes) - 2) + [LOSSES[self.loss].activation]
        passed: list[tuple[FloatArray, FloatArray]] = []
        for (weights, bias), function in zip(self.layers(), functions, strict=True):
            z: FloatArray = x @ weights
            z += bias
            x = function(z)
            passed.append((z, x))
        return passed

    def _loss(self, z: FloatArray, targets: Targets, l2: float) -> tuple[float, float]:
        """The loss at the last pre-activation, and the penalty."""
        penalty = sum(l2_penalty(weights, l2) for weights, _ in self.layers()) if l2 else 0.0
        return LOSSES[self.loss].loss(z, targets), penalty

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
        loss, penalty = self._loss(passed[-1][0], targets, l2)
        return Step(loss, penalty, targets, gradient, tuple(reversed(steps)))


def _spans(sizes: tuple[int, ...]) -> list[tuple[slice, slice, tuple[int, int]]]:
    """Where each layer's weights and bias lie in the vector of parameters, and the shape of the weights."""
    spans, start = [], 0
    for fan_in, fan_out in pairwise(sizes):
        middle, end = start + fan_in * fan_out, start + fan_in * fan_out + fan_out
        spans.append((slice(start, middle), slice(middle, end), (fan_in, fan_out)))
        start = end
    return spans


def finite_difference_check(
    network: Network, inputs: ArrayLike, targets: ArrayLike, l2: float = 0.0, epsilon: float = 1e-6
) -> float:
    """Holds every weight's and bias's gradient against (loss(w + e) - loss(w - e)) / 2e.

    Only for float64, and away from relu's kink, where the derivative jumps.

    Args:
        network: left as it was.
        inputs: finite numbers (B, D).
        targets: labels (B,).
        l2: as for `Network.step`.
        epsilon: e, above 0.

    Returns:
        The largest difference over the largest gradient: about 1e-9 when back-propagation is right.

    Raises:
        SettingError: as for `Network.step`; the network is float32; or epsilon is not above 0.

    >>> finite_difference_check(Network((2, 3, 1)), [[0.5, -1.0]], [1]) < 1e-7
    True
    """
    if network.parameters.dtype != np.float64 or not epsilon > 0:
        raise SettingError(
            f"the network is {network.parameters.dtype} and epsilon is {epsilon}; "
            "the check needs float64 and an epsilon above 0"
        )
    kept = network.parameters
    step = network.backpropagate(inputs, targets, l2)
    try:
        numeric = [
            _total(network, kept + shift, step, l2) - _total(network, kept - shift, step, l2)
            for shift in epsilon * np.eye(len(kept))
        ]
    finally:
        network.parameters = kept
    difference = np.abs(np.array(numeric) / (2 * epsilon) - step.gradient).max()
    return float(difference / max(np.abs(step.gradient).max(), np.finfo(np.float64).tiny))


def _total(network: Network, parameters: FloatArray, step: Step, l2: float) -> float:
    """Loss and penalty with other parameters."""
    network.parameters = parameters
    return sum(network._loss(network._forward(step.layers[0].inputs)[-1][0], step.targets, l2))


Term: TypeAlias = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Event:
    """One operation of one neuron, forward or backward, on one sample.

    Attributes:
        phase: forward or backward.
        operation: what is computed.
        layer: from 0, the first that has weights.
        neuron: within the layer, from 0; for an input gradient, which input.
        function: what is applied to the terms: "sum" adds them up, the others are named by their formula.
        terms: each a product of named factors, such as (("w[0,1]", 0.5), ("x[0]", -1.0)).
        value: the result.
        source: for a weight gradient, which input the weight comes from.
    """

    phase: Literal["forward", "backward"]
    operation: Literal[
        "pre-activation",
        "activation",
        "loss",
        "pre-activation gradient",
        "weight gradient",
        "bias gradient",
        "input gradient",
    ]
    layer: int
    neuron: int
    function: str
    terms: tuple[Term, ...]
    value: float
    source: int | None = None

    def __str__(self) -> str:
        """The operation as one line of arithmetic."""
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
        network: left as it is.
        inputs: one sample (D,), finite numbers.
        target: its label.
        l2: as for `Network.step`.

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
    """Gradients of pre-activations: from the loss in the last layer, through the activation's derivative below it."""
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


STAGES = ("weights", "bias", "activation")


def grid(extent: float = 1.0, lines: int = 21) -> FloatArray:
    """The crossings of a square grid around the origin, row by row.

    Args:
        extent: half the side of the square, above 0.
        lines: in each direction, 2 or more.

    Returns:
        Points (lines * lines, 2), float64.

    Raises:
        SettingError: extent or lines is out of range.

    >>> grid(1.0, lines=2)
    array([[-1., -1.],
           [ 1., -1.],
           [-1.,  1.],
           [ 1.,  1.]])
    """
    between("extent", extent, np.finfo(np.float64).tiny, np.inf)
    ticks = np.linspace(-extent, extent, at_least("lines", lines, 2))
    return np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)


def warp(network: Network, points: ArrayLike, layer: int, stage: str, t: float = 1.0) -> FloatArray:
    """Where points of the input plane are on their way through one layer: how it bends space (Olah, 2014).

    The layers before are passed whole. Within the layer there are three stages: the weights (x moves to x @ W), the
    bias (then to x @ W + b) and the activation (then to f(x @ W + b)). Positions move along straight lines; t = 1 of a
    stage is t = 0 of the next.

    Args:
        network: left as it is.
        points: finite numbers (N, D).
        layer: which, from 0.
        stage: weights, bias or activation.
        t: how far the stage has come, in [0, 1].

    Returns:
        Positions (N, max(in, out)) of the layer; where `in` and `out` differ, the fewer coordinates are filled up with
        zeros.

    Raises:
        SettingError: points are empty, not finite or not (N, D), no such layer or stage, or t is outside [0, 1].

    >>> network = Network((2, 2, 1))
    >>> warp(network, [[0.5, -0.25]], layer=0, stage="weights", t=0.0)
    array([[ 0.5 , -0.25]])
    """
    if stage not in STAGES:
        raise unknown_name("stage", stage, STAGES)
    if not 0 <= layer < len(network.sizes) - 1:
        raise SettingError(f"layer is {layer}; it must lie in [0, {len(network.sizes) - 2}]")
    between("t", t, 0, 1)
    x = network._inputs(points)
    passed = network._forward(x)
    z, activation = passed[layer]
    before = passed[layer - 1][1] if layer else x
    stops = _widen(before, z - network.layers()[layer][1], z, activation)
    start = STAGES.index(stage)
    return np.asarray((1 - t) * stops[start] + t * stops[start + 1])


def _widen(*positions: FloatArray) -> list[FloatArray]:
    """Positions with as many coordinates as the widest of them, the rest zeros."""
    width = max(position.shape[1] for position in positions)
    return [np.pad(position, ((0, 0), (0, width - position.shape[1]))) for position in positions]
