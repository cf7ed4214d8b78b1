"""Draws the pictures of docs/lecture.md from what the textbook computes, into docs/images/lecture.

    python docs/figures.py                # all of them
    python docs/figures.py warp gates     # some, by name

Everything is seeded: the same versions draw the same files.
"""

import io
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from numpy.typing import NDArray
from PIL import Image

from muslin.data.sources.fashion_mnist import CLASSES, FOLDER
from muslin.data.sources.idx import read_idx
from muslin.textbook import activations, distances, information, losses, neuron, optimizers, plane
from muslin.textbook.network import Network, Step, grid, warp
from muslin.textbook.rules import KnowledgeBase, Premise, Reason

Array: TypeAlias = NDArray[Any]
Gradient: TypeAlias = Callable[[Array, Array], Array]

OUT = Path(__file__).parent / "images" / "lecture"
BLUE, RED, GREY, INK = "#1b6ca8", "#c2410c", "#6b7280", "#1f2937"
COLOURS = (BLUE, RED, "#4d7c0f", "#7e22ce", "#a16207")
MARKERS = ("o", "s", "^", "D", "P")  # shape beside colour, for eyes that do not tell the colours apart
BLUE_RED = LinearSegmentedColormap.from_list("blue-red", [RED, "white", BLUE])
DPI = 110
STYLE = {
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.labelsize": 10,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


# What the pictures share.


def panels(columns: int, height: float = 3.4, rows: int = 1, **layout: Any) -> tuple[Figure, list[Axes]]:
    """A figure as wide as a page, and its axes row by row."""
    figure = Figure(figsize=(9, height), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08)
    return figure, list(figure.subplots(rows, columns, squeeze=False, **layout).flatten())


def scatter(axes: Axes, points: Array, labels: Array, size: float = 16) -> None:
    """Points (N, 2), a colour and a shape for each label."""
    for label, colour, marker in zip(np.unique(labels), COLOURS, MARKERS, strict=False):
        axes.scatter(*points[labels == label].T, s=size, color=colour, marker=marker, linewidths=0)


def draw_line(axes: Axes, weights: Array, bias: float, **style: Any) -> None:
    """The line weights @ x + bias = 0, across the axes."""
    offset = -bias * weights / (weights @ weights)
    along = np.array([-weights[1], weights[0]]) / np.linalg.norm(weights)
    axes.plot(*np.array([offset - 9 * along, offset + 9 * along]).T, **style)


def square(axes: Axes, extent: float, title: str = "") -> None:
    """The plane around the origin, without ticks that nobody reads."""
    axes.set(xlim=(-extent, extent), ylim=(-extent, extent), aspect="equal", xticks=[], yticks=[], title=title)
    axes.spines[["left", "bottom"]].set_visible(False)


def curves(axes: Axes, title: str, xlabel: str, ylabel: str) -> None:
    """Titles and a faint grid."""
    axes.set(title=title, xlabel=xlabel, ylabel=ylabel)
    axes.grid(alpha=0.25)


def box(axes: Axes, x: float, y: float, text: str, width: float, colour: str = INK, height: float = 0.5) -> None:
    """A rounded box around its centre, with text in it."""
    corner = (x - width / 2, y - height / 2)
    style = {"boxstyle": "round,pad=0.04", "facecolor": "white", "edgecolor": colour, "lw": 1.5}
    axes.add_patch(FancyBboxPatch(corner, width, height, **style))
    axes.text(x, y, text, ha="center", va="center", color=colour)


def arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], **style: Any) -> None:
    """A straight arrow."""
    settings = {"color": GREY, "lw": 1.5, "arrowstyle": "-|>", "mutation_scale": 12, **style}
    axes.add_patch(FancyArrowPatch(start, end, **settings))


# 2. Knowledge base.

GARMENTS = """
facts sleeves, laces
numbers height, width
rule boot certainty 0.9
    if footwear
    and tall
    then class = boot
rule tall
    if height > 20
    then tall
rule footwear certainty 0.8
    if laces
    and not sleeves
    then footwear
"""


def draw_rule_chain() -> Figure:
    """The chain behind one conclusion, as a tree, and the same as why() writes it."""
    session = KnowledgeBase.parse(GARMENTS).session(["height = 23", "width = 18", "laces"])
    reason = session.why("class = boot")
    figure, (tree, words) = panels(2, 3.1, width_ratios=(3, 2))
    rows = iter(range(3))
    draw_reason(tree, reason, depth=0, rows=rows)
    tree.set(xlim=(-4.55, 0.85), ylim=(2.7, -0.6), xticks=[], yticks=[], title="Facts that were told, chained by rules")
    words.set(xticks=[], yticks=[], title='why("class = boot")')
    words.text(0, 0.93, str(reason), va="top", family="monospace", fontsize=9, transform=words.transAxes)
    for axes in (tree, words):
        axes.spines[:].set_visible(False)
    return figure


