"""The JavaScript twin answers as the textbook does, function by function, in a browser."""

import re

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from muslin.textbook import activations, distances, information, losses, neuron, optimizers
from muslin.textbook.network import grid
from tests.browser.twin import FOLDER, Twin, assert_agree

drawn = settings(max_examples=25, deadline=None)
EXTREMES = [0.0, -0.0, 1.0, -1.0, 37.5, -37.5, 1000.0, -1000.0, 1e308, -1e308, 5e-324, 1e-300, 0.5, -0.5]


def numbers(size: int | None = None, extent: float = 30.0) -> st.SearchStrategy[np.ndarray]:
    """Vectors, of both signs and with zeros and ties among them."""
    number = st.one_of(st.floats(-extent, extent), st.integers(-3, 3).map(float))
    return st.lists(number, min_size=size or 1, max_size=size or 12).map(np.array)


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def shares(rows: int, classes: int, sparse: bool) -> st.SearchStrategy[np.ndarray]:
    """Distributions (rows, classes), with zeros among them where they are sparse."""
    weight = st.floats(1e-9, 1.0) | (st.just(0.0) if sparse else st.just(0.5))
    cells = st.lists(weight, min_size=rows * classes, max_size=rows * classes)

    def scaled(given: list[float]) -> np.ndarray:
        cells = np.reshape(given, (rows, classes))
        cells = np.where(cells.sum(axis=1, keepdims=True) > 0, cells, 1)
        return cells / cells.sum(axis=1, keepdims=True)

    return cells.map(scaled)


