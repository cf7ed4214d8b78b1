import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import special
from torch.nn import functional as F

from muslin.errors import SettingError
from muslin.textbook import activations as act

torch.set_num_threads(1)

ELEMENTWISE = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "gelu": F.gelu,
}
MIXING = {"softmax": F.softmax, "log_softmax": F.log_softmax}
EXTREMES = [
    0.0,
    -0.0,
    1e-300,
    -1e-300,
    5e-324,
    1.0,
    -1.0,
    40.0,
    -40.0,
    1000.0,
    -1000.0,
    1e4,
    -1e4,
    1e200,
    -1e200,
    1e308,
]
values = st.one_of(st.floats(-50, 50), st.sampled_from(EXTREMES))
tensors = arrays(np.float64, array_shapes(min_dims=0, max_dims=4, max_side=4), elements=values)
vectors = arrays(np.float64, array_shapes(min_dims=1, max_dims=4, max_side=4), elements=st.floats(-1e4, 1e4))


def autograd(function, x, upstream):
    x = torch.tensor(x, requires_grad=True)
    y = function(x)
    y.backward(torch.as_tensor(upstream))
    return y.detach().numpy(), x.grad.numpy()


@pytest.mark.parametrize("name", ELEMENTWISE)
@settings(max_examples=60, deadline=None)
@given(x=tensors)
def test_elementwise_functions_and_derivatives_agree_with_autograd(name, x):
    forward, gradient = autograd(ELEMENTWISE[name], x, np.ones_like(x))
    # torch's own gelu is inf * 0 beyond 1e154, and rounds both tails to 0 where the textbook keeps them: hence atol.
    known = np.isfinite(gradient)
    np.testing.assert_allclose(getattr(act, name)(x), forward, rtol=1e-10, atol=1e-14)
    ours = np.asarray(getattr(act, f"{name}_gradient")(x))
    np.testing.assert_allclose(ours[known], gradient[known], rtol=1e-10, atol=1e-14)
    assert np.isfinite(ours).all()


@settings(max_examples=60, deadline=None)
@given(x=arrays(np.float64, array_shapes(max_dims=2), elements=st.floats(-700, 700)))
def test_tails_are_exact_where_torch_rounds_them_to_zero(x):
    np.testing.assert_allclose(act.sigmoid(x), special.expit(x), rtol=1e-13)
    np.testing.assert_allclose(act.sigmoid_gradient(x), special.expit(x) * special.expit(-x), rtol=1e-12)
    half = x / 2
    np.testing.assert_allclose(act.tanh_gradient(half), 4 * special.expit(x) * special.expit(-x), rtol=1e-12)
    small = x / 20
    np.testing.assert_allclose(act.gelu(small), small * special.ndtr(small), rtol=1e-11)


@pytest.mark.parametrize("name", MIXING)
@settings(max_examples=60, deadline=None)
@given(x=vectors, data=st.data())
def test_softmax_and_its_logarithm_agree_with_autograd_and_scipy(name, x, data):
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    upstream = data.draw(arrays(np.float64, x.shape, elements=st.floats(-10, 10)))
    forward, gradient = autograd(lambda z: MIXING[name](z, dim=axis), x, upstream)
    ours = getattr(act, name)(x, axis)
    np.testing.assert_allclose(ours, forward, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(ours, getattr(special, name)(x, axis=axis), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(getattr(act, f"{name}_gradient")(x, upstream, axis), gradient, rtol=1e-10, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(x=tensors)
def test_step_agrees_with_torch(x):
    expected = torch.heaviside(torch.tensor(x), torch.tensor(1.0, dtype=torch.float64))
    np.testing.assert_array_equal(act.step(x), expected.numpy())
    np.testing.assert_array_equal(act.step_gradient(x), np.zeros_like(x))


def test_step_fires_at_its_threshold_and_has_no_slope():
    x = np.array([-np.inf, -1e-300, 0.0, 1e-300, np.inf])
    np.testing.assert_array_equal(act.step(x), [0, 0, 1, 1, 1])
    np.testing.assert_array_equal(act.step_gradient(x), np.zeros(5))


def test_extremes_neither_overflow_nor_lose_their_limits():
    assert act.sigmoid(-1000) == 0
    assert act.sigmoid(1000) == 1
    np.testing.assert_array_equal(act.sigmoid([-np.inf, np.inf]), [0, 1])
    np.testing.assert_array_equal(act.tanh_gradient([-np.inf, np.inf, 1e308]), [0, 0, 0])
    np.testing.assert_array_equal(act.softmax([1e4, -1e4, 1e4]), [0.5, 0, 0.5])
    np.testing.assert_array_equal(act.softmax([1e308, -1e308]), [1, 0])
    np.testing.assert_array_equal(act.log_softmax([1e4, 0.0]), [0, -1e4])


def test_the_naive_sigmoid_and_softmax_fail_where_ours_do_not():
    with np.errstate(over="ignore", invalid="ignore"):
        naive_softmax = np.exp([1e4, 1e4]) / np.exp([1e4, 1e4]).sum()
    assert np.isnan(naive_softmax).all()
    np.testing.assert_array_equal(act.softmax([1e4, 1e4]), [0.5, 0.5])
    with pytest.raises(RuntimeWarning, match="overflow"):
        1 / (1 + np.exp(np.array([1000.0])))


@settings(max_examples=40, deadline=None)
@given(x=vectors, data=st.data())
def test_softmax_sums_to_one_along_its_axis_and_ignores_a_shift(x, data):
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    np.testing.assert_allclose(act.softmax(x, axis).sum(axis), 1, rtol=1e-12)
    np.testing.assert_allclose(act.softmax(x + 1024, axis), act.softmax(x, axis), rtol=1e-9, atol=1e-14)


FUNCTIONS = [name for name in act.__all__ if not name.startswith(("softmax_", "log_softmax_"))]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_types_are_kept_and_whole_numbers_become_float64(name):
    function = getattr(act, name)
    assert function(np.array([-2, 0, 3], np.float32)).dtype == np.float32
    assert function(np.array([-2, 0, 3])).dtype == np.float64
    assert function(np.array([True, False])).dtype == np.float64
    np.testing.assert_array_equal(function([-2, 0, 3]), function(np.array([-2.0, 0.0, 3.0])))


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([1.0, np.nan], r"x holds nan at index \(1,\); it must hold numbers only"),
        ([], r"x is empty, its shape is \(0,\)"),
        (["a"], "x holds values of type .*; it must hold real numbers"),
        ([[1.0], [1.0, 2.0]], "x has rows of different lengths"),
        ([1j], "x holds values of type complex128"),
    ],
)
def test_bad_input_is_named(name, x, message):
    with pytest.raises(SettingError, match=message):
        getattr(act, name)(x)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_refuses_what_it_cannot_share_out(name):
    function, gradient = getattr(act, name), getattr(act, f"{name}_gradient")
    with pytest.raises(SettingError, match="no axis 1"):
        function([1.0, 2.0], axis=1)
    with pytest.raises(SettingError, match="no axis -1"):
        function(3.0)
    with pytest.raises(SettingError, match="x holds inf"):
        function([np.inf, 0.0])
    with pytest.raises(SettingError, match=r"x has shape \(2,\) and upstream has shape \(2, 1\)"):
        gradient([1.0, 2.0], [[1.0], [2.0]])
    assert gradient(np.ones(2, np.float32), [1.0, 0.0]).dtype == np.float32
