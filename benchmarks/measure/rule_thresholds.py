"""What the rules about garments are worth when one of their thresholds moves: accuracy on the 10,000 test pictures.

Recorded for the lecture's page, in src/muslin/lecture/recorded, with the pictures that it shows: of each class the
first ones that the rules name rightly, and the first ones that they do not.

python -m benchmarks.measure.rule_thresholds
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from muslin.files import write_whole
from muslin.ladder.rules import garment_rules
from muslin.lecture.garments import test_garments
from muslin.lecture.rulings import THRESHOLDS, answers_of, measured, with_threshold

RECORD = Path(__file__).parents[2] / "src" / "muslin" / "lecture" / "recorded" / "rules.json"
RIGHT, WRONG = 4, 2  # pictures of each class


def main() -> None:
    """Measures and writes the record."""
    base, labels = garment_rules(), test_garments()[1]
    is_right = answers_of(base, measured()) == labels
    pictures = [place for label in range(10) for place in _chosen(labels == label, is_right)]
    thresholds = {}
    for one in THRESHOLDS:
        answers = [answers_of(with_threshold(base, one, value), measured()) for value in one.values]
        thresholds[one.rule] = {
            "accuracy": [float((each == labels).mean()) for each in answers],
            "answers": [each[pictures].tolist() for each in answers],
        }
    record = {"pictures": pictures, "accuracy": float(is_right.mean()), "thresholds": thresholds}
    write_whole(RECORD, json.dumps(record, separators=(",", ":")).encode() + b"\n")


def _chosen(of_class: NDArray[np.bool_], is_right: NDArray[np.bool_]) -> list[int]:
    right, wrong = np.flatnonzero(of_class & is_right), np.flatnonzero(of_class & ~is_right)
    return [*right[:RIGHT].tolist(), *wrong[:WRONG].tolist()]


if __name__ == "__main__":
    main()
