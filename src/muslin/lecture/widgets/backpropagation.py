"""Back-propagation, operation by operation: the weights to start from, the formulas, and the Python of each."""

from itertools import product
from typing import Any

from muslin.lecture.formulas import mathml
from muslin.textbook.network import ACTIVATIONS, Network

__all__ = ["FITTING", "values"]

FITTING = {  # the losses of each layout: cross-entropy shares out two outputs
    "2-2-1": ("binary-cross-entropy", "mean-squared-error"),
    "2-3-1": ("binary-cross-entropy", "mean-squared-error"),
    "2-2-2": ("cross-entropy",),
}
SEEDS = range(1, 9)
FORMULAS = {
    "tanh": r"\tanh z = \frac{e^z - e^{-z}}{e^z + e^{-z}}",
    "sigmoid": r"\sigma(z) = \frac{1}{1 + e^{-z}}",
    "relu": r"\mathrm{relu}(z) = \max(0, z)",
    "softmax": r"a_i = \frac{e^{z_i}}{\sum_j e^{z_j}}",
    "binary-cross-entropy": r"L = \max(z, 0) - z t + \ln(1 + e^{-|z|})",
    "mean-squared-error": r"L = (\sigma(z) - t)^2",
    "cross-entropy": r"L = -\ln \frac{e^{z_t}}{\sum_j e^{z_j}}",
}
SLOPES = {
    "tanh": r"f'(z) = 1 - \tanh^2 z",
    "sigmoid": r"f'(z) = \sigma(z)\,(1 - \sigma(z))",
    "relu": r"f'(z) = 1 \text{ if } z > 0, \text{ else } 0",
}
LAST = {"cross-entropy": "softmax", "binary-cross-entropy": "sigmoid", "mean-squared-error": "sigmoid"}
LOSS = {
    "cross-entropy": "losses.cross_entropy_with_logits(layer.pre_activation, step.targets)",
    "binary-cross-entropy": "losses.binary_cross_entropy_with_logits(layer.pre_activation, step.targets)",
    "mean-squared-error": "losses.mean_squared_error(layer.activation, step.targets)",
}
LAST_DELTA = {
    "cross-entropy": "losses.cross_entropy_with_logits_gradient(layer.pre_activation, step.targets)[0, {neuron}]",
    "binary-cross-entropy": "(layer.activation - step.targets)[0, {neuron}]",
    "mean-squared-error": (
        "(2 * (layer.activation - step.targets) * activations.sigmoid_gradient(layer.pre_activation))[0, {neuron}]"
    ),
}
PYTHON = {  # {neuron}, {source} and {parameter} are numbers, {function}, {loss} and {lr} what was chosen
    "pre-activation": "layer.inputs[0] @ layer.weights[:, {neuron}] + layer.bias[{neuron}]",
    "activation": "activations.{function}(layer.pre_activation)[0, {neuron}]",
    "hidden gradient": "(above.input_gradient * activations.{function}_gradient(layer.pre_activation))[0, {neuron}]",
    "weight gradient": "layer.inputs[0, {source}] * layer.pre_activation_gradient[0, {neuron}]",
    "bias gradient": "layer.pre_activation_gradient[0, {neuron}]",
    "input gradient": "layer.pre_activation_gradient[0] @ layer.weights[{neuron}]",
    "update": "optimizers.gradient_step(network.parameters, step.gradient, lr={lr})[0][{parameter}]",
}


def values() -> dict[str, Any]:
    """Returns the layouts with their losses, the weights to start from, the formulas, and each operation's Python.

    `starts` has for each layout and activation a list of parameters for each seed, those of `Network` rounded to two
    decimals, so that one can reckon with them by hand.
    """
    starts = {
        f"{layout} {activation}": [_start(layout, activation, seed) for seed in SEEDS]
        for layout, activation in product(FITTING, ACTIVATIONS)
    }
    return {
        "layouts": {layout: list(losses) for layout, losses in FITTING.items()},
        "activations": ["tanh", "relu", "sigmoid"],
        "starts": starts,
        "outputs": LAST,
        "formulas": {name: mathml(formula) for name, formula in FORMULAS.items()},
        "slopes": {name: mathml(formula) for name, formula in SLOPES.items()},
        "python": {**PYTHON, "loss": LOSS, "last gradient": LAST_DELTA},
    }


def _start(layout: str, activation: str, seed: int) -> list[float]:
    sizes = tuple(int(size) for size in layout.split("-"))
    network = Network(sizes, activation, FITTING[layout][0], seed=seed)
    return [float(number) for number in network.parameters.round(2)]
