"""The JavaScript twin of the textbook's network: every number of a step, and of a hundred steps, agrees."""

from dataclasses import dataclass, fields
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muslin.textbook import optimizers
from muslin.textbook.network import ACTIVATIONS, LOSSES, STAGES, LayerStep, Network, step_through, warp
from tests.browser.twin import Twin, assert_agree

# Rates at which the optimizers make progress: at much higher ones training is chaotic, and doubles the last bit's
# difference every few steps, whoever computes it.
SETTINGS = {
    "gradient_step": {"lr": 0.1},
    "momentum": {"lr": 0.03, "beta": 0.9},
    "nesterov": {"lr": 0.03, "beta": 0.8},
    "adam": {"lr": 0.01, "betas": (0.9, 0.99)},
    "adamw": {"lr": 0.01, "weight_decay": 0.1},
}


@dataclass(frozen=True)
class Problem:
    """A network with batches for it.

    Attributes:
        network: sizes of up to six layers of up to 8 neurons, start weights and biases drawn by NumPy.
        batches: inputs (B, D) and labels (B,) of each step, B from 1 to 10.
        l2: the penalty.
    """

    network: Network
    batches: list[tuple[np.ndarray, np.ndarray]]
    l2: float

    def made(self) -> dict[str, object]:
        """Returns what the twin is made of."""
        network = self.network
        return {
            "sizes": network.sizes,
            "activation": network.activation,
            "loss": network.loss,
            "parameters": network.parameters,
        }


@st.composite
def problems(draw: st.DrawFn, steps: int = 1, widest: int = 8) -> Problem:
    activation, loss = draw(st.sampled_from(sorted(ACTIVATIONS))), draw(st.sampled_from(sorted(LOSSES)))
    outputs = draw(st.integers(2, widest)) if loss == "cross-entropy" else 1
    hidden = draw(st.lists(st.integers(1, widest), max_size=5))
    sizes = (draw(st.integers(1, 8)), *hidden, outputs)
    seed = draw(st.integers(0, 2**32))
    generator = np.random.default_rng(seed)
    network = Network(sizes, activation, loss, seed=seed)
    network.parameters = network.parameters + generator.normal(0, 0.1, len(network.parameters))
    rows = [draw(st.integers(1, 10))] * (steps - 1) + [
        draw(st.integers(1, 10))
    ]  # the last batch may be shorter, or larger
    batches = [
        (generator.normal(size=(count, sizes[0])), generator.integers(0, max(outputs, 2), count)) for count in rows
    ]
    return Problem(network, batches, draw(st.sampled_from([0.0, 0.01, 0.3])))


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def terms_below(steps: list[LayerStep]) -> list[np.ndarray]:
    """Returns how large the terms are that each layer's inputs come from: its rounding grows with them, layer by layer.

    An activation that is nearly zero may be the difference of two that are not.
    """
    sizes = [np.abs(steps[0].inputs)]
    for step in steps[:-1]:
        sizes.append(sizes[-1] @ np.abs(step.weights) + np.abs(step.bias) + np.abs(step.activation))
    return sizes


def terms_of(
    layer: LayerStep, inputs: np.ndarray, above: np.ndarray | float, l2: float
) -> dict[str, np.ndarray | float]:
    """Returns how large the terms are that a layer's numbers are sums of; `inputs` and `above` are so for its ends."""
    weights = np.abs(layer.weights)
    z = inputs @ weights + np.abs(layer.bias)
    gradient = above * (1 + z)  # slopes are some 1 at most, and so is what they change by where z does
    return {
        "inputs": inputs,
        "weights": weights,
        "bias": 0.0,
        "pre_activation": z,
        "activation": z,
        "pre_activation_gradient": gradient,
        "weight_gradient": inputs.T @ gradient + l2 * weights,
        "bias_gradient": gradient.sum(axis=0),
        "input_gradient": gradient @ weights.T,
    }