def draw_reason(axes: Axes, reason: Reason, depth: int, rows: Iterator[int]) -> float:
    """Draws a fact right of what it rests on; returns its height."""
    heights = [
        draw_premise(axes, premise, rule.rule.name, depth, rows) for rule in reason.because for premise in rule.premises
    ]
    y = float(np.mean([height for height, _ in heights])) if heights else float(next(rows))
    for height, name in heights:
        arrow(axes, (-1.85 * depth - 1.2, height), (-1.85 * depth - 0.68, y))
        axes.text(-1.85 * depth, y + 0.38, name, ha="center", va="top", color=RED, fontsize=9)
    box(axes, -1.85 * depth, y, f"{reason.fact}\n{reason.certainty:.3g}", 1.2, BLUE if heights else INK, height=0.56)
    return y


def draw_premise(axes: Axes, premise: Premise, rule: str, depth: int, rows: Iterator[int]) -> tuple[float, str]:
    """Draws one condition of a rule; returns its height and the rule's name."""
    if premise.reasons:
        return draw_reason(axes, premise.reasons[0], depth + 1, rows), f"rule {rule}"
    y = float(next(rows))
    box(axes, -1.85 * (depth + 1), y, f"{premise.condition}\n{premise.certainty:.3g}", 1.2, GREY, height=0.56)
    return y, f"rule {rule}"


# 3. McCulloch-Pitts.


SILENT = {"s": 130, "facecolors": "white", "edgecolors": BLUE, "linewidths": 2, "label": "silent (0)", "zorder": 3}
FIRES = {"s": 130, "color": RED, "marker": "s", "label": "fires (1)", "zorder": 3}


def draw_gates() -> Figure:
    """Gates on the square of their inputs; XOR before and after its first layer, and how it is wired."""
    figure, axes = panels(3, 5.8, rows=2)
    draw_gate(axes[0], neuron.truth_table(neuron.AND, 2), "AND, threshold 2", line=1.5)
    draw_gate(axes[1], neuron.truth_table(neuron.OR, 2), "OR, threshold 1", line=0.5)
    draw_not(axes[2])
    table = neuron.truth_table(neuron.XOR, 2)
    draw_gate(axes[3], table, "XOR: no line separates it")
    draw_wiring(axes[4])
    hidden = np.column_stack([neuron.XOR.states(table[:, :2])[1], table[:, 2]])
    draw_gate(axes[5], hidden, "XOR behind its first layer", line=0.5, names=("$h_0$", "$h_1$"))
    return figure


def draw_gate(
    axes: Axes, table: Array, title: str, line: float | None = None, names: tuple[str, str] = ("$x_0$", "$x_1$")
) -> None:
    """A truth table on the plane: squares fire, rings do not; x0 + x1 = line separates them."""
    fires = table[:, 2] == 1
    axes.scatter(*table[~fires, :2].T, **SILENT)
    axes.scatter(*table[fires, :2].T, **FIRES)
    if line is not None:
        draw_line(axes, np.ones(2), -line, color=GREY, ls="--", lw=1.5)
    axes.set(xlim=(-0.4, 1.5), ylim=(-0.4, 1.5), aspect="equal", xticks=[0, 1], yticks=[0, 1], title=title)
    axes.set(xlabel=names[0], ylabel=names[1])


def draw_not(axes: Axes) -> None:
    """NOT has one input: a line of two points."""
    for x, answer in neuron.truth_table(neuron.NOT, 1):
        axes.scatter(x, 0, **(FIRES if answer else SILENT))
    axes.axvline(0.5, color=GREY, ls="--", lw=1.5, ymin=0.25, ymax=0.75)
    axes.set(xlim=(-0.4, 1.5), ylim=(-0.95, 0.95), aspect="equal", xticks=[0, 1], yticks=[], xlabel="$x_0$")
    axes.set_title("NOT, one inhibitory line")
    axes.legend(loc="upper center", ncols=2, handletextpad=0.1)
    axes.spines["left"].set_visible(False)


def draw_wiring(axes: Axes) -> None:
    """XOR's neurons and lines, read from the net: round ends inhibit."""
    where = [(0.0, (1.5, 0.0)), (1.5, (1.5, 0.0)), (3.0, (0.75,))]
    for x, heights in where:
        for index, y in enumerate(heights):
            axes.add_patch(Circle((x, y), 0.3, facecolor="white", edgecolor=INK, lw=1.5, zorder=3))
            text = f"$x_{index}$" if x == 0 else f"≥ {neuron.XOR.layers[int(x > 2)][index].threshold}"
            axes.text(x, y, text, ha="center", va="center", zorder=4)
    for layer, neurons in enumerate(neuron.XOR.layers):
        (left, below), (right, above) = where[layer], where[layer + 1]
        for index, one in enumerate(neurons):
            for source in one.excitatory:
                arrow(axes, (left + 0.3, below[source]), (right - 0.3, above[index]), color=BLUE)
            for source in one.inhibitory:
                inhibit(axes, (left, below[source]), (right, above[index]))
    axes.set(xlim=(-0.5, 3.5), ylim=(-1.1, 2.1), aspect="equal", xticks=[], yticks=[], title="How XOR is wired")
    axes.text(1.5, -0.5, "arrow: excites\nround end: inhibits", ha="center", va="top", fontsize=9)
    axes.spines[:].set_visible(False)


