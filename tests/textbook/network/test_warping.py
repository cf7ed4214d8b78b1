import numpy as np
import pytest

from muslin.errors import SettingError
from muslin.textbook.network import STAGES, Network, grid, warp
from tests.textbook.network.problems import problem


def test_warp_moves_through_weights_bias_and_activation_without_a_jump():
    network, points, _ = problem([2, 3], "tanh", "binary-cross-entropy", seed=6)
    for layer in range(3):
        step = network.backpropagate(points, np.zeros(len(points), int)).layers[layer]
        width = max(step.weights.shape)
        ends = [warp(network, points, layer, stage, 1.0) for stage in STAGES]
        starts = [warp(network, points, layer, stage, 0.0) for stage in STAGES]
        assert all(positions.shape == (6, width) for positions in ends + starts)
        fan_in, fan_out = step.weights.shape
        np.testing.assert_allclose(starts[0][:, :fan_in], step.inputs)
        np.testing.assert_allclose(ends[0][:, :fan_out], step.inputs @ step.weights, atol=1e-15)
        np.testing.assert_allclose(ends[1][:, :fan_out], step.pre_activation)
        np.testing.assert_allclose(ends[2][:, :fan_out], step.activation)
        np.testing.assert_array_equal(ends[0], starts[1])
        np.testing.assert_array_equal(ends[1], starts[2])
        assert not ends[0][:, fan_out:].any()
        half = warp(network, points, layer, "activation", 0.5)
        np.testing.assert_allclose(half, (starts[2] + ends[2]) / 2)


def test_the_grid_is_square_and_centred():
    points = grid(2.0, lines=5)
    assert points.shape == (25, 2)
    np.testing.assert_array_equal(points.mean(axis=0), [0, 0])
    np.testing.assert_array_equal(np.abs(points).max(axis=0), [2, 2])
    for arguments, message in [((0.0,), "extent is 0"), ((1.0, 1), "lines is 1")]:
        with pytest.raises(SettingError, match=message):
            grid(*arguments)


def test_bad_stages_layers_and_times_are_named():
    network, x = Network((2, 3, 1)), np.zeros((1, 2))
    with pytest.raises(SettingError, match="unknown stage 'wieghts'. Did you mean 'weights'"):
        warp(network, x, 0, "wieghts")
    with pytest.raises(SettingError, match=r"layer is 2; it must lie in \[0, 1\]"):
        warp(network, x, 2, "bias")
    with pytest.raises(SettingError, match="t is 1.5"):
        warp(network, x, 0, "bias", 1.5)
    with pytest.raises(SettingError, match="layer is -1"):
        warp(network, x, -1, "bias")
    with pytest.raises(SettingError, match=r"inputs has shape \(1, 3\); it must be \(B, 2\)"):
        warp(network, np.zeros((1, 3)), 0, "bias")
