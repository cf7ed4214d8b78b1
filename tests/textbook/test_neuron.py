from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from muslin.errors import SettingError
from muslin.textbook import neuron

torch.set_num_threads(1)

DATA = np.array(list(product([0, 1], repeat=2)))


@pytest.mark.parametrize(
    ("net", "inputs", "answers"),
    [
        (neuron.AND, 2, [0, 0, 0, 1]),
        (neuron.OR, 2, [0, 1, 1, 1]),
        (neuron.NOT, 1, [1, 0]),
        (neuron.XOR, 2, [0, 1, 1, 0]),
    ],
)
def test_truth_tables(net, inputs, answers):
    table = neuron.truth_table(net, inputs)
    np.testing.assert_array_equal(table[:, -1], answers)
    np.testing.assert_array_equal(table[:, :-1], list(product([0, 1], repeat=inputs)))


def test_inhibition_is_absolute():
    cell = neuron.McCullochPitts(1, excitatory=(0, 1, 2), inhibitory=(3,))
    np.testing.assert_array_equal(cell([[1, 1, 1, 0], [1, 1, 1, 1]]), [1, 0])
    weighted = np.array([1, 1, 1, 1]) @ [1, 1, 1, -1] >= 1  # an inhibitory weight of -1 would let it fire
    assert weighted


def test_no_single_neuron_computes_xor():
    lines = [(0,), (1,), (0, 1), ()]
    for threshold, excitatory, inhibitory in product(range(4), lines, lines):
        cell = neuron.McCullochPitts(threshold, excitatory, inhibitory)
        assert cell(DATA).tolist() != [0, 1, 1, 0]
    assert not neuron.is_linearly_separable(DATA, [0, 1, 1, 0])


def test_states_show_each_layer_and_batches_have_any_shape():
    states = neuron.XOR.states(DATA)
    np.testing.assert_array_equal(states[1], [[0, 0], [0, 1], [1, 0], [0, 0]])
    assert neuron.XOR(np.zeros((3, 5, 2))).shape == (3, 5, 1)


def test_the_bias_is_added_once():
    x, weights, bias = np.array([[1.0, 1.0]]), np.array([1.0, 1.0]), -1.5
    assert neuron.perceptron(x, weights, bias)[0] == 1
    assert (x * weights + bias).sum() < 0  # once for each input: 2 - 3


