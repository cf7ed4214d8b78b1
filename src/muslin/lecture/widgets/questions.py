"""Yes-or-no questions about a garment: what training garments answer, and how many bits each is expected to tell."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from muslin.data.sources.fashion_mnist import CLASSES
from muslin.ladder.features import measure
from muslin.lecture.formulas import mathml
from muslin.lecture.garments import first_of_each, packed, test_garments, training_garments
from muslin.textbook.information import entropy

__all__ = ["expected_bits", "values"]

KNOWN = 2000  # training garments, the first
SECRET_OF_EACH = 2  # test garments, the first, shuffled
QUANTILES = (0.25, 0.5, 0.75)


def values() -> dict[str, Any]:
    """Returns the questions, which known garments say yes to each, and the garments to find, with their own answers."""
    images, labels = training_garments()
    known, classes = measure(images[:KNOWN]), labels[:KNOWN]
    thresholds = _thresholds(known)
    pictures, truth = test_garments()
    secret = np.random.default_rng(0).permutation(first_of_each(truth, SECRET_OF_EACH))
    answers = _answers(known, thresholds)
    return {
        "classes": list(CLASSES),
        "questions": [f"Is its {name.replace('_', ' ')} above {value:g}?" for name, value in thresholds],
        "bits": [round(bits, 6) for bits in expected_bits(answers, classes)],
        "known": {"answers": packed(answers.astype(np.uint8)), "labels": classes.tolist()},
        "pictures": packed(pictures[secret]),
        "labels": truth[secret].tolist(),
        "answers": _answers(measure(pictures[secret]), thresholds).astype(int).tolist(),
        "formula": mathml(r"I = H(C) - \sum_{a} p(a) \, H(C \mid a)"),
        "python": "muslin.textbook.information.entropy(shares, base=2)",
    }


def expected_bits(answers: NDArray[np.bool_], classes: NDArray[np.int64]) -> list[float]:
    """Returns how much less uncertain each question is expected to leave one about the class, in bits, range [0, 1].

    Args:
        answers: (N, Q), whether a garment's answer to a question is yes.
        classes: (N,), from 0.

    >>> expected_bits(np.array([[True, True], [False, True]]), np.array([0, 1]))
    [1.0, 0.0]
    """
    return [_entropy(classes) - sum(_weighed(classes, answers[:, q] == said) for said in (False, True))
            for q in range(answers.shape[1])]  # fmt: skip


def _weighed(classes: NDArray[np.int64], where: NDArray[np.bool_]) -> float:
    return float(where.mean()) * _entropy(classes[where]) if where.any() else 0.0


def _entropy(classes: NDArray[np.int64]) -> float:
    return float(entropy(np.bincount(classes) / len(classes), base=2))


def _thresholds(measured: dict[str, NDArray[np.floating[Any]]]) -> list[tuple[str, float]]:
    """Returns each measurement with the values at its quarters; those that all or none are above are left out."""
    return [
        (name, value)
        for name, column in measured.items()
        for value in dict.fromkeys(float(f"{each:.3g}") for each in np.quantile(column, QUANTILES))
        if 0 < (column > value).sum() < len(column)
    ]


def _answers(measured: dict[str, NDArray[np.floating[Any]]], thresholds: list[tuple[str, float]]) -> NDArray[np.bool_]:
    return np.stack([measured[name] > value for name, value in thresholds], axis=1)
