from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from muslin.errors import SettingError
from muslin.textbook import optimizers as opt

torch.set_num_threads(1)

SGD, ADAM, ADAMW = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW
numbers = st.one_of(st.floats(-100, 100), st.sampled_from([0.0, 1e-8, -1e-8, 1e6, -1e6]))


def run(optimizer, weights, gradients, decay=0.0, l1=0.0):
    """Many steps of ours, with coupled penalties added to the gradient."""
    state = None
    for gradient in gradients:
        total = gradient + opt.l2_penalty_gradient(weights, decay) + opt.l1_penalty_gradient(weights, l1)
        weights, state = optimizer(weights, total, state)
    return weights


def run_torch(make, weights, gradients):
    parameter = torch.nn.Parameter(torch.tensor(weights))
    optimizer = make([parameter])
    for gradient in gradients:
        parameter.grad = torch.tensor(gradient)
        optimizer.step()
    return parameter.detach().numpy()


@settings(max_examples=25, deadline=None)
@given(
    data=st.data(),
    shape=array_shapes(min_dims=0, max_dims=3, max_side=3),
    lr=st.floats(1e-4, 0.5),
    beta=st.floats(0.01, 0.99),
    decay=st.sampled_from([0.0, 0.1, 1.0]),
)
def test_every_optimizer_agrees_with_torch_over_many_steps(data, shape, lr, beta, decay):
    weights = data.draw(arrays(np.float64, shape, elements=st.floats(-10, 10)))
    gradients = data.draw(arrays(np.float64, (12, *shape), elements=numbers))
    betas = (beta, 0.5 + beta / 2)
    sgd = partial(SGD, lr=lr, weight_decay=decay)
    for ours, theirs, coupled in [
        (partial(opt.gradient_step, lr=lr), sgd, decay),
        (partial(opt.momentum, lr=lr, beta=beta), partial(sgd, momentum=beta), decay),
        (partial(opt.nesterov, lr=lr, beta=beta), partial(sgd, momentum=beta, nesterov=True), decay),
        (partial(opt.adam, lr=lr, betas=betas), partial(ADAM, lr=lr, betas=betas, weight_decay=decay), decay),
        (
            partial(opt.adamw, lr=lr, betas=betas, weight_decay=decay),
            partial(ADAMW, lr=lr, betas=betas, weight_decay=decay),
            0.0,
        ),
    ]:
        expected = run_torch(theirs, weights, gradients)
        np.testing.assert_allclose(run(ours, weights, gradients, coupled), expected, rtol=1e-10, atol=1e-8 * lr)


@settings(max_examples=40, deadline=None)
@given(weights=arrays(np.float64, array_shapes(max_dims=3, max_side=3), elements=numbers), rate=st.floats(0, 2))
def test_penalties_agree_with_autograd(weights, rate):
    for value, gradient, expected in [
        (opt.l2_penalty, opt.l2_penalty_gradient, lambda w: rate / 2 * (w**2).sum()),
        (opt.l1_penalty, opt.l1_penalty_gradient, lambda w: rate * w.abs().sum()),
    ]:
        w = torch.tensor(weights, requires_grad=True)
        expected(w).backward()
        np.testing.assert_allclose(value(weights, rate), expected(w).item(), rtol=1e-10)
        np.testing.assert_allclose(gradient(weights, rate), w.grad.numpy(), rtol=1e-10, atol=1e-300)


@settings(max_examples=40, deadline=None)
@given(
    weights=arrays(np.float64, array_shapes(min_dims=0, max_dims=3, max_side=3), elements=numbers),
    lr=st.floats(0, 1), decay=st.floats(0, 2),
)  # fmt: skip
def test_decoupled_decay_agrees_with_torch_where_there_is_no_gradient(weights, lr, decay):
    expected = run_torch(partial(ADAMW, lr=lr, weight_decay=decay), weights, [np.zeros_like(weights)])
    np.testing.assert_allclose(opt.decoupled_decay(weights, lr, decay), expected, rtol=1e-10, atol=1e-12)


def test_weights_step_against_the_gradient_and_are_not_subtracted_from_it():
    weights, gradient = np.array([2.0, -1.0]), np.array([1.0, 1.0])
    right, _ = opt.gradient_step(weights, gradient, lr=0.1)
    np.testing.assert_allclose(right, [1.9, -1.1])
    wrong = weights - 0.1 * (gradient - weights)
    assert not np.allclose(right, wrong)