def inhibit(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    """An inhibitory line, from one neuron's rim to another's."""
    way = np.subtract(end, start)
    way /= np.linalg.norm(way)
    first, last = start + 0.3 * way, end - 0.42 * way
    axes.plot(*np.array([first, last]).T, color=RED, lw=1.5)
    axes.scatter(*last, s=45, facecolors="white", edgecolors=RED, linewidths=1.5, zorder=4)


# 4. Perceptron.


def draw_perceptron() -> Figure:
    """The perceptron's line after every mistake, and its mistakes in each pass."""
    points, labels = plane.blobs(60, noise=0.15, seed=0)
    history = neuron.train_perceptron(points, labels)
    figure, (left, right) = panels(2, 4.0, width_ratios=(1.15, 1))
    for age, line in enumerate(history.lines[:-1]):
        fade = 0.12 + 0.5 * age / len(history.lines)
        draw_line(left, line.weights, line.bias, color=GREY, alpha=fade, lw=1)
    draw_line(left, history.weights, history.bias, color=INK, lw=2.2, label="last line, no mistakes")
    scatter(left, points, labels, size=28)
    wrong = points[sorted({line.sample for line in history.lines})]
    left.scatter(*wrong.T, s=110, facecolors="none", edgecolors=INK, linewidths=1.2, label="was a mistake")
    left.set(xlim=(-1.2, 1.2), ylim=(-1.2, 1.2), aspect="equal", xlabel="x", ylabel="y")
    left.set_title(f"A line after each of {len(history.lines)} mistakes (older is fainter)")
    left.legend(loc="lower left")
    right.bar(range(1, len(history.mistakes) + 1), history.mistakes, color=BLUE, width=0.7)
    curves(right, "Mistakes grow rare, then stop", "pass over the 60 points", "mistakes (count)")
    right.set(xticks=range(1, len(history.mistakes) + 1), yticks=range(max(history.mistakes) + 1))
    right.grid(axis="x", visible=False)
    return figure


# 5. Separating colours.


def draw_plane_sets() -> Figure:
    """Every set of colours, and whether a straight line separates two of them."""
    figure, axes = panels(4, 5.7, rows=2)
    sets = [(name, name, {}) for name in plane.SETS] + [("blobs", "blobs, three colours", {"classes": 3})]
    for one, (name, title, settings) in zip(axes, sets, strict=True):
        points, labels = plane.make(name, n=220, seed=1, **settings)
        scatter(one, points, labels, size=9)
        square(one, 1.25, title)
        if labels.max() == 1:
            answer = "separates" if neuron.is_linearly_separable(points, labels) else "does not separate"
            one.set_xlabel(f"a line {answer} it", fontsize=9)
        else:
            one.set_xlabel("more than two colours", fontsize=9)
    return figure


def trained(points: Array, labels: Array, hidden: int, seed: int) -> Network:
    """A small network that separates two colours."""
    network = Network((2, hidden, 1), seed=seed)
    for _ in range(300):
        network.step(points, labels, partial(optimizers.adam, lr=0.05), l2=0.005)
    return network


def draw_warp() -> Figure:
    """What one hidden layer does to the plane: weights, bias, nonlinearity; then a straight line is enough."""
    points, labels = plane.two_curves(160, seed=0)
    network = trained(points, labels, hidden=2, seed=0)
    stages = [
        ("The plane", "weights", 0.0),
        ("After the weights", "weights", 1.0),
        ("After the bias", "bias", 1.0),
        ("After tanh", "activation", 1.0),
    ]
    figure, axes = panels(4, 2.8)
    for one, (title, stage, t) in zip(axes, stages, strict=True):
        for line in ruled_paper(1.1):
            one.plot(*warp(network, line, 0, stage, t).T, color=GREY, lw=0.6, alpha=0.6, zorder=0)
        scatter(one, warp(network, points, 0, stage, t), labels, size=9)
        one.plot(0, 0, "+", color=INK, ms=12, mew=1.5, zorder=0)
        square(one, WARP_EXTENT[stage] if t else 1.2, title)
    weights, bias = network.layers()[1]
    draw_line(axes[3], weights[:, 0], float(bias[0]), color=INK, lw=2)
    axes[1].set_xlabel("+ is the origin", fontsize=9)
    axes[3].set_xlabel("a line separates it", fontsize=9)
    axes[0].set_xlabel("no line separates it", fontsize=9)
    return figure


WARP_EXTENT = {"weights": 8.0, "bias": 8.0, "activation": 1.15}  # half the side that is shown


def ruled_paper(extent: float, lines: int = 13) -> list[Array]:
    """The lines of a square grid, each as many points (N, 2) that can be bent."""
    crossings = grid(extent, 10 * lines - 9).reshape(10 * lines - 9, -1, 2)
    return [*crossings[::10], *crossings.transpose(1, 0, 2)[::10]]


# 6. Back-propagation, gradient descent.

CENTRE, STEEPNESS = np.array([1.0, 1.0]), np.array([0.6, 4.0])


def bowl_gradient(weights: Array) -> Array:
    """Gradient of the bowl, 1/2 sum steepness (w - centre)^2."""
    return STEEPNESS * (weights - CENTRE)


def descend(update: Callable[[Array, Array], Array], steps: int = 30) -> Array:
    """The path (steps + 1, 2) that an update rule takes through the bowl."""
    path = [np.array([2.6, 0.2])]
    for _ in range(steps):
        path.append(update(path[-1], bowl_gradient(path[-1])))
    return np.array(path)


def draw_gradient_descent() -> Figure:
    """The right update and the one that also subtracts the weights from the gradient."""
    right = descend(lambda w, g: optimizers.gradient_step(w, g, lr=0.15)[0])
    wrong = descend(lambda w, g: w - 0.15 * (g - w))
    figure, (bowl, loss) = panels(2, 3.8, width_ratios=(1.25, 1))
    x, y = np.meshgrid(np.linspace(-0.3, 7.2, 150), np.linspace(-0.4, 2.4, 100))
    height = 0.5 * (STEEPNESS[0] * (x - 1) ** 2 + STEEPNESS[1] * (y - 1) ** 2)
    bowl.contour(x, y, height, levels=[0.1, 0.4, 1, 2, 3.5, 5.5, 8], colors=GREY, linewidths=0.7, alpha=0.6)
    for path, colour, marker, label in [
        (right, BLUE, "o", "w - lr · g"),
        (wrong, RED, "s", "w - lr · (g - w), wrong"),
    ]:
        bowl.plot(*path.T, color=colour, marker=marker, ms=4, lw=1.2, label=label)
        values = 0.5 * (STEEPNESS * (path - CENTRE) ** 2).sum(axis=1)
        loss.semilogy(values, color=colour, marker=marker, ms=4, lw=1.2, label=label)
    bowl.plot(*CENTRE, marker="*", ms=14, color=INK, ls="", label="minimum")
    bowl.set(xlim=(-0.3, 7.2), ylim=(-0.4, 2.4), xlabel="weight 0", ylabel="weight 1", title="Thirty steps in a bowl")
    bowl.legend(loc="upper right", frameon=True, framealpha=1, edgecolor="white")
    curves(loss, "Only one of them goes down", "step", "loss (log scale)")
    return figure


def draw_backpropagation() -> Figure:
    """One training step of a 2-2-1 network: values forward, gradients backward."""
    network = Network((2, 2, 1), seed=3)
    step = network.backpropagate([[1.0, -1.0]], [1])
    figure, (axes,) = panels(1, 3.9)
    where = [[(0, 2), (0, 0)], [(3, 2), (3, 0)], [(6, 1)]]
    for index, layer in enumerate(step.layers):
        draw_weights(axes, layer.weights, layer.weight_gradient, where[index], where[index + 1])
    draw_nodes(axes, step, where)
    axes.text(6.75, 1, f"target 1\nloss {step.loss:.3f} nats", va="center")
    axes.text(3.2, -0.95, "black: value, going forward", color=INK, ha="right")
    axes.text(3.5, -0.95, "orange-red: gradient of the loss, going backward", color=RED)
    axes.set(xlim=(-0.9, 8.3), ylim=(-1.15, 2.75), xticks=[], yticks=[], aspect="equal")
    axes.spines[:].set_visible(False)
    return figure


def draw_weights(axes: Axes, weights: Array, gradients: Array, left: list[Any], right: list[Any]) -> None:
    """Arrows from each neuron to each, with weight and gradient."""
    for (i, j), weight in np.ndenumerate(weights):
        start, end = np.array(left[i], float), np.array(right[j], float)
        arrow(axes, (start[0] + 0.48, start[1]), (end[0] - 0.5, end[1]))
        place = start + 0.32 * (end - start)
        axes.text(*place, f"{weight:.2f}", ha="center", va="bottom", bbox=PAPER, fontsize=9)
        axes.text(*place, f"{gradients[i, j]:+.2f}", ha="center", va="top", color=RED, bbox=PAPER, fontsize=9)


PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}