@st.composite
def scored(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Scores, two sets of distributions (B, K) and labels (B,)."""
    rows, classes = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    extent = draw(st.sampled_from([1.0, 30.0, 1e4]))
    scores = draw(numbers(rows * classes, extent)).reshape(rows, classes)
    labels = draw(st.lists(st.integers(0, classes - 1), min_size=rows, max_size=rows))
    return scores, draw(shares(rows, classes, True)), draw(shares(rows, classes, True)), np.array(labels)


ELEMENTWISE = ["step", "sigmoid", "tanh", "relu", "gelu"]


@pytest.mark.parametrize("name", [f"{name}{slope}" for name in ELEMENTWISE for slope in ("", "_gradient")])
@drawn
@example(xs=EXTREMES)
@given(xs=st.lists(st.floats(-45, 45), min_size=100, max_size=200))
def test_activations(twin: Twin, name, xs):
    ours = twin.call(*([camel(name), x] for x in xs))
    xs = np.array(xs)
    near = np.clip(xs, -40, 40)
    bell = np.abs(near) * np.exp(-near * near / 2)  # the slope of gelu is the sum of this and of a share
    bound = 1e-14 if name == "gelu" else 1e-12  # erfc is the twin's own
    assert_agree(ours, getattr(activations, name)(xs), bell if name == "gelu_gradient" else 0, bound)


def test_infinities(twin: Twin):
    names = [name + slope for name in ELEMENTWISE[:-1] for slope in ("", "_gradient")]
    for x in (np.inf, -np.inf):
        assert_agree(
            twin.call(*([camel(name), x] for name in names)), [getattr(activations, name)(x) for name in names]
        )


def test_no_overflow_and_ties(twin: Twin):
    calls = [["sigmoid", -1000], ["softmax", [1000.0, 1000.0, -1000.0]], ["logSoftmax", [1e4, 0.0]]]
    assert twin.call(*calls) == [0, [0.5, 0.5, 0], [0, -10000]]
    ties = [["step", 0], ["reluGradient", 0], ["relu", 0], ["hingeLossGradient", [0.0, 1.0, 0.0], [1.0], 3]]
    assert twin.call(*ties) == [1, 0, 0, [0, 0, 0]]  # at a margin of exactly 1, there is nothing to gain


@drawn
@given(given=scored(), above=numbers(20))
def test_softmax(twin: Twin, given, above):
    scores, *_ = given
    classes = scores.shape[1]
    upstream = np.resize(above, scores.shape)
    soft, soft_slope, log, log_slope = twin.call(
        ["softmax", scores, classes],
        ["softmaxGradient", scores, upstream, classes],
        ["logSoftmax", scores, classes],
        ["logSoftmaxGradient", scores, upstream, classes],
    )
    terms = np.abs(upstream).sum(axis=1, keepdims=True)
    assert_agree(soft, activations.softmax(scores))
    assert_agree(soft_slope, activations.softmax_gradient(scores, upstream), activations.softmax(scores) * terms)
    assert_agree(log, activations.log_softmax(scores), 1)  # the logarithm of a sum of 1 and more
    assert_agree(log_slope, activations.log_softmax_gradient(scores, upstream), terms)


@drawn
@given(pair=st.integers(1, 9).flatmap(lambda size: st.tuples(numbers(size), numbers(size))))
def test_losses_of_numbers(twin: Twin, pair):
    names = [name + slope for name in ("l1_loss", "l2_loss", "mean_squared_error") for slope in ("", "_gradient")]
    for name, ours in zip(names, twin.call(*([camel(name), *pair] for name in names)), strict=True):
        assert_agree(ours, getattr(losses, name)(*pair))


@drawn
@given(given=scored(), smoothing=st.floats(0, 1))
def test_losses_of_classes(twin: Twin, given, smoothing):
    scores, beliefs, truths, labels = given
    rows, classes = scores.shape
    hard, smooth = losses.one_hot(labels, classes), losses.smooth_labels(labels, classes, smoothing)
    hinge, hinge_slope, one_hot, smoothed = twin.call(
        ["hingeLoss", scores, labels, classes],
        ["hingeLossGradient", scores, labels, classes],
        ["oneHot", labels, classes],
        ["smoothLabels", labels, classes, smoothing],
    )
    assert_agree(hinge, losses.hinge_loss(scores, labels))
    assert_agree(hinge_slope, losses.hinge_loss_gradient(scores, labels))
    assert_agree(one_hot, hard)
    assert_agree(smoothed, smooth)
    assert losses.cross_entropy_with_logits(scores, hard) == losses.cross_entropy_with_logits(scores, labels)
    for targets in (hard, smooth, truths):
        loss, slope, fused, fused_slope = twin.call(
            ["crossEntropyLoss", beliefs, targets, classes],
            ["crossEntropyLossGradient", beliefs, targets, classes],
            ["crossEntropyWithLogits", scores, targets, classes],
            ["crossEntropyWithLogitsGradient", scores, targets, classes],
        )
        assert_agree(loss, losses.cross_entropy_loss(beliefs, targets))
        assert_agree(slope, losses.cross_entropy_loss_gradient(beliefs, targets))
        assert_agree(fused, losses.cross_entropy_with_logits(scores, targets), 1)
        assert_agree(fused_slope, losses.cross_entropy_with_logits_gradient(scores, targets), 1 / rows)


@drawn
@example(given=([0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0], [-1000.0, 1000.0, 1000.0, -1000.0]))  # log(0)
@example(given=([1e-9], [0.0], [-40.0]))  # where 1 - p has few digits of p
@given(
    given=st.integers(1, 9).flatmap(
        lambda size: st.tuples(
            st.lists(st.floats(0, 1), min_size=size, max_size=size),
            st.lists(st.sampled_from([0.0, 1.0, 0.3]) | st.floats(0, 1), min_size=size, max_size=size),
            numbers(size, 800).map(list),
        )
    )
)
def test_binary_losses(twin: Twin, given):
    beliefs, truths, logits = map(np.array, given)
    for name, outputs in (("binary_cross_entropy", beliefs), ("binary_cross_entropy_with_logits", logits)):
        loss, slope = twin.call([camel(name), outputs, truths], [f"{camel(name)}Gradient", outputs, truths])
        fused = outputs is logits
        assert_agree(loss, getattr(losses, name)(outputs, truths), 1 + np.abs(logits).mean() if fused else 0)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            parts = (1 - truths) / (1 - beliefs) + truths / beliefs
        terms = 1 if fused else np.where(np.isfinite(parts), parts, 0)
        assert_agree(slope, getattr(losses, f"{name}_gradient")(outputs, truths), terms / len(outputs))


@drawn
@example(pair=(np.array([1e200, -1e200]), np.zeros(2)))
@example(pair=(np.array([1e308, 0.0]), np.array([-1e308, 1.0])))
@given(pair=st.integers(1, 9).flatmap(lambda size: st.tuples(numbers(size), numbers(size))))
def test_distances(twin: Twin, pair):
    names = [name + slope for name in ("l1_distance", "l2_distance") for slope in ("", "_gradient")]
    with np.errstate(over="ignore"):
        theirs = [getattr(distances, name)(*pair) for name in names]
    for ours, wanted in zip(twin.call(*([camel(name), *pair] for name in names)), theirs, strict=True):
        assert_agree(ours, wanted)


@drawn
@example(pair=np.array([[0.5, 0.5, 0.0], [0.0, 0.5, 0.5]]), base=None)
@given(pair=st.integers(1, 6).flatmap(lambda classes: shares(2, classes, True)), base=st.none() | st.floats(1.5, 10))
def test_information(twin: Twin, pair, base):
    p, q = pair
    terms = np.abs(np.log(pair[pair > 0])).max() / (np.log(base) if base else 1)
    entropy, cross, divergence = twin.call(
        ["entropy", p, base], ["crossEntropy", p, q, base], ["klDivergence", p, q, base]
    )
    assert_agree(twin.call(*(["surprise", each, base] for each in p)), information.surprise(p, base))
    assert_agree(entropy, information.entropy(p, base))
    assert_agree(cross, information.cross_entropy(p, q, base))
    assert_agree(divergence, information.kl_divergence(p, q, base), terms)


@st.composite
def labelled(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Points (B, D) and labels, on a lattice of eighths, where sums are exact and a point may lie on the line."""
    rows, width = draw(st.integers(1, 8)), draw(st.integers(1, 3))
    points = draw(st.lists(st.integers(-16, 16), min_size=rows * width, max_size=rows * width))
    labels = draw(st.lists(st.integers(0, 1), min_size=rows, max_size=rows))
    return np.reshape(points, (rows, width)) / 8, np.array(labels)


@drawn
@given(given=labelled(), line=st.lists(st.integers(-8, 8), min_size=4, max_size=4), lr=st.sampled_from([0.0, 0.5, 1.0]))
def test_perceptron(twin: Twin, given, line, lr):
    points, labels = given
    weights, bias = np.array(line[: points.shape[1]]) / 4, line[3] / 4
    outputs, moved, bound = twin.call(
        ["perceptron", points, weights, bias],
        ["perceptronUpdate", points, labels, weights, bias, lr],
        ["mistakeBound", points, labels, weights, bias],
    )
    assert_agree(outputs, neuron.perceptron(points, weights, bias))
    new_weights, new_bias = neuron.perceptron_update(points, labels, weights, bias, lr)
    assert_agree(moved["weights"], new_weights)
    assert_agree(moved["bias"], new_bias)
    if ((2 * labels - 1) * (points @ weights + bias) > 0).all():
        assert_agree(bound, neuron.mistake_bound(points, labels, weights, bias))
    else:
        assert "it must separate the classes" in bound["error"]


@drawn
@given(given=labelled(), lr=st.sampled_from([0.25, 1.0]), epochs=st.integers(1, 30))
def test_training_a_perceptron(twin: Twin, given, lr, epochs):
    points, labels = given
    ours = twin.run("learn", [points, labels, points.shape[1], {"lr": lr, "epochs": epochs}])
    theirs = neuron.train_perceptron(points, labels, lr=lr, epochs=epochs)
    lines = [
        {"epoch": line.epoch, "sample": line.sample, "weights": line.weights.tolist(), "bias": line.bias}
        for line in theirs.lines
    ]
    assert ours == {
        "lines": lines,
        "mistakes": theirs.mistakes,
        "weights": theirs.weights.tolist(),
        "bias": theirs.bias,
        "converged": theirs.converged,
    }


@st.composite
def wired(draw: st.DrawFn) -> tuple[int, list[list[neuron.McCullochPitts]]]:
    """A number of inputs, and layers of neurons wired at random."""
    inputs = width = draw(st.integers(1, 4))
    layers = []
    for _ in range(draw(st.integers(1, 3))):
        lines = st.lists(st.integers(0, width - 1), max_size=3)
        made = st.builds(neuron.McCullochPitts, st.integers(0, 3), lines, lines)
        layers.append(draw(st.lists(made, min_size=1, max_size=3)))
        width = len(layers[-1])
    return inputs, layers


@drawn
@given(given=wired())
def test_mcculloch_and_pitts(twin: Twin, given):
    inputs, layers = given
    net = neuron.McCullochPittsNet(layers)
    table = neuron.truth_table(net, inputs)
    rows = table[:, :inputs].tolist()
    made = [[vars(each) for each in layer] for layer in layers]
    ours = twin.run("neurons", {"layers": made, "rows": rows, "inputs": inputs})
    assert ours["table"] == table.tolist()
    assert ours["states"] == [[state.tolist() for state in net.states(row)] for row in rows]


def test_the_gates(twin: Twin):
    gates = {"AND": 2, "OR": 2, "NOT": 1, "XOR": 2}
    for name, inputs in gates.items():
        ours = twin.run("(name => maths.truthTable(maths[name], name === 'NOT' ? 1 : 2))", name)
        assert ours == neuron.truth_table(getattr(neuron, name), inputs).tolist()


OPTIMIZERS = {
    "gradient_step": {},
    "momentum": {"beta": st.floats(0, 0.99)},
    "nesterov": {"beta": st.floats(0, 0.99)},
    "adam": {"betas": st.tuples(st.floats(0, 0.99), st.floats(0, 0.999)), "eps": st.sampled_from([1e-8, 1e-3])},
    "adamw": {"betas": st.tuples(st.floats(0, 0.99), st.floats(0, 0.999)), "weight_decay": st.floats(0, 1)},
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@drawn
@given(data=st.data(), vectors=st.integers(1, 6).flatmap(lambda size: st.lists(numbers(size), min_size=2, max_size=6)))
def test_optimizers(twin: Twin, name, data, vectors):
    chosen = {key: data.draw(values, label=key) for key, values in OPTIMIZERS[name].items()}
    chosen["lr"] = data.draw(st.floats(0, 1), label="lr")
    weights, *gradients = vectors
    given = {"name": camel(name), "weights": weights, "gradients": gradients}
    ours = twin.run("optimize", given | {"settings": {camel(key): value for key, value in chosen.items()}})
    state = None
    terms = np.abs(weights)
    for gradient, moved in zip(gradients, ours, strict=True):
        before = weights
        weights, state = getattr(optimizers, name)(weights, gradient, state, **chosen)
        terms = terms + np.abs(weights - before)
        assert_agree(moved, weights, terms)


@drawn
@given(weights=numbers(), strength=st.floats(0, 2), lr=st.floats(0, 1))
def test_penalties(twin: Twin, weights, strength, lr):
    names = [name + slope for name in ("l1_penalty", "l2_penalty") for slope in ("", "_gradient")]
    for name, ours in zip(names, twin.call(*([camel(name), weights, strength] for name in names)), strict=True):
        assert_agree(ours, getattr(optimizers, name)(weights, strength))
    decayed = twin.run(
        "(([weights, lr, decay]) => { maths.decoupledDecay(weights, lr, decay); return weights })",
        [weights, lr, strength],
    )
    assert_agree(decayed, optimizers.decoupled_decay(weights, lr, strength), np.abs(weights))


@drawn
@given(extent=st.floats(1e-3, 1e3), lines=st.integers(2, 9))
def test_grid(twin: Twin, extent, lines):
    assert_agree(twin.call(["grid", extent, lines])[0], grid(extent, lines), extent)


NAN = float("nan")
MISTAKES = [
    *([camel(name + slope), NAN] for name in ELEMENTWISE for slope in ("", "_gradient")),
    ["gelu", np.inf],
    ["softmax", [1.0, NAN]],
    ["softmax", [1.0, np.inf]],
    ["softmax", [1.0, 2.0, 3.0], 2],
    ["softmaxGradient", [1.0, 2.0], [1.0]],
    ["l1Loss", [1.0], [1.0, 2.0]],
    ["meanSquaredErrorGradient", [NAN], [1.0]],
    ["crossEntropyLoss", [0.5, 0.4], [1.0, 0.0], 2],
    ["crossEntropyWithLogits", [0.5, 0.4], [1.0, 1.0], 2],
    ["binaryCrossEntropy", [1.5], [1.0]],
    ["binaryCrossEntropyWithLogits", [1.5], [-1.0]],
    ["hingeLoss", [1.0, 2.0], [2.0], 2],
    ["oneHot", [0.5], 2],
    ["smoothLabels", [0.0], 2, 1.5],
    ["l2Distance", [1.0], [1.0, 2.0]],
    ["l1Distance", [NAN], [1.0]],
    ["surprise", 1.5],
    ["entropy", [0.5, 0.4]],
    ["entropy", [0.5, 0.5], 1],
    ["crossEntropy", [1.0], [0.5, 0.5]],
    ["perceptron", [1.0, 2.0, 3.0], [1.0, 1.0], 0],
    ["perceptron", [1.0], [NAN], 0],
    ["perceptronUpdate", [1.0], [0.5], [1.0], 0],
    ["trainPerceptron", [1.0], [1.0], 1, {"lr": 0}],
    ["trainPerceptron", [1.0], [2.0], 1],
    ["truthTable", {}, 0],
    ["grid", 0],
    ["grid", 1, 1],
    ["l2Penalty", [1.0], -1],
    ["l1Penalty", [NAN], 1],
    ["decoupledDecay", [1.0], 1, -1],
    ["gradientStep", [1.0], [1.0], {}, {"lr": -1}],
    ["gradientStep", [1.0], [1.0], {}, {}],
    ["gradientStep", [1.0], [np.inf], {}, {"lr": 1}],
    ["momentum", [1.0], [1.0], {"velocity": [0.0]}, {"lr": 1, "beta": 1}],
    ["adam", [1.0], [1.0], {}, {"betas": [0.9, NAN]}],
    ["adam", [1.0], [1.0], {}, {"eps": -1}],
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake[0])
def test_mistakes_are_refused_in_a_sentence(twin: Twin, mistake):
    (answer,) = twin.call(mistake)
    assert re.fullmatch(r"\w+ .*must .*", answer["error"])


def test_the_folder_is_small_and_draws_nothing():
    lines = [line.strip() for path in FOLDER.glob("*.js") for line in path.read_text(encoding="utf-8").splitlines()]
    code = [line for line in lines if re.search(r"\w", line) and not line.startswith(("//", "/*", "*"))]
    assert len(code) <= 600  # without comments, empty lines and closing brackets
    browsers = re.compile(r"\b(document|window|globalThis)[.\[]|\b(fetch|eval|Function)\(")
    assert not [line for line in code if browsers.search(line)]
