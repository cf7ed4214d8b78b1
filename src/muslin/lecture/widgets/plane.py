"""Separating colours: the plane sets, and the numbers that start weights are made of."""

from itertools import pairwise
from typing import Any

import numpy as np

from muslin.lecture.referee import replay
from muslin.textbook import plane
from muslin.textbook.network.functions import ACTIVATIONS

__all__ = ["NORMALS", "answer", "values"]

TRAIN, TEST = 250, 250  # points
DECIMALS, NOISE_DECIMALS = 4, 3
SEEDS, NOISE_SEEDS = 6, 4
MOST_POINTS = 600  # of one's own
MOST_SIZES = (2, 8, 8, 8, 8, 8, 8, 6)
NORMALS = sum(ins * outs for ins, outs in pairwise(MOST_SIZES))
WORDS = {
    "blobs": "two clouds",
    "two-curves": "two curves",
    "ring-in-ring": "ring in ring",
    "spirals": "two spirals",
    "xor": "XOR",
    "moons": "two moons",
    "pinwheel": "a pinwheel of five",
}


def values() -> dict[str, Any]:
    """Returns the sets with the points to learn and fresh ones, and for each seed the normal numbers of `Network`.

    A network of the textbook draws its weights layer by layer, each a normal number times the layer's deviation, so
    that its start is the first of these numbers, scaled; its biases start at 0. The noise is normal numbers too, for
    each seed x and y of as many points as one may have, then of the fresh ones.
    """
    return {
        "sets": {name: {"words": words, **points(name)} for name, words in WORDS.items()},
        "normals": [np.random.default_rng(seed).standard_normal(NORMALS).tolist() for seed in range(SEEDS)],
        "noise": [
            np.random.default_rng((1, seed)).standard_normal(2 * (MOST_POINTS + TEST)).round(NOISE_DECIMALS).tolist()
            for seed in range(NOISE_SEEDS)
        ],
        "activations": list(ACTIVATIONS),
    }


def answer(question: object) -> object:
    """Returns the parameters after a stretch of the page's steps, taken by the textbook.

    Raises:
        SettingError: the question is no such stretch.
    """
    return replay(question)


def points(name: str) -> dict[str, Any]:
    """Returns a set's points (N, 2) and labels (N,), and as many fresh ones."""
    found: dict[str, Any] = {}
    for part, count, seed in (("", TRAIN, 0), ("test_", TEST, 1)):
        where, labels = plane.make(name, n=count, seed=seed)
        found |= {f"{part}points": where.round(DECIMALS).tolist(), f"{part}labels": labels.tolist()}
    return found