def draw_nodes(axes: Axes, step: Step, where: list[list[tuple[int, int]]]) -> None:
    """Each neuron with what went out of it and the gradient that comes back to its sum."""
    first, *_ = step.layers
    values = [first.inputs[0], *(layer.activation[0] for layer in step.layers)]
    gradients = [first.input_gradient[0], *(layer.pre_activation_gradient[0] for layer in step.layers)]
    names = ["input", "tanh", "sigmoid"]
    for index, places in enumerate(where):
        for k, (x, y) in enumerate(places):
            axes.add_patch(Circle((x, y), 0.46, facecolor="white", edgecolor=INK, lw=1.5, zorder=3))
            axes.text(x, y + 0.04, f"{values[index][k]:.2f}", ha="center", va="bottom", zorder=4)
            axes.text(x, y - 0.04, f"{gradients[index][k]:+.2f}", ha="center", va="top", color=RED, zorder=4)
            axes.text(x, y + 0.52, names[index], ha="center", va="bottom", fontsize=9, color=GREY)


# 7. Activations.


def draw_activations() -> Figure:
    """Five activations with their derivatives, and softmax on four scores."""
    figure, axes = panels(3, 5.4, rows=2)
    x = np.linspace(-4, 4, 401)
    for one, name in zip(axes, ("step", "sigmoid", "tanh", "relu", "gelu"), strict=False):
        one.plot(x, getattr(activations, name)(x), color=BLUE, lw=2, label="value")
        one.plot(x, getattr(activations, f"{name}_gradient")(x), color=RED, lw=1.6, ls="--", label="derivative")
        curves(one, name, "x", "")
        one.set_ylim((-1.25, 1.25) if name in ("step", "sigmoid", "tanh") else (-0.5, 3))
    axes[0].legend(loc="lower right")
    scores = np.array([2.0, 1.0, 0.0, -1.0])
    for shift, scale, colour, hatch in [(-0.2, 1, BLUE, ""), (0.2, 2, RED, "//")]:
        label = "scores as they are" if scale == 1 else "scores doubled"
        shares = activations.softmax(scale * scores)
        axes[5].bar(np.arange(4) + shift, shares, 0.38, facecolor="white" if hatch else colour, edgecolor=colour,
                    hatch=hatch, label=label)  # fmt: skip
    curves(axes[5], "softmax", "score of each class", "probability")
    axes[5].set_xticks(range(4), [f"{score:g}" for score in scores])
    axes[5].legend()
    return figure


