"""What the figures share: colours, panels, boxes and arrows."""

from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from numpy.typing import NDArray

from muslin.look import LIGHT, MARKERS

Array: TypeAlias = NDArray[Any]

BLUE, RED, GREY, INK, PAPER = LIGHT.right, LIGHT.wrong, LIGHT.faint, LIGHT.ink, LIGHT.paper


def panels(columns: int, height: float = 3.4, rows: int = 1, **layout: Any) -> tuple[Figure, list[Axes]]:
    """A figure as wide as a page, and its axes row by row."""
    figure = Figure(figsize=(9, height), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08)
    return figure, list(figure.subplots(rows, columns, squeeze=False, **layout).flatten())


def scatter(axes: Axes, points: Array, labels: Array, size: float = 16) -> None:
    """Points (N, 2), a colour and a shape for each label."""
    for label, colour, marker in zip(np.unique(labels), LIGHT.series, MARKERS, strict=False):
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
    axes.grid(visible=True)


def box(axes: Axes, x: float, y: float, text: str, width: float, colour: str = INK, height: float = 0.5) -> None:
    """A rounded box around its centre, with text in it."""
    corner = (x - width / 2, y - height / 2)
    style = {"boxstyle": "round,pad=0.04", "facecolor": PAPER, "edgecolor": colour, "lw": 1.5}
    axes.add_patch(FancyBboxPatch(corner, width, height, **style))
    axes.text(x, y, text, ha="center", va="center", color=colour)


def arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], **style: Any) -> None:
    """A straight arrow."""
    settings = {"color": GREY, "lw": 1.5, "arrowstyle": "-|>", "mutation_scale": 12, **style}
    axes.add_patch(FancyArrowPatch(start, end, **settings))
