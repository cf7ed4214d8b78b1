"""Four hundred garments to browse: the nearest of each by their pixels, and what the ladder's rungs say of it."""

import json
from importlib.resources import files
from typing import Any

import torch

from muslin.data.sources.fashion_mnist import CLASSES
from muslin.evaluation.explain.neighbours import nearest
from muslin.lecture.formulas import mathml
from muslin.lecture.garments import packed, shown_garments, test_garments

__all__ = ["rungs", "values"]

NEAREST = 5


def values() -> dict[str, Any]:
    """Returns the garments, their classes and places in the test set, the nearest of each, and the rungs' answers."""
    places = shown_garments()
    images, labels = test_garments()
    pixels = torch.from_numpy(images[places]).flatten(1).float() / 255
    near = nearest(pixels, pixels, NEAREST + 1)  # the nearest of all is the garment itself
    return {
        "classes": list(CLASSES),
        "garments": packed(images[places]),
        "labels": labels[places].tolist(),
        "places": places.tolist(),
        "near": near.positions[:, 1:].tolist(),
        "distances": [[round(each, 3) for each in row] for row in near.distances[:, 1:].tolist()],
        "formula": mathml(r"d(x, y) = \sqrt{\sum_i (x_i - y_i)^2}"),
        **rungs(),
    }


def rungs() -> dict[str, Any]:
    """Returns what `benchmarks/measure/rungs.py` recorded: each rung's answers, in the garments' order."""
    record: dict[str, Any] = json.loads(files("muslin.lecture").joinpath("recorded", "rungs.json").read_bytes())
    return record
