"""Six losses of one output or score: their formulas and what computes them."""

from typing import Any

from muslin.lecture.formulas import mathml

__all__ = ["CARDS", "EXTENT", "OTHERS", "values"]

EXTENT = 4.0  # outputs and scores go from -EXTENT to EXTENT
OTHERS = (0.0, -2.0)  # scores of the second and third class, where there are three
CARDS = {
    "l1": ("L1", r"\sum_i \lvert y_i - t_i \rvert", r"\mathrm{sign}(y_i - t_i)", "l1_loss"),
    "l2": ("L2", r"\sum_i (y_i - t_i)^2", r"2 (y_i - t_i)", "l2_loss"),
    "mse": (
        "Mean squared error", r"\frac{1}{n} \sum_i (y_i - t_i)^2", r"\frac{2}{n} (y_i - t_i)", "mean_squared_error",
    ),
    "hinge": (
        "Hinge", r"\sum_{j \ne y} \max(0, s_j - s_y + 1)", r"[s_j - s_y + 1 > 0], \text{ less their count at } y",
        "hinge_loss",
    ),
    "cross-entropy": (
        "Cross-entropy", r"-\log \frac{e^{s_y}}{\sum_j e^{s_j}}", r"\mathrm{softmax}(s) - t",
        "cross_entropy_with_logits",
    ),
    "binary": (
        "Binary cross-entropy", r"-t \log \sigma(z) - (1 - t) \log (1 - \sigma(z))", r"\sigma(z) - t",
        "binary_cross_entropy_with_logits",
    ),
}  # fmt: skip


def values() -> dict[str, Any]:
    """Returns how far x goes, the scores beside it, and for each loss its names, formulas and Python."""
    return {
        "extent": EXTENT,
        "others": list(OTHERS),
        "cards": [
            {
                "name": name,
                "title": title,
                "formula": mathml(formula),
                "slope_formula": mathml(slope),
                "python": f"muslin.textbook.losses.{function}",
            }
            for name, (title, formula, slope, function) in CARDS.items()
        ],
    }
