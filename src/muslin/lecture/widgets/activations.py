"""The five activations that work number by number: their formulas, and their curves with the slopes."""

from typing import Any

import numpy as np

from muslin.lecture.formulas import mathml
from muslin.textbook import activations

__all__ = ["EXTENT", "FORMULAS", "values"]

EXTENT = 4.0  # curves go from -EXTENT to EXTENT
POINTS = 161
FORMULAS = {
    "step": (r"\mathrm{step}(x) = 1 \text{ if } x \ge 0, \text{ else } 0", r"0"),
    "sigmoid": (r"\sigma(x) = \frac{1}{1 + e^{-x}}", r"\sigma(x)\,(1 - \sigma(x))"),
    "tanh": (r"\tanh x = \frac{e^x - e^{-x}}{e^x + e^{-x}}", r"1 - \tanh^2 x"),
    "relu": (r"\mathrm{relu}(x) = \max(0, x)", r"1 \text{ if } x > 0, \text{ else } 0"),
    "gelu": (r"\mathrm{gelu}(x) = x\,\Phi(x)", r"\Phi(x) + x\,\varphi(x)"),
}


def values() -> dict[str, Any]:
    """Returns the curves: x (161,), and for each activation y and slope (161,), its formulas and its Python."""
    x = np.linspace(-EXTENT, EXTENT, POINTS)
    return {
        "x": x.tolist(),
        "curves": [
            {
                "name": name,
                "y": getattr(activations, name)(x).tolist(),
                "slope": getattr(activations, f"{name}_gradient")(x).tolist(),
                "formula": mathml(formula),
                "slope_formula": mathml(slope),
                "python": f"muslin.textbook.activations.{name}",
            }
            for name, (formula, slope) in FORMULAS.items()
        ],
    }
