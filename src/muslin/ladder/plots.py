"""The pictures of the ladder: accuracy against seconds, and the plane as each rung sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from muslin.look import LIGHT, lettered, png, style
from muslin.text import percent, printable, shortened

__all__ = ["Panel", "draw_ladder", "draw_plane"]

TICKS = (10, 50, 60, 70, 75, 80, 85, 90, 92, 94, 96, 98, 99)
LEAST_ERROR = 0.2  # %; a logarithmic axis has no 0
# Where a label may stand: shift in points, horizontal and vertical alignment; the last is taken in any case.
BESIDE = (
    ((6, 0), "left", "center"),
    ((-6, 0), "right", "center"),
    ((0, 6), "center", "bottom"),
    ((0, -6), "center", "top"),
    ((6, 6), "left", "bottom"),
    ((6, -6), "left", "top"),
    ((-6, 6), "right", "bottom"),
    ((-6, -6), "right", "top"),
    ((0, -16), "left", "top"),
)
CAPTION = "The points to learn from, the colour that each rung sees where, and how often it is right on fresh points"
NAME = 40  # letters of the data's name
FASTEST = 1e-3  # seconds; a logarithmic axis has no 0


class Point(Protocol):
    """What the plot shows of a rung."""

    @property
    def rung(self) -> str:
        """The rung's name."""

    @property
    def accuracy(self) -> float:
        """Share of the test set that it answers right, in [0, 1]."""

    @property
    def low(self) -> float:
        """Lower end of the accuracy's confidence interval."""

    @property
    def high(self) -> float:
        """Upper end of the accuracy's confidence interval."""

    @property
    def fit_seconds(self) -> float:
        """Wall time to learn, in seconds."""

    @property
    def predict_seconds(self) -> float:
        """Wall time to answer for the test set, in seconds."""


@dataclass(frozen=True)
class Panel:
    """A set of the plane and what a rung makes of it.

    Attributes:
        name: the set's name.
        points: the points that the rung learned from (N, 2).
        labels: their colours (N,), each the number of one of the palette's series.
        regions: the colour that the rung sees at each pixel (S, S), the lowest row first.
        accuracy: share of fresh points that it answers right, in [0, 1].
    """

    name: str
    points: NDArray[np.floating[Any]]
    labels: NDArray[np.int64]
    regions: NDArray[np.int64]
    accuracy: float


@style()
def draw_ladder(points: Sequence[Point], title: str) -> bytes:
    """Draws test accuracy against the seconds to learn and to answer; returns a PNG.

    The error is on a logarithmic scale too: from 90 % to 95 % is as far as from 80 % to 90 %.

    Args:
        points: results, one for each rung.
        title: the name of the data.
    """
    figure = Figure(figsize=(8.5, 5.5), layout="constrained")
    axes = figure.subplots()
    for point in points:
        axes.plot([_seconds(point)] * 2, [100 * point.low, 100 * point.high], color=LIGHT.series[0], alpha=0.5)
        axes.plot(_seconds(point), 100 * point.accuracy, marker="o", color=LIGHT.series[0])
    axes.set_yscale("function", functions=(_to_height, _to_accuracy))
    axes.set(xscale="log", xlabel="seconds to learn and to answer for the test set", ylabel="test accuracy (%)")
    axes.set(
        yticks=TICKS, ylim=(0, min(max([100 * point.high for point in points], default=90) + 0.5, 100 - LEAST_ERROR))
    )
    name, font = lettered(printable(title))
    heading = f"The ladder on {shortened(name, NAME)}; bars are 95 % confidence intervals"
    axes.set_title(heading, font=font, fontsize=mpl.rcParams["axes.titlesize"], parse_math=False)
    axes.margins(x=0.15)
    axes.grid(visible=True)
    figure.draw_without_rendering()  # settles the layout: labels are placed by where the points came to lie
    _label(axes, points)
    return png(figure)


def _seconds(point: Point) -> float:
    return max(point.fit_seconds + point.predict_seconds, FASTEST)


def _to_height(accuracy: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(-np.log10(np.maximum(100 - np.asarray(accuracy), LEAST_ERROR)))


def _to_accuracy(height: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(100 - 10 ** -np.asarray(height))


def _label(axes: Axes, points: Sequence[Point]) -> None:
    """Writes each rung's name at the first place beside its point that is still free."""
    places = [(_seconds(point), 100 * point.accuracy) for point in points]
    taken = [Bbox.from_bounds(x - 5, y - 5, 10, 10) for x, y in axes.transData.transform(places)] if places else []
    for point, place in zip(points, places, strict=True):
        for offset, side, height in BESIDE:
            text = axes.annotate(
                f"{point.rung} {100 * point.accuracy:.1f}", place, offset, textcoords="offset points", ha=side,
                va=height, fontsize=9,
            )  # fmt: skip
            box = text.get_window_extent()
            if not box.count_overlaps(taken) or (offset, side, height) == BESIDE[-1]:
                taken.append(box)
                break
            text.remove()


@style()
def draw_plane(rows: Mapping[str, Sequence[Panel]], edge: float) -> bytes:
    """Draws a row a rung and a column a set, the plane in the colours that the rung sees; returns a PNG.

    Args:
        rows: the panels of each rung, the same sets in the same order.
        edge: half the side of the square around the origin that is drawn.
    """
    columns = max((len(panels) for panels in rows.values()), default=1)
    figure = Figure(figsize=(1.5 * columns + 1, 1.6 * max(len(rows), 1) + 0.7), layout="constrained")
    figure.suptitle(CAPTION, fontsize=10)
    grid = figure.subplots(max(len(rows), 1), columns, squeeze=False)
    for axes_row, (rung, panels) in zip(grid, rows.items(), strict=False):
        for axes, panel in zip(axes_row, panels, strict=True):
            _draw_panel(axes, panel, edge)
        axes_row[0].set_ylabel(rung, fontsize=9)
    for axes, panel in zip(grid[0], next(iter(rows.values()), []), strict=False):
        axes.set_title(panel.name, fontsize=9)
    return png(figure)


def _draw_panel(axes: Axes, panel: Panel, edge: float) -> None:
    colours, last = ListedColormap(LIGHT.series), len(LIGHT.series) - 1
    extent = (-edge, edge, -edge, edge)
    axes.imshow(panel.regions, cmap=colours, vmin=0, vmax=last, extent=extent, origin="lower", alpha=0.35)
    axes.scatter(
        panel.points[:, 0], panel.points[:, 1], c=panel.labels, cmap=colours, vmin=0, vmax=last, s=4, linewidths=0
    )
    axes.set(xlim=(-edge, edge), ylim=(-edge, edge), xticks=[], yticks=[])
    axes.set_xlabel(percent(panel.accuracy, 1), fontsize=8)
