from math import prod

import numpy as np
import pytest

from muslin.errors import SettingError
from muslin.textbook.network import Network, step_through
from tests.textbook.network.problems import every_kind, problem


def kept_number(step, event):
    """The number of the step that an event computes."""
    if event.operation == "loss":
        return step.loss
    number = getattr(step.layers[event.layer], event.operation.replace("-", "_").replace(" ", "_"))
    if event.operation == "weight gradient":
        return number[event.source, event.neuron]
    return np.atleast_2d(number)[0, event.neuron]


@every_kind
def test_stepping_through_gives_every_operation_with_its_arithmetic(activation, loss):
    network, inputs, targets = problem([3, 2], activation, loss, seed=4)
    events = list(step_through(network, inputs[0], int(targets[0]), l2=0.1))
    step = network.backpropagate(inputs[:1], targets[:1], l2=0.1)
    for event in events:
        if event.function == "sum":
            total = sum(prod(number for _, number in term) for term in event.terms)
            assert event.value == pytest.approx(total, rel=1e-10, abs=1e-14)
        assert event.value == kept_number(step, event)
        assert str(event).endswith(f"= {event.value:.4g}")
    neurons = sum(network.sizes[1:])
    counts = {name: sum(event.operation == name for event in events) for name in {e.operation for e in events}}
    assert counts == {
        "pre-activation": neurons, "activation": neurons, "loss": 1, "pre-activation gradient": neurons,
        "weight gradient": network.parameters.size - neurons, "bias gradient": neurons,
        "input gradient": sum(network.sizes[:-1]),
    }  # fmt: skip
    phases = [event.phase for event in events]
    assert phases == sorted(phases, reverse=True)  # all of forward, then all of backward
    backward = [event.layer for event in events if event.phase == "backward"]
    assert backward == sorted(backward, reverse=True)


def test_softmax_events_name_every_score_and_their_own_first():
    network, inputs, _ = problem([], "tanh", "cross-entropy", seed=4)
    events = [e for e in step_through(network, inputs[0], 1) if e.operation == "activation"]
    assert [[name for ((name, _),) in event.terms] for event in events] == [
        ["z[0]", "z[1]", "z[2]"],
        ["z[1]", "z[2]", "z[0]"],
        ["z[2]", "z[0]", "z[1]"],
    ]
    assert {event.function for event in events} == {"softmax"}


def test_bad_samples_are_named():
    network = Network((2, 3, 1))
    with pytest.raises(SettingError, match=r"inputs has shape \(1, 3\)"):
        step_through(network, [1.0, 2.0, 3.0], 0)
    with pytest.raises(SettingError, match="targets holds 2"):
        step_through(network, [1.0, 2.0], 2)