# 8. Linear classifier, 9. neighbours, 14. the data.


def pictures(start: int, stop: int) -> tuple[Array, Array]:
    """Some of the bundled training pictures (N, 28, 28) uint8 and their labels (N,)."""
    images = read_idx(FOLDER / "train-images-idx3-ubyte.gz")[start:stop]
    return images, read_idx(FOLDER / "train-labels-idx1-ubyte.gz")[start:stop].astype(np.int64)


def rows_of(images: Array) -> Array:
    """Pictures as rows of float32 pixels in [0, 1]."""
    return images.reshape(len(images), -1).astype(np.float32) / 255


def fit_linear(inputs: Array, labels: Array, gradient: Gradient, lr: float) -> tuple[Array, Array]:
    """Weights (D, K) and bias (K,) of a linear classifier, by the gradient of a loss with respect to the scores."""
    generator = np.random.default_rng(0)
    weights, bias = np.zeros((inputs.shape[1], 10), np.float32), np.zeros(10, np.float32)
    for _ in range(1200):
        batch = generator.integers(0, len(inputs), 100)
        x = inputs[batch]
        upstream = gradient(x @ weights + bias, labels[batch])  # (B, K)
        penalty = optimizers.l2_penalty_gradient(weights, weight_decay=0.02)
        weights, _ = optimizers.gradient_step(weights, x.T @ upstream + penalty, lr=lr)
        bias, _ = optimizers.gradient_step(bias, upstream.sum(axis=0), lr=lr)
    return weights, bias


def linear_classifiers() -> dict[str, tuple[Array, Array]]:
    """Softmax and hinge, trained on the same 6,000 pictures."""
    images, labels = pictures(0, 6000)
    return {
        "softmax": fit_linear(rows_of(images), labels, losses.cross_entropy_with_logits_gradient, lr=0.1),
        "hinge": fit_linear(rows_of(images), labels, losses.hinge_loss_gradient, lr=0.02),
    }


def draw_templates() -> Figure:
    """The ten columns of the weights as pictures, for either loss."""
    figure, axes = panels(10, 2.3, rows=2)
    for row, (name, (weights, _)) in enumerate(linear_classifiers().items()):
        limit = np.abs(weights).max()
        for k in range(10):
            one = axes[10 * row + k]
            template = weights[:, k].reshape(28, 28)
            shown = one.imshow(template, cmap=BLUE_RED, vmin=-limit, vmax=limit, interpolation="nearest")
            one.set(xticks=[], yticks=[])
            one.spines[:].set_visible(False)
            if row == 0:
                one.set_title(CLASSES[k].replace("T-shirt/top", "T-shirt").replace("Ankle boot", "Boot"), fontsize=10)
        axes[10 * row].set_ylabel(name, fontsize=11)
        bar = figure.colorbar(shown, ax=axes[10 * row : 10 * row + 10], ticks=[-limit, 0, limit], aspect=8, pad=0.01)
        bar.ax.set_yticklabels(["against", "0", "for"], fontsize=9)
        bar.outline.set_visible(False)
    return figure


