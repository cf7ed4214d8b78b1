"""Item 15 of the lecture: the residual block."""

from drawing import BLUE, PAPER, RED, arrow, box, panels
from matplotlib.figure import Figure
from matplotlib.patches import Circle


def draw_residual_block() -> Figure:
    """A basic block: two convolutions, and a way around them."""
    figure, (axes,) = panels(1, 2.4)
    names = ["conv 3×3", "norm", "ReLU", "conv 3×3", "norm"]
    places = [1.55, 2.95, 4.1, 5.4, 6.8]
    for name, x in zip(names, places, strict=True):
        box(axes, x, 0, name, 1.05 if name.startswith("conv") else 0.75, BLUE)
    axes.text(0.1, 0, "x", ha="center", va="center", fontsize=14, style="italic")
    axes.add_patch(Circle((7.85, 0), 0.22, facecolor=PAPER, edgecolor=RED, lw=1.8))
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
