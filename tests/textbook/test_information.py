import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import special, stats

from muslin.errors import SettingError
from muslin.textbook import information as info

torch.set_num_threads(1)

BASES = [None, 2, 10]


@st.composite
def distributions(draw, count=1, zeros=True):
    shape = draw(array_shapes(max_dims=3, max_side=5))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    weights = st.floats(1e-3, 1) if not zeros else st.one_of(st.floats(1e-3, 1), st.sampled_from([0.0, 1e-12]))
    drawn = [draw(arrays(np.float64, shape, elements=weights)) for _ in range(count)]
    assume(all((one.sum(axis) > 0).all() for one in drawn))
    return [one / one.sum(axis, keepdims=True) for one in drawn], axis


@settings(max_examples=60, deadline=None)
@given(drawn=distributions(2), base=st.sampled_from(BASES))
def test_entropies_agree_with_scipy(drawn, base):
    (p, q), axis = drawn
    unit = math.log(base) if base else 1
    np.testing.assert_allclose(info.entropy(p, base, axis), stats.entropy(p, axis=axis) / unit, rtol=1e-10, atol=1e-12)
    kl = special.rel_entr(p, q).sum(axis) / unit
    np.testing.assert_allclose(info.kl_divergence(p, q, base, axis), kl, rtol=1e-10, atol=1e-12)
    both = info.entropy(p, base, axis) + info.kl_divergence(p, q, base, axis)
    np.testing.assert_allclose(info.cross_entropy(p, q, base, axis), both, rtol=1e-10, atol=1e-12)
    assert (info.kl_divergence(p, q, base, axis) >= 0).all()


@settings(max_examples=60, deadline=None)
@given(
    p=arrays(
        np.float64, array_shapes(min_dims=0, max_dims=3, max_side=5),
        elements=st.one_of(st.floats(0, 1), st.sampled_from([0.0, 5e-324, 1e-300, 1.0])),
    ),
    base=st.sampled_from(BASES),
)  # fmt: skip
def test_surprise_agrees_with_scipy_on_any_shape(p, base):
    unit = math.log(base) if base else 1
    surprise = info.surprise(p, base)
    assert surprise.shape == p.shape
    assert (surprise >= 0).all()
    np.testing.assert_allclose(p[p > 0] * surprise[p > 0], special.entr(p[p > 0]) / unit, rtol=1e-10, atol=1e-300)
    assert np.isinf(surprise[p == 0]).all()


@settings(max_examples=60, deadline=None)
@given(drawn=distributions(2, zeros=False), base=st.sampled_from(BASES))
def test_gradients_agree_with_autograd(drawn, base):
    (p, q), axis = drawn
    unit = math.log(base) if base else 1
    for ours, function, argument in [
        (info.surprise_gradient(p, base), lambda x: -x.log(), p),
        (info.entropy_gradient(p, base, axis), lambda x: -(x * x.log()), p),
        (info.cross_entropy_gradient(p, q, base, axis), lambda x: -(torch.tensor(p) * x.log()), q),
        (info.kl_divergence_gradient(p, q, base, axis), lambda x: -(torch.tensor(p) * x.log()), q),
    ]:
        x = torch.tensor(argument, requires_grad=True)
        (function(x).sum() / unit).backward()
        np.testing.assert_allclose(ours, x.grad.numpy(), rtol=1e-10, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    joint=arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=st.floats(1e-3, 1)),
    base=st.sampled_from(BASES),
)
def test_mutual_information_agrees_with_its_definition_and_autograd(joint, base):
    joint = joint / joint.sum()
    unit = math.log(base) if base else 1
    independent = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    np.testing.assert_allclose(
        info.mutual_information(joint, base), special.rel_entr(joint, independent).sum() / unit, rtol=1e-10, atol=1e-13
    )
    x = torch.tensor(joint, requires_grad=True)
    ((x * (x / (x.sum(1, keepdim=True) * x.sum(0, keepdim=True))).log()).sum() / unit).backward()
    np.testing.assert_allclose(info.mutual_information_gradient(joint, base), x.grad.numpy(), rtol=1e-9, atol=1e-10)


