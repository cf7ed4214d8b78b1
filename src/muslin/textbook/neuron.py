"""Neurons: McCulloch and Pitts's of 1943, wired by hand, and Rosenblatt's perceptron of 1958, which learns.

Shapes: B samples, D inputs. A line is a pair (weights (D,), bias): it separates the plane where D is 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from muslin.errors import SettingError
from muslin.textbook._checks import FloatArray, IntArray, at_least, between, bits, finite, labels, matrix
from muslin.textbook.activations import step

__all__ = [
    "AND",
    "NOT",
    "OR",
    "XOR",
    "Line",
    "McCullochPitts",
    "McCullochPittsNet",
    "PerceptronHistory",
    "is_linearly_separable",
    "mistake_bound",
    "perceptron",
    "perceptron_update",
    "train_perceptron",
    "truth_table",
]


@dataclass(frozen=True)
class McCullochPitts:
    """A McCulloch-Pitts neuron: fires iff no inhibitory line is on and at least `threshold` excitatory ones are.

    Inhibition is absolute: one line that is on outweighs any number of excitatory ones. Source: McCulloch and Pitts,
    "A logical calculus of the ideas immanent in nervous activity", 1943.

    Attributes:
        threshold: number of excitatory lines that must be on, 0 or more.
        excitatory: numbers of the inputs that excite it; one that is named twice counts twice.
        inhibitory: numbers of the inputs that inhibit it.

    Raises:
        SettingError: the threshold or a line is no whole number from 0.

    >>> both = McCullochPitts(threshold=2, excitatory=(0, 1))
    >>> both([[0, 1], [1, 1]])
    array([0, 1])
    """

    threshold: int
    excitatory: Sequence[int] = ()
    inhibitory: Sequence[int] = ()

    def __post_init__(self) -> None:
        at_least("threshold", self.threshold, 0)
        for line in (*self.excitatory, *self.inhibitory):
            at_least("line", line, 0)

    def __call__(self, inputs: ArrayLike) -> IntArray:
        """Returns whether it fires: zeros and ones (..., D) -> zeros and ones (...)."""
        inputs = bits("inputs", inputs)
        last = max((*self.excitatory, *self.inhibitory), default=0)
        if inputs.ndim == 0 or inputs.shape[-1] <= last:
            raise SettingError(f"inputs has shape {inputs.shape}; its last axis must reach line {last}")
        excited = inputs[..., list(self.excitatory)].sum(axis=-1) >= self.threshold
        inhibited = inputs[..., list(self.inhibitory)].any(axis=-1)
        return np.asarray(excited & ~inhibited, dtype=np.int64)


@dataclass(frozen=True)
class McCullochPittsNet:
    """Layers of McCulloch-Pitts neurons, each fed by the one before.

    Attributes:
        layers: the neurons of each layer, from the inputs on.

    >>> XOR([[0, 0], [0, 1], [1, 0], [1, 1]])[:, 0]
    array([0, 1, 1, 0])
    """

    layers: Sequence[Sequence[McCullochPitts]]

    def __call__(self, inputs: ArrayLike) -> IntArray:
        """Returns the last layer's outputs: zeros and ones (..., D) -> zeros and ones (..., neurons)."""
        return self.states(inputs)[-1]

    def states(self, inputs: ArrayLike) -> list[IntArray]:
        """Returns the inputs, and then what each layer's neurons did: for each layer zeros and ones (..., neurons)."""
        states = [bits("inputs", inputs)]
        for layer in self.layers:
            states.append(np.stack([neuron(states[-1]) for neuron in layer], axis=-1))
        return states


AND = McCullochPittsNet([[McCullochPitts(2, excitatory=(0, 1))]])
OR = McCullochPittsNet([[McCullochPitts(1, excitatory=(0, 1))]])
NOT = McCullochPittsNet([[McCullochPitts(0, inhibitory=(0,))]])
# One layer cannot: no line separates (0, 1) and (1, 0) from (0, 0) and (1, 1).
XOR = McCullochPittsNet(
    [
        [McCullochPitts(1, excitatory=(0,), inhibitory=(1,)), McCullochPitts(1, excitatory=(1,), inhibitory=(0,))],
        [McCullochPitts(1, excitatory=(0, 1))],
    ]
)


