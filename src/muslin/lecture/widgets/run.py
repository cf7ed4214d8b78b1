"""A run looked into: its confusion matrix, and the pictures behind each cell with why they were called so."""

from pathlib import Path
from typing import Any

import torch

from muslin.errors import SettingError
from muslin.lecture.looked_into import LookedInto, check_same_run, look_into, values_of
from muslin.report.gallery import likeliest

__all__ = ["OF_RUN", "answer", "values"]

OF_RUN = True  # values and answers are of a run
MISTAKES, RIGHT = 2, 3  # pictures of a cell that the page has from the beginning
MOST = 150  # of all
MORE = 6  # that are fetched at a time
NONE = "There is no run to look into. Train one, a minute with muslin fit, and reload this page."


def values(run: Path | None) -> dict[str, Any]:
    """Returns the run's matrix and some pictures of each cell, or a sentence, `missing`, on why there are none."""
    return values_of(run, NONE, shown)


def shown(seen: LookedInto) -> dict[str, Any]:
    """Returns the matrix, and the first pictures of its cells, the largest mistakes first."""
    record = seen.record
    assert record.test is not None
    confusion = record.test.confusion
    cells = sorted(
        ((label, said) for label, said in confusion.nonzero().tolist()),
        key=lambda cell: (cell[0] == cell[1], -int(confusion[tuple(cell)])),
    )
    chosen = [n for label, said in cells for n in places(seen, label, said)[: RIGHT if label == said else MISTAKES]]
    return {
        "run": record.folder.name,
        "model": record.settings.model,
        "accuracy": record.test.accuracy,
        "classes": list(record.classes),
        "side": record.input[1],
        "confusion": confusion.tolist(),
        "epochs": [
            {
                "train_loss": each.train_loss,
                "validation_loss": each.validation_loss,
                "validation_accuracy": each.validation_accuracy,
                "learning_rate_factor": each.learning_rate_factor,
                "pictures_per_second": round(each.pictures_per_second),
                "seconds": round(each.seconds, 1),
            }
            for each in record.epochs
        ],
        "exhibits": exhibits(seen, chosen[:MOST]),
    }


def answer(question: object, run: Path | None) -> list[dict[str, Any]]:
    """Returns further pictures of a cell: `question` is {"label": 0 .. K-1, "said": 0 .. K-1, "skip": 0 ..}.

    Raises:
        SettingError: there is no run, or the question is none of these.
        MuslinError: the run cannot be looked into.
    """
    if run is None:
        raise SettingError(NONE)
    seen = look_into(run)
    classes = len(seen.record.classes)
    asked = question if isinstance(question, dict) else {}
    check_same_run(asked, seen)
    label, said = (whole(asked, name, classes - 1) for name in ("label", "said"))
    skip = whole(asked, "skip", len(seen.data.test))
    return exhibits(seen, places(seen, label, said)[skip : skip + MORE])


def whole(asked: dict[str, Any], name: str, most: int) -> int:
    """Returns a whole number of a question.

    Raises:
        SettingError: it is none from 0 to `most`.
    """
    value = asked.get(name)
    if type(value) is not int or not 0 <= value <= most:
        raise SettingError(f"{name} is {str(value)[:40]!r}; it must be a whole number from 0 to {most}")
    return value


def places(seen: LookedInto, label: int, said: int) -> list[int]:
    """Returns the test pictures of a cell by their places, the surest answers first."""
    answers = seen.record.answers
    assert answers is not None
    found = ((answers.labels == label) & (answers.predicted == said)).nonzero()[:, 0]
    if answers.probabilities is not None:
        shares = seen.record.calibration.applied_to(answers.probabilities[found])[:, said]
        found = found[shares.argsort(descending=True, stable=True)]
    return [int(place) for place in found]


def exhibits(seen: LookedInto, chosen: list[int]) -> list[dict[str, Any]]:
    """Returns test pictures with what was said of them, and why."""
    if not chosen:
        return []
    answers = seen.record.answers
    assert answers is not None
    said = answers.predicted[torch.tensor(chosen)]
    whys = seen.explain(seen.data.test.images[chosen], said)
    return [
        {
            "position": place,
            "label": int(answers.labels[place]),
            "said": int(answers.predicted[place]),
            "likeliest": [[k, round(share, 4)] for k, share in likeliest(seen.record, place)],
            **why,
        }
        for place, why in zip(chosen, whys, strict=True)
    ]
