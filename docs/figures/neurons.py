"""Items 3 and 4 of the lecture: gates and the perceptron."""

import numpy as np
from drawing import BLUE, GREY, INK, PAPER, RED, Array, arrow, curves, draw_line, panels, scatter
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from muslin.textbook import neuron, plane

SILENT = {"s": 130, "facecolors": PAPER, "edgecolors": BLUE, "linewidths": 2, "label": "silent (0)", "zorder": 3}
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
            axes.add_patch(Circle((x, y), 0.3, facecolor=PAPER, edgecolor=INK, lw=1.5, zorder=3))
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
    axes.scatter(*last, s=45, facecolors=PAPER, edgecolors=RED, linewidths=1.5, zorder=4)


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
