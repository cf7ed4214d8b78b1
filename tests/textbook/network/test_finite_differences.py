import numpy as np
import pytest

from muslin.errors import SettingError
from muslin.textbook.network import ACTIVATIONS, Network, finite_difference_check
from tests.textbook.network.problems import every_kind, problem


@every_kind
def test_finite_differences_agree_and_leave_the_network_alone(activation, loss):
    network, inputs, targets = problem([4, 3], activation, loss, seed=5)
    before = network.parameters
    assert finite_difference_check(network, inputs, targets, l2=0.1) < 1e-7
    assert network.parameters is before


def test_finite_differences_find_a_wrong_gradient(monkeypatch):
    network, inputs, targets = problem([4], "tanh", "binary-cross-entropy", seed=5)
    monkeypatch.setitem(ACTIVATIONS, "tanh", (ACTIVATIONS["tanh"][0], ACTIVATIONS["sigmoid"][1]))
    assert finite_difference_check(network, inputs, targets) > 1e-3


@pytest.mark.parametrize("epsilon", [0.0, -1e-6, np.nan])
def test_float32_and_a_step_that_is_none_are_refused(epsilon):
    with pytest.raises(SettingError, match="the check needs float64"):
        finite_difference_check(Network((2, 1), dtype=np.float32), [[0.0, 0.0]], [0])
    with pytest.raises(SettingError, match="epsilon is .*; the check needs float64 and an epsilon above 0"):
        finite_difference_check(Network((2, 1)), [[0.0, 0.0]], [0], epsilon=epsilon)