def draw_scores() -> Figure:
    """One picture, its ten scores and its loss, by either classifier."""
    images, labels = pictures(50_071, 50_072)
    label = int(labels[0])
    figure, (picture, *axes) = panels(3, 3.6, width_ratios=(0.8, 1, 1))
    picture.imshow(images[0], cmap="gray", vmin=0, vmax=255)
    picture.set(xticks=[], yticks=[], title=f"class: {CLASSES[label]}")
    value = {"softmax": losses.cross_entropy_with_logits, "hinge": losses.hinge_loss}
    for one, (name, (weights, bias)) in zip(axes, linear_classifiers().items(), strict=True):
        scores = (rows_of(images) @ weights + bias)[0]
        near = (name == "hinge") & (scores > scores[label] - 1)
        colours = [BLUE if k == label else RED if near[k] else "#b8bec8" for k in range(10)]
        one.barh(range(10), scores, color=colours, height=0.7)
        unit = " nats" if name == "softmax" else ""
        curves(one, f"{name} loss {value[name](scores, label):.2f}{unit}", "score", "")
        one.set_yticks(range(10), CLASSES if one is axes[0] else [""] * 10)
        one.invert_yaxis()
        one.axvline(0, color=INK, lw=0.8)
        one.grid(axis="y", visible=False)
    axes[1].axvline(scores[label] - 1, color=RED, ls="--", lw=1.6, label="right score - 1: the margin")
    axes[1].legend(loc="upper center", bbox_to_anchor=(0.5, -0.2))
    return figure


def draw_unit_balls() -> Figure:
    """All points at distance 1, and two ways from corner to corner."""
    figure, (balls, ways) = panels(2, 3.8)
    for distance, name, style in [
        (distances.l1_distance, "L1", {"color": RED, "ls": "--"}),
        (distances.l2_distance, "L2", {"color": BLUE}),
    ]:
        ball = distances.unit_ball(distance)
        balls.plot(*np.vstack([ball, ball[:1]]).T, lw=2, label=f"{name} distance 1", **style)
    balls.set(xlim=(-1.6, 1.6), ylim=(-1.25, 1.75), aspect="equal")
    curves(balls, "All points at distance 1 from the middle", "x", "y")
    balls.legend(loc="upper center", ncols=2)
    ways.plot([0, 3, 3], [0, 0, 4], color=RED, ls="--", lw=2, label="L1: 3 + 4 = 7")
    ways.plot([0, 3], [0, 4], color=BLUE, lw=2, label="L2: √(3² + 4²) = 5")
    ways.scatter([0, 3], [0, 4], s=70, color=INK, zorder=3)
    ways.set(xlim=(-1.5, 5), ylim=(-0.6, 5.2), aspect="equal")
    curves(ways, "From (0, 0) to (3, 4)", "x", "y")
    ways.legend(loc="upper left")
    return figure


def draw_neighbours() -> Figure:
    """The nearest training pictures of one picture, by either distance."""
    images, labels = pictures(0, 5000)
    (query,), (label,) = pictures(50_064, 50_065)
    figure, axes = panels(7, 3.7, rows=2)
    for row, (name, pairwise) in enumerate([("L1", distances.pairwise_l1), ("L2", distances.pairwise_l2)]):
        far = pairwise(rows_of(query[None]), rows_of(images))[0]
        draw_picture(axes[7 * row], query, f"{CLASSES[label]}\nasked for")
        axes[7 * row].set_ylabel(f"{name} distance", fontsize=11)
        for one, index in zip(axes[7 * row + 1 : 7 * row + 7], np.argsort(far), strict=False):
            wrong = labels[index] != label
            title = f"{'× ' * int(wrong)}{CLASSES[labels[index]]}\n{far[index]:.1f}"
            draw_picture(one, images[index], title, RED if wrong else BLUE)
    return figure


def draw_picture(axes: Axes, image: Array, title: str, colour: str = INK) -> None:
    """One grey picture under its title."""
    axes.imshow(image, cmap="gray", vmin=0, vmax=255)
    axes.set_title(title, fontsize=10, color=colour)
    axes.set(xticks=[], yticks=[])


