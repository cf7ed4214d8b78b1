"""Item 5 of the lecture: sets of coloured points, and how a layer bends the plane."""

from functools import partial

from drawing import GREY, INK, Array, draw_line, panels, scatter, square
from matplotlib.figure import Figure

from muslin.textbook import neuron, optimizers, plane
from muslin.textbook.network import Network, grid, warp


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