@settings(max_examples=80, deadline=None)
@given(problem=problems())
def test_every_number_of_a_pass(twin: Twin, problem):
    network, ((inputs, targets),) = problem.network, problem.batches
    step = network.backpropagate(inputs, targets, problem.l2)
    calls = [
        ["backpropagate", inputs, targets, problem.l2],
        ["forward", inputs],
        ["probabilities", inputs],
        ["predict", inputs],
    ]
    ours, forward, outputs, labels = twin.run("inNetwork", {"network": problem.made(), "calls": calls})
    assert_agree(ours["loss"], step.loss, 1)
    assert_agree(ours["penalty"], step.penalty)
    one_hot = np.eye(network.sizes[-1])[targets] if network.loss == "cross-entropy" else step.targets
    assert_agree(ours["targets"], one_hot)
    above: np.ndarray = np.full_like(step.layers[-1].pre_activation, 2 / len(inputs))  # shares less shares, over B
    gradients = []
    below = terms_below(step.layers)
    for place in range(len(step.layers) - 1, -1, -1):
        theirs = step.layers[place]
        terms = terms_of(theirs, below[place], above, problem.l2)
        for field in fields(LayerStep):
            assert_agree(ours["layers"][place][camel(field.name)], getattr(theirs, field.name), terms[field.name])
        gradients = [terms["weight_gradient"].ravel(), terms["bias_gradient"], *gradients]
        above = terms["input_gradient"]
    assert_agree(ours["gradient"], step.gradient, np.concatenate(gradients))
    for layer, theirs, inputs in zip(forward, step.layers, below, strict=True):
        terms = inputs @ np.abs(theirs.weights) + np.abs(theirs.bias)
        assert_agree(layer["preActivation"], theirs.pre_activation, terms)
        assert_agree(layer["activation"], theirs.activation, terms)
    assert_agree(outputs, step.layers[-1].activation, 1)
    decided = np.reshape(outputs, (len(inputs), -1))  # the twin's: at a tie, the last bit decides
    assert labels == (decided.argmax(axis=1) if network.sizes[-1] > 1 else decided[:, 0] >= 0.5).tolist()


def settings_of(name: str) -> dict[str, object]:
    return {camel(key): value for key, value in SETTINGS[name].items()}


def train_both(twin: Twin, problem: Problem, name: str, **more: object) -> tuple[list[dict], list[dict]]:
    """Returns loss, penalty, gradient and parameters of each step, the twin's and the textbook's."""
    made = problem.made() | more
    given = {"network": made, "batches": problem.batches, "optimizer": camel(name), "l2": problem.l2}
    ours = twin.run("train", given | {"settings": settings_of(name)})
    optimizer = partial(getattr(optimizers, name), **SETTINGS[name])
    theirs = []
    for inputs, targets in problem.batches:
        step = problem.network.step(inputs, targets, optimizer, problem.l2)
        theirs.append(
            {
                "loss": step.loss,
                "penalty": step.penalty,
                "gradient": step.gradient,
                "parameters": problem.network.parameters,
            }
        )
    return ours, theirs


@pytest.mark.parametrize("name", SETTINGS)
@settings(max_examples=25, deadline=None)
@given(problem=problems())
def test_one_step(twin: Twin, name, problem):
    terms = np.abs(problem.network.parameters) + SETTINGS[name]["lr"]  # a weight, and a step of a gradient about 1
    (ours,), (theirs,) = train_both(twin, problem, name)
    assert_agree(ours["loss"], theirs["loss"], 1)
    assert_agree(ours["parameters"], theirs["parameters"], terms)


@pytest.mark.parametrize("name", SETTINGS)
@settings(max_examples=12, deadline=None)
@given(problem=problems(steps=100))
def test_a_hundred_steps(twin: Twin, name, problem):
    """To 1e-9 of 1, or of the number where it is larger: what differs in the last bit at first has then grown."""
    ours, theirs = train_both(twin, problem, name)
    assert len(ours) == len(theirs) == 100
    for mine, other in zip(ours, theirs, strict=True):
        for number, value in mine.items():
            assert_agree(value, other[number], 1, bound=1e-9)
    assert not np.array_equal(ours[0]["parameters"], ours[-1]["parameters"])


@settings(max_examples=40, deadline=None)
@given(problem=problems(), data=st.data())
def test_warp(twin: Twin, problem, data):
    layer = data.draw(st.integers(0, len(problem.network.sizes) - 2))
    t = data.draw(st.floats(0, 1))
    points, _ = problem.batches[0]
    calls = [["warp", points, layer, stage, t] for stage in STAGES]
    for ours, stage in zip(twin.run("inNetwork", {"network": problem.made(), "calls": calls}), STAGES, strict=True):
        theirs = warp(problem.network, points, layer, stage, t)
        assert_agree(ours, theirs, np.abs(points).max() + np.abs(theirs).max() + 1)


