"""Draws the pictures of docs/lecture.md and docs/explanations.md from what the program computes, into docs/images.

    python docs/figures                # all of them
    python docs/figures warp gates     # some, by name

Everything is seeded: the same versions draw the same files.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from colours import draw_plane_sets, draw_warp
from descent import draw_backpropagation, draw_gradient_descent, draw_weight_decay
from explanations import draw_explanations
from formulas import (
    draw_activations,
    draw_cross_entropy_loss,
    draw_information,
    draw_regression_losses,
    draw_unit_balls,
)
from linear import draw_scores, draw_templates
from matplotlib.figure import Figure
from neurons import draw_gates, draw_perceptron
from pictures import draw_fashion_mnist, draw_neighbours
from residual import draw_residual_block
from rules import draw_rule_chain

from muslin.look import png, style

IMAGES = Path(__file__).parent.parent / "images"
DPI = 110
COLOURS = 128

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
}  # of the lecture
MORE: dict[str, Callable[[], Figure]] = {"explanations": draw_explanations}


def main(names: list[str]) -> None:
    """Draws the figures of these names, or all."""
    figures = FIGURES | MORE
    unknown = [name for name in names if name not in figures]
    if unknown:
        sys.exit(f"no figure {', '.join(unknown)}; there are {', '.join(figures)}")
    with style():
        for name in names or figures:
            folder = IMAGES / "lecture" if name in FIGURES else IMAGES
            (folder / f"{name}.png").write_bytes(png(figures[name](), dpi=DPI, colours=COLOURS))


if __name__ == "__main__":
    main(sys.argv[1:])
