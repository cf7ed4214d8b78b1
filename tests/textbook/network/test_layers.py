from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from muslin.errors import SettingError
from muslin.textbook import optimizers as opt
from muslin.textbook import plane
from muslin.textbook.network import Network
from tests.textbook.network.problems import every_kind, problem

torch.set_num_threads(1)

TORCH_LOSSES = {
    "cross-entropy": lambda z, t: F.cross_entropy(z, torch.tensor(t)),
    "binary-cross-entropy": lambda z, t: F.binary_cross_entropy_with_logits(z[:, 0], torch.tensor(t).double()),
    "mean-squared-error": lambda z, t: F.mse_loss(torch.sigmoid(z[:, 0]), torch.tensor(t).double()),
}


def torch_backward(network, inputs, targets, l2):
    """The same step by autograd: loss, inputs and what every layer held, with gradients."""
    x = first = torch.tensor(inputs, requires_grad=True)
    kept, penalty = [], 0
    for index, (weights, bias) in enumerate(network.layers()):
        weights, bias = (torch.tensor(part, requires_grad=True) for part in (weights, bias))
        z = x @ weights + bias
        z.retain_grad()
        penalty = penalty + l2 / 2 * (weights**2).sum()
        kept.append((weights, bias, z, x))
        x = getattr(torch, network.activation)(z)
        if index < len(network.sizes) - 2:
            x.retain_grad()
    loss = TORCH_LOSSES[network.loss](z, targets)
    (loss + penalty).backward()
    return loss.item(), first, kept


