"""Gradient descent on a slice through the loss: two weights of a small net that has learnt, let loose again."""

from functools import partial
from typing import Any

from muslin.lecture.formulas import mathml
from muslin.textbook.network import Network
from muslin.textbook.optimizers import adam
from muslin.textbook.plane import moons

__all__ = ["SIZES", "values"]

SIZES = (2, 2, 1)
POINTS, LEARNT = 40, 150  # the steps are few, so that the loss is low in the slice and not flat
SEEDS = (0, 2, 5)
OPTIMIZERS = {  # its formula, and the call
    "gradient step": (r"w \leftarrow w - \eta g", "gradient_step(weights, gradient, lr={lr})"),
    "momentum": (
        r"v \leftarrow 0.9\,v + g \qquad w \leftarrow w - \eta v",
        "momentum(weights, gradient, state, lr={lr})",
    ),
    "adam": (
        r"w \leftarrow w - \eta \frac{\hat m}{\sqrt{\hat v} + \epsilon}",
        "adam(weights, gradient, state, lr={lr})",
    ),
}


def values() -> dict[str, Any]:
    """Returns the points (40, 2) with their labels, the parameters of nets that learnt them, and the optimizers."""
    points, labels = moons(POINTS, noise=0.12, seed=1)
    points = points.round(3)
    nets = []
    for seed in SEEDS:
        network = Network(SIZES, seed=seed)
        for _ in range(LEARNT):
            network.step(points, labels, partial(adam, lr=0.05))
        nets.append([float(number) for number in network.parameters.round(2)])
    return {
        "sizes": list(SIZES),
        "points": points.ravel().tolist(),
        "labels": labels.tolist(),
        "nets": nets,
        "optimizers": {
            name: {"formula": mathml(formula), "python": f"muslin.textbook.optimizers.{python}"}
            for name, (formula, python) in OPTIMIZERS.items()
        },
        "wrong": {
            "formula": mathml(r"w \leftarrow w - \eta (g - w)"),
            "python": "weights - {lr} * (gradient - weights)",
        },
    }