def truth_table(net: McCullochPittsNet, inputs: int) -> IntArray:
    """Truth table of a net: every combination of its inputs, counted up in binary, and what it answers.

    Args:
        net: neurons in layers, such as `AND` or `XOR`.
        inputs: number of the net's inputs, D.

    Returns:
        Zeros and ones (2^D, D + outputs).

    Raises:
        SettingError: inputs is below 1 or fewer than the net's lines.

    >>> truth_table(AND, inputs=2)
    array([[0, 0, 0],
           [0, 1, 0],
           [1, 0, 0],
           [1, 1, 1]])
    """
    rows = np.array(list(product([0, 1], repeat=at_least("inputs", inputs, 1))))
    return np.hstack([rows, net(rows)])


def perceptron(inputs: ArrayLike, weights: ArrayLike, bias: ArrayLike) -> FloatArray:
    """Perceptron, step(inputs @ weights + bias): the bias is added once, not once for each input (Rosenblatt, 1958).

    Args:
        inputs: finite numbers (B, D).
        weights: finite numbers (D,) for one neuron, (D, K) for K of them.
        bias: a number, or (K,).

    Returns:
        Zeros and ones (B,) or (B, K); 1 also where the sum is exactly 0.

    Raises:
        SettingError: an argument is empty or not finite, or the shapes do not fit.

    >>> perceptron([[0.0, 0.0], [1.0, 1.0]], weights=[1.0, 1.0], bias=-1.5)
    array([0., 1.])
    """
    inputs = matrix("inputs", inputs)
    weights, bias = finite("weights", weights), finite("bias", bias)
    if weights.ndim not in (1, 2) or weights.shape[0] != inputs.shape[1]:
        raise SettingError(f"weights has shape {weights.shape}; its first axis must be inputs' D, {inputs.shape[1]}")
    if bias.shape != weights.shape[1:]:
        raise SettingError(f"bias has shape {bias.shape}; it must be {weights.shape[1:]}, one for each neuron")
    return step(inputs @ weights + bias)


def perceptron_update(
    inputs: ArrayLike, targets: ArrayLike, weights: ArrayLike, bias: ArrayLike, lr: float = 1.0
) -> tuple[FloatArray, FloatArray]:
    """Perceptron's learning rule, w + lr (t - y) x and b + lr (t - y), summed over the samples (Rosenblatt, 1958).

    There is no gradient in it: the step's is 0 everywhere. A sample that is right changes nothing.

    Args:
        inputs: finite numbers (B, D); one row at a time is Rosenblatt's rule.
        targets: zeros and ones (B,) or (B, K), in the shape that `perceptron` returns.
        weights: finite numbers (D,) or (D, K).
        bias: a number, or (K,).
        lr: learning rate, 0 or more.

    Returns:
        The new weights and bias.

    Raises:
        SettingError: as for `perceptron`, targets are not 0 or 1 or of another shape, or lr is negative.

    >>> perceptron_update([[2.0, 3.0]], [0], weights=[1.0, 1.0], bias=0.0)
    (array([-1., -2.]), array(-1.))
    """
    outputs = perceptron(inputs, weights, bias)
    x, weights, bias = finite("inputs", inputs), finite("weights", weights), finite("bias", bias)
    targets = bits("targets", targets).astype(outputs.dtype)
    if targets.shape != outputs.shape:
        raise SettingError(f"targets has shape {targets.shape}; it must be {outputs.shape}, one for each output")
    change = between("lr", lr, 0, np.inf) * (targets - outputs)
    return np.asarray(weights + x.T @ change), np.asarray(bias + change.sum(axis=0))


@dataclass(frozen=True)
class Line:
    """The line after one mistake was learned from.

    Attributes:
        epoch: number of the pass over the samples, from 0.
        sample: number of the sample that was a mistake.
        weights: weights after the update (D,).
        bias: bias after the update.
    """

    epoch: int
    sample: int
    weights: FloatArray
    bias: float


@dataclass(frozen=True)
class PerceptronHistory:
    """How a perceptron learned.

    Attributes:
        lines: the line after each mistake, in order.
        mistakes: number of mistakes in each epoch.
        weights: weights at the end (D,).
        bias: bias at the end.
        converged: Whether the last epoch was without mistakes.
    """

    lines: list[Line] = field(repr=False)
    mistakes: list[int]
    weights: FloatArray
    bias: float
    converged: bool


def _samples(inputs: ArrayLike, targets: ArrayLike) -> tuple[FloatArray, IntArray]:
    inputs = matrix("inputs", inputs)
    return inputs, labels("labels", targets, 2, (len(inputs),))


