import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from torch.nn import functional as F

from muslin.errors import SettingError
from muslin.textbook import losses
from muslin.textbook.activations import softmax

torch.set_num_threads(1)

shapes = array_shapes(min_dims=0, max_dims=3, max_side=4)
numbers = st.one_of(st.floats(-100, 100), st.sampled_from([0.0, 1e4, -1e4, 1e-200]))


def autograd(function, *inputs):
    x = torch.tensor(inputs[0], requires_grad=True)
    loss = function(x, *(torch.tensor(other) for other in inputs[1:]))
    loss.backward()
    return loss.item(), x.grad.numpy()


def agree(name, expected, outputs, targets, **tolerance):
    value, gradient = expected
    np.testing.assert_allclose(getattr(losses, name)(outputs, targets), value, rtol=1e-10, atol=1e-13)
    ours = getattr(losses, f"{name}_gradient")(outputs, targets)
    np.testing.assert_allclose(ours, gradient, rtol=1e-10, atol=1e-14)
    assert ours.shape == np.shape(outputs)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), shape=shapes)
def test_regression_losses_agree_with_autograd(data, shape):
    x, t = (data.draw(arrays(np.float64, shape, elements=numbers)) for _ in range(2))
    agree("l1_loss", autograd(lambda a, b: F.l1_loss(a, b, reduction="sum"), x, t), x, t)
    agree("l2_loss", autograd(lambda a, b: F.mse_loss(a, b, reduction="sum"), x, t), x, t)
    agree("mean_squared_error", autograd(F.mse_loss, x, t), x, t)


@st.composite
def classified(draw, elements=numbers):
    batch, classes = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    scores = draw(arrays(np.float64, (batch, classes), elements=elements))
    return scores, draw(arrays(np.int64, batch, elements=st.integers(0, classes - 1)))


def shares(scores):
    """Distributions made from any scores."""
    powers = np.exp(np.clip(scores, -20, 20))
    return powers / powers.sum(-1, keepdims=True)


@settings(max_examples=60, deadline=None)
@given(sample=classified())
def test_hinge_agrees_with_autograd(sample):
    scores, labels = sample
    # torch divides by the number of classes too
    expected = autograd(lambda z, y: F.multi_margin_loss(z, y) * z.shape[1], scores, labels)
    margins = scores - np.take_along_axis(scores, labels[:, None], 1) + 1
    if (np.abs(margins) > 1e-12).all():  # at the corner, torch takes the other side
        agree("hinge_loss", expected, scores, labels)


@settings(max_examples=60, deadline=None)
@given(sample=classified(), smoothing=st.floats(0, 1))
def test_cross_entropy_on_logits_agrees_with_autograd(sample, smoothing):
    z, labels = sample
    agree("cross_entropy_with_logits", autograd(F.cross_entropy, z, labels), z, labels)
    smooth = losses.smooth_labels(labels, z.shape[1], smoothing)
    expected = autograd(lambda a, b: F.cross_entropy(a, b, label_smoothing=smoothing), z, labels)
    agree("cross_entropy_with_logits", expected, z, smooth)
    soft = shares(z[::-1])
    agree("cross_entropy_with_logits", autograd(F.cross_entropy, z, soft), z, soft)


@settings(max_examples=60, deadline=None)
@given(sample=classified())
def test_cross_entropy_on_probabilities_agrees_with_autograd(sample):
    z, labels = sample
    p = shares(z)
    expected = autograd(lambda a, y: F.nll_loss(a.log(), y), p, labels)
    agree("cross_entropy_loss", expected, p, labels)
    agree("cross_entropy_loss", expected, p, losses.one_hot(labels, p.shape[1]))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), shape=shapes)
def test_binary_cross_entropies_agree_with_autograd(data, shape):
    t = data.draw(arrays(np.float64, shape, elements=st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1))))
    z = data.draw(arrays(np.float64, shape, elements=numbers))
    p = data.draw(arrays(np.float64, shape, elements=st.floats(1e-6, 1 - 1e-6)))
    agree("binary_cross_entropy_with_logits", autograd(F.binary_cross_entropy_with_logits, z, t), z, t)
    agree("binary_cross_entropy", autograd(F.binary_cross_entropy, p, t), p, t)


