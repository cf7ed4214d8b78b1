"""What the walk starts from and the Python that it shows: each line computes the number of its operation."""

import numpy as np
import pytest

from muslin.lecture.widgets.backpropagation import FITTING, values
from muslin.textbook import activations, losses, optimizers
from muslin.textbook.network import ACTIVATIONS, Network, step_through

FITS = [(layout, activation, loss) for layout in FITTING for activation in ACTIVATIONS for loss in FITTING[layout]]


def line_of(python, event, network, lr):
    """The Python line of an event, filled in as the page does."""
    is_last = event.layer == len(network.sizes) - 2
    function = values()["outputs"][network.loss] if is_last else network.activation
    line = python.get(event.operation, "")
    if event.operation == "loss":
        line = python["loss"][network.loss]
    elif event.operation == "pre-activation gradient":
        line = python["last gradient"][network.loss] if is_last else python["hidden gradient"]
    return line.format(neuron=event.neuron, source=event.source, function=function, lr=lr)


@pytest.mark.parametrize(("layout", "activation", "loss"), FITS)
def test_each_line_computes_its_operation(layout, activation, loss):
    network = Network(tuple(int(size) for size in layout.split("-")), activation, loss)
    network.parameters = np.array(values()["starts"][f"{layout} {activation}"][1])
    step = network.backpropagate([[1.0, -1.0]], [1])
    for event in step_through(network, [1.0, -1.0], 1):
        names = {
            "activations": activations, "losses": losses, "step": step, "layer": step.layers[event.layer],
            "above": step.layers[-1],
        }  # fmt: skip
        line = line_of(values()["python"], event, network, 0.5)
        assert eval(line, names) == pytest.approx(event.value, rel=1e-12, abs=1e-15)  # noqa: S307 - the page's own lines


def test_the_line_of_an_update_is_gradient_descent():
    network = Network((2, 2, 1), seed=3)
    step = network.backpropagate([[1.0, -1.0]], [1])
    line = values()["python"]["update"].format(lr=0.5, parameter=4)
    moved = eval(line, {"optimizers": optimizers, "network": network, "step": step})  # noqa: S307
    assert moved == network.parameters[4] - 0.5 * step.gradient[4]


def test_starts_are_the_networks_own_rounded():
    starts = values()["starts"]["2-3-1 relu"]
    assert starts[0] == Network((2, 3, 1), "relu", seed=1).parameters.round(2).tolist()
    assert len({tuple(start) for start in starts}) == len(starts)


def test_every_layout_has_losses_that_fit():
    shown = values()
    assert shown["layouts"] == {layout: list(losses) for layout, losses in FITTING.items()}
    assert set(shown["outputs"]) == {loss for losses in FITTING.values() for loss in losses}
    assert set(shown["formulas"]) >= set(shown["outputs"]) | set(ACTIVATIONS) | {"softmax"}
    assert set(shown["slopes"]) == set(ACTIVATIONS)