def train_perceptron(inputs: ArrayLike, labels: ArrayLike, *, lr: float = 1.0, epochs: int = 100) -> PerceptronHistory:
    """Trains a perceptron from zero weights, sample by sample, until an epoch without mistakes or `epochs` are over.

    It converges iff the classes are linearly separable, after at most (R / gamma)^2 mistakes: `mistake_bound`.

    Args:
        inputs: finite numbers (B, D).
        labels: classes of the samples (B,), each 0 or 1.
        lr: learning rate, above 0. From zero weights it scales the line and changes no prediction.
        epochs: most passes over the samples, 1 or more.

    Returns:
        The history of lines and mistakes.

    Raises:
        SettingError: an argument is empty or not finite, labels are not 0 or 1, or lr or epochs is out of range.

    >>> history = train_perceptron([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    >>> history.converged, history.mistakes[-1], history.weights, history.bias
    (True, 0, array([2., 1.]), -3.0)
    """
    x, targets = _samples(inputs, labels)
    if between("lr", lr, 0, np.inf) == 0:
        raise SettingError("lr is 0; it must be above 0, or nothing is learned")
    lines: list[Line] = []
    mistakes: list[int] = []
    weights, bias = np.zeros_like(x[0]), 0.0
    for epoch in range(at_least("epochs", epochs, 1)):
        before = len(lines)
        for sample, (row, target) in enumerate(zip(x, targets.tolist(), strict=True)):
            error = target - int(row @ weights + bias >= 0)
            if error:
                weights, bias = weights + lr * error * row, bias + lr * error
                lines.append(Line(epoch, sample, weights, bias))
        mistakes.append(len(lines) - before)
        if mistakes[-1] == 0:
            break
    return PerceptronHistory(lines, mistakes, weights, bias, converged=mistakes[-1] == 0)


def mistake_bound(inputs: ArrayLike, labels: ArrayLike, weights: ArrayLike, bias: float) -> float:
    """Mistake bound of the perceptron, (R / gamma)^2, from any line that separates the classes (Novikoff, 1962).

    With a 1 appended to each sample for the bias, R is the length of the longest sample and gamma the smallest distance
    of a sample from the line's plane through the origin.

    Args:
        inputs: finite numbers (B, D).
        labels: classes of the samples (B,), each 0 or 1.
        weights: weights of a separating line (D,); the wider its margin, the tighter the bound.
        bias: bias of that line.

    Returns:
        A number of mistakes that training from zero weights never exceeds, 1 or more.

    Raises:
        SettingError: an argument is empty or not finite, shapes do not fit, or the line does not separate the classes.

    >>> mistake_bound([[-1.0], [1.0]], [0, 1], weights=[1.0], bias=0.0)
    2.0
    """
    x, targets = _samples(inputs, labels)
    line = np.append(finite("weights", weights), finite("bias", bias))
    if line.shape != (x.shape[1] + 1,):
        raise SettingError(f"weights has shape {np.shape(weights)}; it must be ({x.shape[1]},), one for each input")
    extended = np.hstack([x, np.ones((len(x), 1))])
    margins = (2 * targets - 1) * (extended @ line)
    if margins.min() <= 0:
        raise SettingError(f"the line misses sample {int(margins.argmin())}; it must separate the classes strictly")
    return float((extended**2).sum(axis=1).max() * (line @ line) / margins.min() ** 2)


def is_linearly_separable(inputs: ArrayLike, labels: ArrayLike) -> bool:
    """Whether a line (plane, hyperplane) has all samples of one class strictly on one side of it.

    Asks a linear program for w and b with s_i (w x_i + b) >= 1 for every sample, where s_i is +1 or -1: it has a
    solution iff they are separable (Mangasarian, 1965). Solved by SciPy's HiGHS.

    Args:
        inputs: finite numbers (B, D).
        labels: classes of the samples (B,), each 0 or 1.

    Returns:
        Whether they are separable; True when only one class is there.

    Raises:
        SettingError: an argument is empty or not finite, or labels are not 0 or 1.

    >>> is_linearly_separable([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    True
    >>> is_linearly_separable([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    False
    """
    from scipy.optimize import linprog

    x, targets = _samples(inputs, labels)
    x = x.astype(np.float64)
    centred = x - x.mean(axis=0)  # centred and scaled, the answer is the same and the solver's tolerance fits
    scaled = centred / np.maximum(np.abs(centred).max(axis=0), np.finfo(np.float64).tiny)
    signs = 2.0 * targets[:, None] - 1
    rows = -signs * np.hstack([scaled, np.ones((len(x), 1))])
    result = linprog(np.zeros(rows.shape[1]), A_ub=rows, b_ub=-np.ones(len(rows)), bounds=(None, None), method="highs")
    return bool(result.status == 0)
