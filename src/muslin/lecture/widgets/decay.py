"""Weight decay while it trains: few noisy points to learn, many to be judged by, and nets to start from."""

from typing import Any

from muslin.lecture.formulas import mathml
from muslin.textbook.network import Network
from muslin.textbook.plane import moons

__all__ = ["SIZES", "values"]

SIZES = (2, 8, 8, 1)
TRAIN, TEST, NOISE = 30, 200, 0.25
SEEDS = (1, 2, 3, 4)
KINDS = {  # the update of a weight under plain gradient descent, and its Python
    "none": (r"w \leftarrow w - \eta g", "{optimizer}(weights, gradient, state, lr={lr})"),
    "L2": (
        r"w \leftarrow w - \eta (g + \lambda w)",
        "{optimizer}(weights, gradient + l2_penalty_gradient(weights, {decay}), state, lr={lr})",
    ),
    "L1": (
        r"w \leftarrow w - \eta (g + \lambda\, \mathrm{sign}(w))",
        "{optimizer}(weights, gradient + l1_penalty_gradient(weights, {decay}), state, lr={lr})",
    ),
    "L2, decoupled": (
        r"w \leftarrow w (1 - \eta \lambda) - \eta g",
        "{optimizer}(decoupled_decay(weights, {lr}, {decay}), gradient, state, lr={lr})",
    ),
}


def values() -> dict[str, Any]:
    """Returns points to train on (30, 2) and to test on (200, 2), start parameters, and the kinds of decay."""
    sets = {"train": moons(TRAIN, noise=NOISE, seed=1), "test": moons(TEST, noise=NOISE, seed=2)}
    return {
        "sizes": list(SIZES),
        **{
            name: {"points": points.round(3).ravel().tolist(), "labels": labels.tolist()}
            for name, (points, labels) in sets.items()
        },
        "starts": [Network(SIZES, seed=seed).parameters.round(4).tolist() for seed in SEEDS],
        "kinds": {name: {"formula": mathml(formula), "python": python} for name, (formula, python) in KINDS.items()},
    }