@settings(max_examples=20, deadline=None)
@given(problem=problems(widest=4))
def test_events(twin: Twin, problem):
    (inputs, targets), network = problem.batches[0], problem.network
    calls = [["stepThrough", inputs[0], int(targets[0]), problem.l2]]
    (ours,) = twin.run("inNetwork", {"network": problem.made(), "calls": calls})
    theirs = list(step_through(network, inputs[0], int(targets[0]), problem.l2))
    assert len(ours) == len(theirs)
    largest = max(abs(event.value) for event in theirs)
    for mine, event in zip(ours, theirs, strict=True):
        for field in ("phase", "operation", "layer", "neuron", "function", "source"):
            assert mine[field] == getattr(event, field)
        names = [[name for name, _ in term] for term in event.terms]
        assert [[name for name, _ in term] for term in mine["terms"]] == names
        factors = [number for term in event.terms for _, number in term]
        assert_agree([number for term in mine["terms"] for _, number in term], factors, largest)
        assert_agree(mine["value"], event.value, largest)
        if event.function == "sum":
            assert_agree(sum(np.prod([number for _, number in term]) for term in mine["terms"]), mine["value"], largest)


@pytest.mark.parametrize("name", SETTINGS)
def test_what_is_locked_stays(twin: Twin, name):
    generator = np.random.default_rng(5)
    batches = [(generator.normal(size=(4, 2)), generator.integers(0, 2, 4)) for _ in range(3)]
    problem = Problem(Network((2, 3, 1), seed=5), batches, 0.1)
    start, padlocks = problem.network.parameters, np.arange(13) % 3 == 0
    locked, _ = train_both(twin, problem, name, padlocks=padlocks.astype(int))
    moved = np.array(locked[-1]["parameters"]) != start
    assert (moved == ~padlocks).all()
    assert (np.array(locked[0]["gradient"]) != 0).all()


def test_arrays_are_made_once_for_the_largest_batch(twin: Twin):
    network = Network((2, 3, 1), seed=1)
    calls = """({ sizes, parameters }) => {
        const net = new maths.Network({ sizes, parameters: Float64Array.from(parameters) });
        const step = rows =>
            net.step(new Float64Array(2 * rows).fill(1), new Int32Array(rows), maths.adam, { lr: 0.01 });
        const [large, small, again] = [step(5), step(2), step(5)];
        const shared = large.layers.every(
            (layer, at) => layer.activation.buffer === small.layers[at].activation.buffer);
        return [large === again, shared, large.layers[0].activation.length, small.layers[0].activation.length];
    }"""
    ours = twin.run(f"({calls})", {"sizes": network.sizes, "parameters": network.parameters})
    assert ours == [True, True, 15, 6]


MISTAKES = {
    "one size": {"sizes": [2]},
    "a size of 0": {"sizes": [2, 0, 1]},
    "activation": {"activation": "gelu"},
    "loss": {"loss": "hinge"},
    "outputs": {"loss": "cross-entropy"},
    "a parameter too many": {"parameters": [0.0] * 14},
    "NaN": {"parameters": [float("nan")] * 13},
    "padlocks": {"padlocks": [1.0]},
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_network_that_cannot_be(twin: Twin, mistake):
    made = {"sizes": [2, 3, 1], "parameters": [0.5] * 13} | MISTAKES[mistake]
    (answer,) = twin.run("inNetwork", {"network": made, "calls": []})
    assert " must " in answer["error"] or " needs " in answer["error"]


@pytest.mark.parametrize(
    "call",
    [
        ["forward", [1.0, 2.0, 3.0]],
        ["forward", [1.0, float("nan")]],
        ["backpropagate", [1.0, 2.0], [2.0]],
        ["backpropagate", [1.0, 2.0], [0.0, 1.0]],
        ["backpropagate", [1.0, 2.0], [0.0], -1],
        ["warp", [1.0, 2.0], 2, "bias"],
        ["warp", [1.0, 2.0], 0, "biases"],
        ["warp", [1.0, 2.0], 0, "bias", 1.5],
        ["stepThrough", [1.0, 2.0], 2],
        ["stepThrough", [1.0, 2.0, 1.0, 2.0], 1],
    ],
    ids=str,
)
def test_what_a_network_refuses(twin: Twin, call):
    made = {"sizes": [2, 3, 1], "parameters": [0.5] * 13}
    (answer,) = twin.run("inNetwork", {"network": made, "calls": [call]})
    assert " must " in answer["error"]


def test_a_rate_that_is_too_high_ends_in_a_sentence(twin: Twin):
    batch = (np.ones((1, 2)), np.array([0]))
    given = {"sizes": [2, 3, 1], "activation": "relu", "parameters": [0.5] * 13}
    ours = twin.run(
        "train",
        {"network": given, "batches": [batch] * 4, "optimizer": "gradientStep", "settings": {"lr": 1e200}, "l2": 1.0},
    )
    assert "must be finite" in ours[-1]["error"]