def draw_fashion_mnist() -> Figure:
    """The first training pictures of each class."""
    images, labels = pictures(0, 2000)
    gap, columns = 1, 12
    sheet = np.full((10 * (28 + gap), columns * (28 + gap)), 255, np.uint8)
    for row in range(10):
        for column, image in enumerate(images[labels == row][:columns]):
            top, left = row * (28 + gap), column * (28 + gap)
            sheet[top : top + 28, left : left + 28] = image // 4 * 4  # 64 greys look the same and save a quarter
    figure, (axes,) = panels(1, 6.9)
    axes.imshow(sheet[:-gap, :-gap], cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set_yticks(np.arange(10) * (28 + gap) + 14, [f"{k}  {name}" for k, name in enumerate(CLASSES)])
    axes.tick_params(left=False)
    axes.set_xticks([])
    axes.spines[:].set_visible(False)
    return figure


# 10. Regression losses.


def draw_regression_losses() -> Figure:
    """L1 and L2 against the error, with the root that turns one into the other; and three errors summed up."""
    figure, (left, right) = panels(2, 3.7, width_ratios=(1.2, 1))
    errors = np.linspace(-2.5, 2.5, 201)
    left.plot(errors, [losses.l2_loss([d], [0.0]) for d in errors], color=BLUE, lw=2, label="L2: d²")
    left.plot(errors, [losses.l1_loss([d], [0.0]) for d in errors], color=RED, lw=4, alpha=0.45, label="L1: |d|")
    left.plot(errors, np.sqrt(errors**2), color=INK, lw=1.5, ls=":", label="√(d²), meant as L2")
    curves(left, "The root makes L1 of it", "error d = output - target", "loss")
    left.legend(loc="upper center")
    outputs, targets = np.array([1.0, -3.0]), np.zeros(2)
    bars = {
        "L1\nsum |d|": losses.l1_loss(outputs, targets),
        "sum √(d²)\n(wrong)": float(np.sqrt((outputs - targets) ** 2).sum()),
        "L2\nsum d²": losses.l2_loss(outputs, targets),
        "MSE\nmean d²": losses.mean_squared_error(outputs, targets),
    }
    drawn = right.bar(range(4), list(bars.values()), color=[RED, "white", BLUE, BLUE], edgecolor=[RED, INK, BLUE, BLUE])
    drawn[1].set_hatch("..")
    right.bar_label(drawn, fmt="%g", padding=2)
    right.set_ylim(0, 11.5)
    curves(right, "Errors of 1 and -3", "", "loss")
    right.set_xticks(range(4), bars)
    right.grid(axis="x", visible=False)
    return figure


# 11. Information.


def draw_information() -> Figure:
    """Surprise; the entropy of a coin; cross-entropy against what is believed, and KL in between."""
    figure, (left, middle, right) = panels(3, 3.5)
    p = np.linspace(0.005, 1, 300)
    left.plot(p, information.surprise(p, base=2), color=BLUE, lw=2, label="bits")
    left.plot(p, information.surprise(p), color=RED, lw=2, ls="--", label="nats")
    curves(left, "Surprise", "probability p of what happened", "surprise")
    left.legend()
    coin = np.linspace(0, 1, 201)
    both = np.stack([coin, 1 - coin], axis=1)
    middle.plot(coin, information.entropy(both, base=2), color=BLUE, lw=2)
    curves(middle, "Entropy of a coin", "probability of heads", "entropy (bits)")
    believed = np.linspace(0.02, 0.98, 200)
    q = np.stack([believed, 1 - believed], axis=1)
    truth = np.broadcast_to([0.7, 0.3], q.shape)
    cross, own = information.cross_entropy(truth, q, base=2), float(information.entropy(truth[0], base=2))
    right.plot(believed, cross, color=RED, lw=2, label="cross-entropy H(p, q)")
    right.axhline(own, color=BLUE, lw=2, ls="--", label="entropy H(p)")
    right.fill_between(believed, own, cross, color=RED, alpha=0.12, lw=0, label="KL, the gap")
    right.axvline(0.7, ymax=0.55, color=GREY, lw=1, ls=":")
    curves(right, "A coin with 70 % heads", "believed probability of heads", "bits")
    right.set_ylim(0, 5.4)
    right.legend(loc="upper left")
    return figure


# 12. Cross-entropy loss.


def draw_cross_entropy_loss() -> Figure:
    """Loss against probability, loss against score, and gradient against score, with label smoothing."""
    figure, (left, middle, right) = panels(3, 3.6)
    p = np.linspace(0.005, 1, 300)
    pairs = np.stack([p, 1 - p], axis=1)
    left.plot(p, [losses.cross_entropy_loss([pair], [0]) for pair in pairs], color=BLUE, lw=2)
    curves(left, "Loss of a probability", "probability of the right class", "loss (nats)")
    z = np.linspace(-6, 14, 241)
    scores = np.stack([z, *[np.zeros_like(z)] * 9], axis=1)  # the other nine classes score 0
    for smoothing, colour, style in [(0.0, BLUE, "-"), (0.1, RED, "--"), (0.3, INK, ":")]:
        target = losses.smooth_labels([0], 10, smoothing)
        value = np.array([losses.cross_entropy_with_logits([row], target) for row in scores])
        gradient = [losses.cross_entropy_with_logits_gradient([row], target)[0, 0] for row in scores]
        middle.plot(z, value, color=colour, ls=style, lw=2, label=f"smoothing {smoothing:g}")
        right.plot(z, gradient, color=colour, ls=style, lw=2, label=f"smoothing {smoothing:g}")
        if smoothing:
            middle.plot(z[value.argmin()], value.min(), "o", color=colour, ms=6)
    curves(middle, "Loss of a score, ten classes", "right score, the others 0", "loss (nats)")
    curves(right, "Its gradient, softmax - target", "right score, the others 0", "gradient (nats per unit)")
    right.axhline(0, color=GREY, lw=0.8)
    middle.legend()
    return figure


# 13. Weight decay.


def shrink(penalty: Callable[[Array], Array], steps: int = 240) -> Array:
    """Three weights under gradient descent on a penalty alone (steps + 1, 3)."""
    path = [np.array([1.0, 0.6, 0.25])]
    for _ in range(steps):
        path.append(optimizers.gradient_step(path[-1], penalty(path[-1]), lr=0.01)[0])
    return np.array(path)


def shrink_under_adam(size: float, *, coupled: bool, decay: float = 0.5, steps: int = 300) -> Array:
    """One weight under Adam while its gradient swings between +size and -size (steps + 1,)."""
    weight, state, path = np.array([1.0]), None, [1.0]
    for turn in range(steps):
        gradient = np.array([size if turn % 2 else -size])
        if coupled:
            gradient = gradient + optimizers.l2_penalty_gradient(weight, decay)
            weight, state = optimizers.adam(weight, gradient, state, lr=0.01)
        else:
            weight, state = optimizers.adamw(weight, gradient, state, lr=0.01, weight_decay=decay)
        path.append(float(weight[0]))
    return np.array(path)


def draw_weight_decay() -> Figure:
    """L2 and L1 penalties alone; coupled and decoupled decay under Adam."""
    figure, (left, right) = panels(2, 3.9)
    for penalty, colour, style, label in [
        (lambda w: optimizers.l2_penalty_gradient(w, 1.0), BLUE, "-", "L2: shrinks by a share"),
        (lambda w: optimizers.l1_penalty_gradient(w, 0.5), RED, "--", "L1: shrinks by an amount, to 0"),
    ]:
        lines = left.plot(shrink(penalty), color=colour, ls=style, lw=1.8)
        lines[0].set_label(label)
    curves(left, "Three weights under a penalty alone", "step", "weight")
    left.legend()
    for size, marker in [(5.0, "o"), (0.5, "s")]:
        for coupled, colour in [(True, RED), (False, BLUE)]:
            path = shrink_under_adam(size, coupled=coupled)
            mark = slice(20 if size > 1 else 45, None, 50)
            style = {"color": colour, "lw": 1.6, "ls": "--" if coupled else "-", "marker": marker, "ms": 5}
            form = "coupled" if coupled else "decoupled"
            right.plot(path, markevery=mark, label=f"{form}, gradients of ±{size:g}", **style)
    curves(right, "Under Adam", "step", "weight")
    right.set_ylim(-0.02, 1.42)
    right.legend(loc="upper center", ncols=1)
    return figure


# 15. Residual network.


def draw_residual_block() -> Figure:
    """A basic block: two convolutions, and a way around them."""
    figure, (axes,) = panels(1, 2.4)
    names = ["conv 3×3", "norm", "ReLU", "conv 3×3", "norm"]
    places = [1.55, 2.95, 4.1, 5.4, 6.8]
    for name, x in zip(names, places, strict=True):
        box(axes, x, 0, name, 1.05 if name.startswith("conv") else 0.75, BLUE)
    axes.text(0.1, 0, "x", ha="center", va="center", fontsize=14, style="italic")
    axes.add_patch(Circle((7.85, 0), 0.22, facecolor="white", edgecolor=RED, lw=1.8))
    axes.text(7.85, 0, "+", ha="center", va="center", fontsize=14, color=RED)
    box(axes, 8.95, 0, "ReLU", 0.75, BLUE)
    ends = [(0.25, 0.96), (2.14, 2.5), (3.39, 3.65), (4.54, 4.8), (5.99, 6.36), (7.24, 7.62), (8.08, 8.5), (9.4, 9.8)]
    for start, end in ends:
        arrow(axes, (start, 0), (end, 0))
    axes.plot([0.6, 0.6, 7.85], [0, 1.05, 1.05], color=RED, lw=1.8)
    arrow(axes, (7.85, 1.05), (7.85, 0.22), color=RED, lw=1.8)
    around = "the way around: x itself, or x made smaller with more channels"
    axes.text(4.2, 1.13, around, ha="center", va="bottom", color=RED)
    axes.text(4.2, -0.55, "the branch F(x): only what is to be changed about x", ha="center", va="top", color=BLUE)
    axes.set(xlim=(-0.1, 9.9), ylim=(-0.95, 1.5), xticks=[], yticks=[], aspect="equal")
    axes.spines[:].set_visible(False)
    return figure


FIGURES: dict[str, Callable[[], Figure]] = {
    "rule-chain": draw_rule_chain,
    "gates": draw_gates,
    "perceptron": draw_perceptron,
    "plane-sets": draw_plane_sets,
    "warp": draw_warp,
    "gradient-descent": draw_gradient_descent,
    "backpropagation": draw_backpropagation,
    "activations": draw_activations,
    "templates": draw_templates,
    "scores": draw_scores,
    "unit-balls": draw_unit_balls,
    "neighbours": draw_neighbours,
    "regression-losses": draw_regression_losses,
    "information": draw_information,
    "cross-entropy-loss": draw_cross_entropy_loss,
    "weight-decay": draw_weight_decay,
    "fashion-mnist": draw_fashion_mnist,
    "residual-block": draw_residual_block,
}


def save(figure: Figure, path: Path) -> None:
    """Writes a PNG with a palette: a third of the size, and no version in it, so equal pictures are equal."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    palette = Image.open(buffer).convert("RGB").quantize(128, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    palette.save(path, optimize=True)


def main(names: list[str]) -> None:
    """Draws the figures of these names, or all."""
    unknown = [name for name in names if name not in FIGURES]
    if unknown:
        sys.exit(f"no figure {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    OUT.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):
        for name in names or FIGURES:
            save(FIGURES[name](), OUT / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1:])