def test_a_root_in_the_l2_loss_would_give_l1():
    outputs, targets = np.array([1.0, -3.0]), np.zeros(2)
    with_root = np.sqrt((outputs - targets) ** 2).sum()
    assert with_root == losses.l1_loss(outputs, targets) == 4
    assert losses.l2_loss(outputs, targets) == 10
    assert losses.mean_squared_error(outputs, targets) == 5


def test_the_mean_is_over_the_batch_not_over_classes():
    logits = np.array([[2.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    one_by_one = [losses.cross_entropy_with_logits(logits[i : i + 1], [i]) for i in range(2)]
    assert losses.cross_entropy_with_logits(logits, [0, 1]) == pytest.approx(np.mean(one_by_one), rel=1e-12)
    assert losses.hinge_loss([[0.0, 0.0, 0.0]], [1]) == 2


def test_log_of_zero_is_inf_or_zero_and_never_nan():
    assert losses.cross_entropy_loss([[1.0, 0.0]], [0]) == 0
    assert losses.cross_entropy_loss([[1.0, 0.0]], [1]) == math.inf
    np.testing.assert_array_equal(losses.cross_entropy_loss_gradient([[1.0, 0.0]], [0]), [[-1, 0]])
    np.testing.assert_array_equal(losses.cross_entropy_loss_gradient([[1.0, 0.0]], [1]), [[0, -np.inf]])
    assert losses.binary_cross_entropy([0.0, 1.0], [0, 1]) == 0
    assert losses.binary_cross_entropy([0.0], [1]) == math.inf
    np.testing.assert_array_equal(losses.binary_cross_entropy_gradient([0.0, 1.0], [1, 0]), [-np.inf, np.inf])
    np.testing.assert_array_equal(losses.binary_cross_entropy_gradient([0.0, 1.0], [0, 1]), [0.5, -0.5])
    assert losses.cross_entropy_with_logits([[1e300, -1e300]], [1]) == 2e300
    assert losses.binary_cross_entropy_with_logits([-1e300], [1]) == 1e300
    assert losses.cross_entropy_with_logits([[1e308, -1e308]], [0]) == 0  # log softmax is -inf where the target is 0
    assert losses.cross_entropy_with_logits([[1e308, -1e308]], [1]) == math.inf


def test_softmax_twice_leaves_a_loss_that_cannot_be_learned_away():
    logits = np.array([[100.0, 0.0, 0.0]])
    once = losses.cross_entropy_with_logits(logits, [0])
    twice = losses.cross_entropy_with_logits(softmax(logits), [0])
    assert once < 1e-40
    assert twice == pytest.approx(math.log(math.e + 2) - 1)  # scores 1, 0, 0: the best that probabilities can be
    assert np.abs(losses.cross_entropy_with_logits_gradient(softmax(logits), [0])).max() > 0.4  # sure, and yet pulled


@settings(max_examples=60, deadline=None)
@given(data=st.data(), classes=st.integers(1, 6), shape=array_shapes(min_dims=0, max_dims=3, max_side=4))
def test_one_hot_and_smooth_labels_agree_with_torch(data, classes, shape):
    labels = data.draw(arrays(np.int64, shape, elements=st.integers(0, classes - 1)))
    expected = F.one_hot(torch.as_tensor(labels), classes).double().numpy()
    np.testing.assert_array_equal(losses.one_hot(labels, classes), expected)
    smooth = losses.smooth_labels(labels, classes, 0.25)
    np.testing.assert_allclose(smooth, 0.75 * expected + 0.25 / classes, rtol=1e-12)
    np.testing.assert_allclose(smooth.sum(-1), 1, rtol=1e-12)


def test_any_leading_shape_is_a_batch():
    logits = np.random.default_rng(0).normal(size=(2, 3, 4))
    labels = np.array([[0, 1, 2], [3, 0, 1]])
    flat = logits.reshape(6, 4)
    for name in ("cross_entropy_with_logits", "hinge_loss"):
        value, gradient = getattr(losses, name), getattr(losses, f"{name}_gradient")
        assert value(logits, labels) == pytest.approx(value(flat, labels.ravel()), rel=1e-12)
        np.testing.assert_allclose(gradient(logits, labels).reshape(6, 4), gradient(flat, labels.ravel()))
    assert losses.cross_entropy_with_logits([0.0, 0.0], 1) == pytest.approx(math.log(2))


REGRESSION = ["l1_loss", "l2_loss", "mean_squared_error"]
BINARY = ["binary_cross_entropy", "binary_cross_entropy_with_logits"]
CLASSES = ["hinge_loss", "cross_entropy_with_logits", "cross_entropy_loss"]


def both(names):
    return [name + end for name in names for end in ("", "_gradient")]


@pytest.mark.parametrize("name", both(REGRESSION + BINARY))
def test_columns_against_rows_are_refused_instead_of_broadcast(name):
    outputs, targets = np.full((4, 1), 0.5), np.ones(4)
    assert (outputs - targets).shape == (4, 4)  # the trap
    with pytest.raises(SettingError, match=r"has shape \(4, 1\) and targets has shape \(4,\); they must be equal"):
        getattr(losses, name)(outputs, targets)


@pytest.mark.parametrize("name", both(REGRESSION + BINARY + CLASSES))
def test_empty_and_nan_are_refused(name):
    function = getattr(losses, name)
    with pytest.raises(SettingError, match="is empty"):
        function(np.zeros((0, 2)), np.zeros((0, 2)))
    with pytest.raises(SettingError, match="holds nan at index"):
        function(np.full((1, 2), np.nan), np.ones((1, 2)))


@pytest.mark.parametrize("name", both(BINARY))
def test_binary_targets_must_be_probabilities(name):
    with pytest.raises(SettingError, match=r"targets holds 1.5 at index \(0,\); a probability must lie in \[0, 1\]"):
        getattr(losses, name)([0.5], [1.5])


@pytest.mark.parametrize("name", both(CLASSES))
def test_labels_must_be_whole_numbers_in_range(name):
    function, outputs = getattr(losses, name), np.full((2, 2), 0.5)
    for labels, message in [
        ([0, 2], r"holds 2 at index \(1,\); a label must lie in \[0, 1\]"),
        ([0, -1], "holds -1"),
        ([0.0, 1.0], "type float64; labels must be whole numbers"),
        ([0], r"has shape \(1,\); it must be \(2,\), one label for each sample"),
        ([[0], [1]], r"has shape \(2, 1\)"),
    ]:
        with pytest.raises(SettingError, match=message):
            function(outputs, labels)


def test_probabilities_are_checked():
    for p, message in [
        ([[0.5, 0.6]], "probabilities sums to 1.1"),
        ([[1.2, -0.2]], r"probabilities holds 1.2 at index \(0, 0\); a probability must lie in \[0, 1\]"),
    ]:
        with pytest.raises(SettingError, match=message):
            losses.cross_entropy_loss(p, [0])
    with pytest.raises(SettingError, match="targets sums to 2"):
        losses.cross_entropy_with_logits([[0.0, 0.0]], [[1, 1]])
    with pytest.raises(SettingError, match="smoothing is 1.5"):
        losses.smooth_labels([0], 2, 1.5)
    with pytest.raises(SettingError, match="classes is 0"):
        losses.one_hot([0], 0)
    for function in (losses.one_hot, lambda labels, classes: losses.smooth_labels(labels, classes, 0.1)):
        with pytest.raises(SettingError, match=r"labels holds 3 at index \(1,\); a label must lie in \[0, 2\]"):
            function([0, 3], 3)
    with pytest.raises(SettingError, match="scores is the single number"):
        losses.hinge_loss(1.0, 0)


@pytest.mark.parametrize("name", REGRESSION + BINARY + CLASSES)
def test_float32_gradients_stay_float32(name):
    outputs = np.full((2, 2), 0.5, np.float32)
    targets = [0, 1] if name in CLASSES else np.eye(2)
    assert getattr(losses, f"{name}_gradient")(outputs, targets).dtype == np.float32