shapes = st.tuples(st.integers(1, 6), st.integers(1, 4), st.integers(1, 3))
numbers = st.floats(-100, 100)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), shape=shapes, lr=st.floats(0, 2))
def test_a_perceptron_and_its_rule_agree_with_torch(data, shape, lr):
    """The rule is a step against the gradient of sum (y - t) (x w + b), with the answers y held fast."""
    batch, inputs, outputs = shape
    x, w, b = (
        data.draw(arrays(np.float64, s, elements=numbers)) for s in ((batch, inputs), (inputs, outputs), outputs)
    )
    targets = data.draw(arrays(np.int64, (batch, outputs), elements=st.integers(0, 1)))
    weights, bias = (torch.tensor(part, requires_grad=True) for part in (w, b))
    scores = torch.tensor(x) @ weights + bias
    answers = torch.heaviside(scores.detach(), torch.tensor(1.0, dtype=torch.float64))
    clear = scores.detach().abs().numpy() > 1e-9  # nearer to 0, the order of summation decides
    np.testing.assert_array_equal(neuron.perceptron(x, w, b)[clear], answers.numpy()[clear])
    assume(clear.all())
    ((answers - torch.tensor(targets)) * scores).sum().backward()
    new_weights, new_bias = neuron.perceptron_update(x, targets, w, b, lr)
    np.testing.assert_allclose(new_weights, w - lr * weights.grad.numpy(), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(new_bias, b - lr * bias.grad.numpy(), rtol=1e-10, atol=1e-10)


@settings(max_examples=60, deadline=None)
@given(
    lines=arrays(np.int64, st.tuples(st.integers(1, 5), st.just(4)), elements=st.integers(0, 1)),
    threshold=st.integers(0, 4),
    excitatory=st.lists(st.integers(0, 3), max_size=5),
    inhibitory=st.lists(st.integers(0, 3), max_size=3),
)
def test_a_neuron_follows_its_definition(lines, threshold, excitatory, inhibitory):
    fired = neuron.McCullochPitts(threshold, excitatory, inhibitory)(lines)
    for row, answer in zip(lines.tolist(), fired.tolist(), strict=True):
        assert answer == (sum(row[i] for i in excitatory) >= threshold and not any(row[i] for i in inhibitory))


def test_the_update_is_the_rule_and_leaves_right_samples_alone():
    weights, bias = neuron.perceptron_update([[2.0, 3.0]], [0], [1.0, 1.0], 0.5, lr=0.1)
    np.testing.assert_allclose(weights, [0.8, 0.7])
    np.testing.assert_allclose(bias, 0.4)
    same, _ = neuron.perceptron_update([[2.0, 3.0]], [1], [1.0, 1.0], 0.5)
    np.testing.assert_array_equal(same, [1.0, 1.0])
    x, targets = np.eye(3, dtype=np.float32), np.eye(3)[[1, 2, 0]]
    weights, bias = neuron.perceptron_update(x, targets, np.zeros((3, 3), np.float32), np.zeros(3, np.float32))
    np.testing.assert_array_equal(weights, targets - 1)
    np.testing.assert_array_equal(bias, [-2, -2, -2])
    assert weights.dtype == bias.dtype == np.float32


@st.composite
def separated(draw):
    """Points with a known line between them, and that line."""
    points = draw(arrays(np.float64, st.tuples(st.integers(2, 12), st.integers(1, 3)), elements=st.floats(-5, 5)))
    weights = draw(arrays(np.float64, points.shape[1], elements=st.floats(-1, 1)))
    bias = draw(st.floats(-2, 2))
    scores = points @ weights + bias
    keep = np.abs(scores) > 0.4
    assume(keep.any())
    return points[keep], (scores[keep] > 0).astype(int), weights, bias


@settings(max_examples=60, deadline=None)
@given(case=separated())
def test_it_converges_within_the_bound_on_separable_data(case):
    points, labels, weights, bias = case
    bound = neuron.mistake_bound(points, labels, weights, bias)
    history = neuron.train_perceptron(points, labels, epochs=int(bound) + 1)
    assert history.converged
    assert len(history.lines) == sum(history.mistakes) <= bound
    np.testing.assert_array_equal(neuron.perceptron(points, history.weights, history.bias), labels)
    assert neuron.is_linearly_separable(points, labels)


@settings(max_examples=60, deadline=None)
@given(case=separated(), data=st.data())
def test_a_point_of_the_other_class_between_two_is_never_separable(case, data):
    points, _, _, _ = case
    assume(len(points) > 1 and not np.array_equal(points[0], points[1]))
    middle = points[0] + data.draw(st.floats(0.1, 0.9)) * (points[1] - points[0])
    points, labels = np.vstack([points[:2], middle]), [0, 0, 1]
    assert not neuron.is_linearly_separable(points, labels)
    assert not neuron.train_perceptron(points, labels, epochs=30).converged


@pytest.mark.parametrize("shift", [0.0, 1e6, 1e9])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_separability_does_not_depend_on_scale_and_place(shift, scale):
    points = shift * scale + scale * np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    assert neuron.is_linearly_separable(points, [0, 0, 0, 1])
    assert not neuron.is_linearly_separable(points, [0, 1, 1, 0])
    assert neuron.is_linearly_separable(points, [1, 1, 1, 1])


def test_equal_points_of_two_classes_and_touching_classes_are_not_separable():
    assert not neuron.is_linearly_separable([[1.0], [1.0]], [0, 1])
    assert not neuron.is_linearly_separable([[0.0], [1.0], [2.0], [1.0]], [0, 0, 1, 1])


def test_the_history_shows_every_line_and_follows_the_rule():
    history = neuron.train_perceptron(DATA, [0, 0, 0, 1], lr=0.5)
    weights, bias = np.zeros(2), 0.0
    for line in history.lines:
        error = [0, 0, 0, 1][line.sample] - neuron.perceptron(DATA[[line.sample]], weights, bias)[0]
        assert error != 0
        weights, bias = weights + 0.5 * error * DATA[line.sample], bias + 0.5 * error
        np.testing.assert_array_equal(line.weights, weights)
        assert line.bias == bias
    np.testing.assert_array_equal(history.weights, weights)
    assert [sum(line.epoch == epoch for line in history.lines) for epoch in range(len(history.mistakes))] == (
        history.mistakes
    )


def test_xor_never_converges():
    history = neuron.train_perceptron(DATA, [0, 1, 1, 0], epochs=50)
    assert not history.converged
    assert len(history.mistakes) == 50
    assert min(history.mistakes) > 0


def test_bad_neurons_and_inputs_are_named():
    with pytest.raises(SettingError, match="threshold is -1; it must be a whole number, 0 or more"):
        neuron.McCullochPitts(-1)
    with pytest.raises(SettingError, match="line is -1"):
        neuron.McCullochPitts(0, inhibitory=(-1,))
    with pytest.raises(SettingError, match=r"inputs holds 2.0 at index \(0, 1\); every value must be 0 or 1"):
        neuron.AND([[0, 2]])
    with pytest.raises(SettingError, match=r"inputs has shape \(4, 1\); its last axis must reach line 1"):
        neuron.AND(np.zeros((4, 1)))
    with pytest.raises(SettingError, match="inputs is 0"):
        neuron.truth_table(neuron.AND, 0)


def test_bad_perceptron_arguments_are_named():
    with pytest.raises(SettingError, match=r"weights has shape \(3,\); its first axis must be inputs' D, 2"):
        neuron.perceptron(DATA, [1.0, 1.0, 1.0], 0.0)
    with pytest.raises(SettingError, match=r"bias has shape \(2,\); it must be \(\)"):
        neuron.perceptron(DATA, [1.0, 1.0], [0.0, 0.0])
    with pytest.raises(SettingError, match="inputs holds nan"):
        neuron.perceptron([[np.nan]], [1.0], 0.0)
    with pytest.raises(SettingError, match=r"targets has shape \(4, 1\); it must be \(4,\)"):
        neuron.perceptron_update(DATA, np.zeros((4, 1)), [1.0, 1.0], 0.0)
    with pytest.raises(SettingError, match="lr is -1; it must be a finite number at least 0"):
        neuron.perceptron_update(DATA, [0, 0, 0, 1], [1.0, 1.0], 0.0, lr=-1)
    with pytest.raises(SettingError, match=r"labels has shape \(4, 1\); it must be \(4,\)"):
        neuron.train_perceptron(DATA, np.zeros((4, 1), int))
    with pytest.raises(SettingError, match=r"labels holds 2 at index \(0,\); a label must lie in \[0, 1\]"):
        neuron.is_linearly_separable([[0.0]], [2])
    with pytest.raises(SettingError, match="lr is 0"):
        neuron.train_perceptron(DATA, [0, 0, 0, 1], lr=0)
    with pytest.raises(SettingError, match="epochs is 0"):
        neuron.train_perceptron(DATA, [0, 0, 0, 1], epochs=0)
    with pytest.raises(SettingError, match="the line misses sample 3"):
        neuron.mistake_bound(DATA, [0, 0, 0, 1], [1.0, 1.0], -2.0)
    with pytest.raises(SettingError, match=r"weights has shape \(1,\); it must be \(2,\)"):
        neuron.mistake_bound(DATA, [0, 0, 0, 1], [1.0], -2.0)