def test_a_root_in_the_l2_penalty_would_make_it_l1():
    weights = np.array([3.0, -4.0])
    assert 0.5 * np.sqrt(weights**2).sum() == opt.l1_penalty(weights, 0.5) == 3.5
    assert opt.l2_penalty(weights, 0.5) == 6.25


def test_coupled_and_decoupled_decay_agree_for_gradient_descent_and_differ_for_adam():
    weights, gradient, lr, decay = np.array([1.0, -2.0]), np.array([0.5, 0.25]), 0.1, 0.3
    coupled = gradient + opt.l2_penalty_gradient(weights, decay)
    shrunk = opt.decoupled_decay(weights, lr, decay)
    np.testing.assert_allclose(
        opt.gradient_step(weights, coupled, lr=lr)[0], opt.gradient_step(shrunk, gradient, lr=lr)[0], rtol=1e-12
    )
    adamw = opt.adamw(weights, gradient, lr=lr, weight_decay=decay)[0]
    assert not np.allclose(opt.adam(weights, coupled, lr=lr)[0], adamw)


def test_l1_drives_weights_to_zero_and_l2_only_shrinks_them():
    zeros = np.zeros((200, 1))
    step = partial(opt.gradient_step, lr=0.01)
    assert abs(run(step, np.array([0.5]), zeros, l1=1.0)[0]) <= 0.01
    assert run(step, np.array([0.5]), zeros, decay=1.0)[0] > 0.05


OPTIMIZERS = [*(partial(one, lr=0.1) for one in (opt.gradient_step, opt.momentum, opt.nesterov)), opt.adam, opt.adamw]
names = [getattr(one, "func", one).__name__ for one in OPTIMIZERS]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=names)
def test_optimizers_are_pure_and_keep_float32(optimizer):
    weights, gradient = np.ones((2, 3), np.float32), np.full((2, 3), 0.5, np.float32)
    first, state = optimizer(weights, gradient)
    again, _ = optimizer(weights, gradient)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(weights, 1)
    second, _ = optimizer(first, gradient, state)
    assert first.dtype == second.dtype == np.float32
    assert (second < first).all()


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=names)
def test_bad_input_is_named(optimizer):
    for weights, gradient, message in [
        ([1.0, 2.0], [[1.0], [2.0]], r"weights has shape \(2,\) and gradient has shape \(2, 1\)"),
        ([1.0], [np.nan], "gradient holds nan"),
        ([np.inf], [1.0], "weights holds inf"),
        ([], [], "weights is empty"),
    ]:
        with pytest.raises(SettingError, match=message):
            optimizer(weights, gradient)
    with pytest.raises(SettingError, match="lr is -1; it must be a finite number at least 0"):
        optimizer([1.0], [1.0], lr=-1)


def test_settings_are_checked():
    with pytest.raises(SettingError, match=r"beta is 1; it must lie in \[0, 1\)"):
        opt.momentum([1.0], [1.0], lr=0.1, beta=1)
    with pytest.raises(SettingError, match="beta is nan"):
        opt.nesterov([1.0], [1.0], lr=0.1, beta=np.nan)
    with pytest.raises(SettingError, match="betas are"):
        opt.adam([1.0], [1.0], betas=(0.9, 1.0))
    with pytest.raises(SettingError, match="eps is -1"):
        opt.adam([1.0], [1.0], eps=-1)
    for penalty, name in [(opt.l2_penalty, "weight_decay"), (opt.l1_penalty_gradient, "strength")]:
        with pytest.raises(SettingError, match=f"{name} is -1"):
            penalty([1.0], -1)
    for lr, decay, message in [(-1, 0.1, "lr is -1"), (0.1, -1, "weight_decay is -1")]:
        with pytest.raises(SettingError, match=message):
            opt.decoupled_decay([1.0], lr, decay)
    with pytest.raises(SettingError, match=r"gradient has shape \(1,\) and state has shape \(2,\)"):
        opt.momentum([1.0], [1.0], np.ones(2), lr=0.1)
    with pytest.raises(SettingError, match="weight_decay is nan"):
        opt.adamw([1.0], [1.0], weight_decay=np.nan)