def test_mutual_information_of_equal_variables_is_their_entropy():
    p = np.array([0.5, 0.25, 0.25, 0.0])
    assert info.mutual_information(np.diag(p), base=2) == info.entropy(p, base=2) == 1.5
    assert info.mutual_information_gradient([[0.5, 0.0], [0.25, 0.25]])[0, 1] == -np.inf


def test_the_sign_and_the_conventions_at_zero():
    assert info.cross_entropy([0.5, 0.5], [0.25, 0.75]) > 0  # without the minus it would be negative
    assert info.entropy([1.0, 0.0]) == 0
    assert info.cross_entropy([0.5, 0.5], [1.0, 0.0]) == math.inf
    assert info.kl_divergence([0.5, 0.5], [1.0, 0.0]) == math.inf
    assert info.kl_divergence([1.0, 0.0], [1.0, 0.0]) == 0
    np.testing.assert_array_equal(info.surprise([0.0, 1.0]), [np.inf, 0.0])
    np.testing.assert_array_equal(info.cross_entropy_gradient([1.0, 0.0], [0.0, 1.0]), [-np.inf, 0])
    assert info.entropy_gradient([1.0, 0.0])[1] == np.inf
    assert info.surprise_gradient(0.0) == -np.inf


def test_bits_and_nats_differ_by_log_two():
    p = [0.7, 0.2, 0.1]
    assert info.entropy(p) == pytest.approx(info.entropy(p, base=2) * math.log(2), rel=1e-14)
    assert info.entropy([0.25] * 4, base=2) == 2


def test_float32_stays_float32():
    p = np.array([[0.25, 0.75]], np.float32)
    for result in [
        info.surprise(p, 2), info.entropy(p, 2), info.cross_entropy(p, p.astype(float), 2), info.kl_divergence(p, p, 2),
        info.mutual_information(p, 2), info.surprise_gradient(p, 2), info.entropy_gradient(p, 2),
        info.cross_entropy_gradient(p, p, 2), info.mutual_information_gradient(p, 2),
    ]:  # fmt: skip
        assert result.dtype == np.float32


ONE = ["surprise", "surprise_gradient", "entropy", "entropy_gradient"]
TWO = ["cross_entropy", "cross_entropy_gradient", "kl_divergence", "kl_divergence_gradient"]


ALL = [*ONE, *TWO, "mutual_information", "mutual_information_gradient"]
NO_PROBABILITIES = [
    ([[0.5, np.nan]], "holds nan"),
    ([[-0.1, 1.1]], r"holds -0.1 at index \(0, 0\); a probability must lie in \[0, 1\]"),
    (np.zeros((0, 2)), "is empty"),
]


@pytest.mark.parametrize(
    ("name", "p", "message"),
    [(name, *case) for name in ALL for case in NO_PROBABILITIES]
    + [(name, [[0.5, 0.6]], "sums to 1.1.*; probabilities must sum to 1") for name in ALL if "surprise" not in name],
)
def test_what_is_no_distribution_is_refused(name, p, message):
    with pytest.raises(SettingError, match=message):
        getattr(info, name)(*([p, p] if name in TWO else [p]))


@pytest.mark.parametrize("base", [1, 0, -2, 0.5, math.nan, math.inf])
def test_a_base_that_is_no_base_is_refused(base):
    with pytest.raises(SettingError, match="base is"):
        info.entropy([1.0], base)


def test_shapes_and_axes_are_checked():
    with pytest.raises(SettingError, match=r"p has shape \(2,\) and q has shape \(1, 2\)"):
        info.cross_entropy([0.5, 0.5], [[0.5, 0.5]])
    with pytest.raises(SettingError, match="no axis 1"):
        info.entropy([0.5, 0.5], axis=1)
    with pytest.raises(SettingError, match=r"joint has shape \(2,\)"):
        info.mutual_information([0.5, 0.5])
    with pytest.raises(SettingError, match="row or column of zeros"):
        info.mutual_information_gradient([[1.0, 0.0]])