@every_kind
@settings(max_examples=8, deadline=None)
@given(hidden=st.lists(st.integers(1, 5), max_size=3), seed=st.integers(0, 99), l2=st.sampled_from([0.0, 0.3]))
def test_every_number_of_a_step_agrees_with_autograd(activation, loss, hidden, seed, l2):
    network, inputs, targets = problem(hidden, activation, loss, seed)
    value, _, kept = torch_backward(network, inputs, targets, l2)
    step = network.backpropagate(inputs, targets, l2)
    assert step.loss == pytest.approx(value, rel=1e-10)
    assert step.penalty == pytest.approx(l2 / 2 * sum((w**2).sum() for w, _ in network.layers()), rel=1e-12)
    for layer, (weights, bias, z, x) in zip(step.layers, kept, strict=True):
        for ours, theirs in [
            (layer.inputs, x),
            (layer.pre_activation, z),
            (layer.pre_activation_gradient, z.grad),
            (layer.weight_gradient, weights.grad),
            (layer.bias_gradient, bias.grad),
            (layer.input_gradient, x.grad),
        ]:
            np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-10, atol=1e-13)
    flat = np.concatenate([np.concatenate([w.grad.numpy().ravel(), b.grad.numpy()]) for w, b, _, _ in kept])
    np.testing.assert_allclose(step.gradient, flat, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(network.probabilities(inputs), step.layers[-1].activation, rtol=1e-12)


OPTIMIZERS = {
    "gradient_step": (partial(opt.gradient_step, lr=0.3), partial(torch.optim.SGD, lr=0.3)),
    "nesterov": (partial(opt.nesterov, lr=0.1), partial(torch.optim.SGD, lr=0.1, momentum=0.9, nesterov=True)),
    "adam": (partial(opt.adam, lr=0.01), partial(torch.optim.Adam, lr=0.01)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_many_steps_follow_torch(name):
    ours, theirs = OPTIMIZERS[name]
    network, inputs, targets = problem([4], "tanh", "cross-entropy", seed=1)
    layers = [[torch.tensor(part, requires_grad=True) for part in layer] for layer in network.layers()]
    optimizer = theirs([part for layer in layers for part in layer])
    for _ in range(30):
        step = network.step(inputs, targets, ours)
        (w1, b1), (w2, b2) = layers
        loss = F.cross_entropy(torch.tanh(torch.tensor(inputs) @ w1 + b1) @ w2 + b2, torch.tensor(targets))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        assert step.loss == pytest.approx(loss.item(), rel=1e-8)
    for layer, expected in zip(network.layers(), layers, strict=True):
        for part, other in zip(layer, expected, strict=True):
            np.testing.assert_allclose(part, other.detach().numpy(), rtol=1e-8)


def test_a_step_keeps_the_numbers_from_before_the_update():
    network, inputs, targets = problem([4], "relu", "cross-entropy", seed=2)
    before = network.parameters.copy()
    step = network.step(inputs, targets, partial(opt.gradient_step, lr=0.1))
    np.testing.assert_array_equal(step.layers[0].weights.ravel(), before[:8])
    np.testing.assert_allclose(network.parameters, before - 0.1 * step.gradient, rtol=1e-14)


def test_the_same_seed_gives_the_same_training_and_another_does_not():
    runs = []
    for seed in (7, 7, 8):
        network = Network((2, 8, 8, 1), seed=seed)
        points, labels = plane.moons(64, seed=1)
        losses = [network.step(points, labels, partial(opt.momentum, lr=0.1)).loss for _ in range(20)]
        runs.append((losses, network.parameters))
    assert runs[0][0] == runs[1][0]
    np.testing.assert_array_equal(runs[0][1], runs[1][1])
    assert runs[0][0] != runs[2][0]


@pytest.mark.parametrize("name", ["ring-in-ring", "two-curves", "xor", "moons"])
def test_a_hidden_layer_separates_what_no_line_can(name):
    points, labels = plane.make(name, n=120, noise=0.0)
    network = Network((2, 8, 8, 1), seed=1)
    for _ in range(600):
        network.step(points, labels, partial(opt.adam, lr=0.03))
    assert (network.predict(points) == labels).mean() > 0.98
    flat = Network((2, 1), seed=1)
    for _ in range(300):
        flat.step(points, labels, partial(opt.adam, lr=0.03))
    assert (flat.predict(points) == labels).mean() < 0.95


def test_many_colours_are_learned_in_float32():
    points, labels = plane.pinwheel(200, classes=4)
    network = Network((2, 16, 4), "relu", "cross-entropy", seed=1, dtype=np.float32)
    for _ in range(400):
        step = network.step(points, labels, partial(opt.adam, lr=0.02))
    assert (network.predict(points) == labels).mean() > 0.95
    assert network.parameters.dtype == step.gradient.dtype == step.layers[0].pre_activation.dtype == np.float32
    np.testing.assert_allclose(network.probabilities(points).sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((2,),), r"sizes is \(2,\); it must name inputs and outputs"),
        (((2, 0, 1),), "sizes is 0; it must be a whole number, 1 or more"),
        (((2, 1), "rleu"), "unknown activation 'rleu'. Did you mean 'relu'"),
        (((2, 1), "relu", "mse"), "unknown loss 'mse'"),
        (((2, 1), "relu", "cross-entropy"), "cross-entropy needs two outputs or more"),
        (((2, 3), "relu", "binary-cross-entropy"), "the others exactly one"),
    ],
)
def test_bad_networks_are_named(arguments, message):
    with pytest.raises(SettingError, match=message):
        Network(*arguments)


@pytest.mark.parametrize(
    ("inputs", "targets", "message"),
    [
        (np.zeros((4, 3)), [0, 0, 0, 0], r"inputs has shape \(4, 3\); it must be \(B, 2\)"),
        (np.zeros(2), [0], r"inputs has shape \(2,\)"),
        (np.zeros((0, 2)), [], "inputs is empty"),
        ([[np.nan, 0.0]], [0], "inputs holds nan"),
        (np.zeros((2, 2)), [[0], [1]], r"targets has shape \(2, 1\); it must be \(2,\)"),
        (np.zeros((1, 2)), [2], "targets holds 2"),
    ],
)
def test_bad_batches_are_named(inputs, targets, message):
    for network in (Network((2, 1)), Network((2, 2), loss="cross-entropy")):
        with pytest.raises(SettingError, match=message):
            network.step(inputs, targets, partial(opt.gradient_step, lr=0.1))


def test_bad_settings_are_named():
    network, x = Network((2, 3, 1)), np.zeros((1, 2))
    with pytest.raises(SettingError, match="l2 is -1"):
        network.backpropagate(x, [0], l2=-1)
    with pytest.raises(SettingError, match="dtype is int64"):
        Network((2, 1), dtype=np.int64)
    with pytest.raises(SettingError, match="seed is -1"):
        Network((2, 1), seed=-1)
