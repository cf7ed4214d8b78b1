"""Guess twenty garments: decks dealt by lot, what rungs of the ladder say of the same, and how well people do."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from muslin.data.sources.fashion_mnist import CLASSES
from muslin.lecture.garments import packed, shown_garments, test_garments
from muslin.lecture.widgets.browse import rungs

__all__ = ["DECKS", "RUNGS", "deck", "values"]

DECKS, OF_CLASS = 6, 2  # decks, and garments of each class in one
RUNGS = ("rules", "perceptron", "mlp", "resnet")
# The README of github.com/zalandoresearch/fashion-mnist: 1,000 test pictures, the majority of three answers each.
HUMANS = 0.835


def values() -> dict[str, Any]:
    """Returns the decks: garments, classes and some rungs' answers, the net's last; and the humans' accuracy."""
    shown = shown_garments()
    images, labels = test_garments()
    images, labels = images[shown], labels[shown]
    record = rungs()
    chosen = [each for each in record["rungs"] if each["name"] in RUNGS]
    dealt = [deck(labels, number) for number in range(DECKS)]
    return {
        "classes": list(CLASSES),
        "humans": HUMANS,
        "pictures": record["pictures"],
        "decks": [
            {
                "garments": packed(images[places]),
                "labels": labels[places].tolist(),
                "rungs": [
                    {
                        "name": each["name"],
                        "accuracy": each["accuracy"],
                        "answers": [each["answers"][place] for place in places],
                    }
                    for each in chosen
                ],
            }
            for places in dealt
        ],
    }


def deck(labels: NDArray[np.int64], number: int) -> NDArray[np.int64]:
    """Returns the places of a deck's garments among those that are shown, shuffled; no two decks share one."""
    generator = np.random.default_rng(0)
    of_class = [generator.permutation(np.flatnonzero(labels == k)) for k in range(len(CLASSES))]
    places = np.concatenate([each[number * OF_CLASS : (number + 1) * OF_CLASS] for each in of_class])
    return np.random.default_rng(number).permutation(places)
