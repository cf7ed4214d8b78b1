"""The rules about garments: some test pictures with their measurements, what fires and why, and moved thresholds.

What a moved threshold makes of the 10,000 test pictures is recorded by `python -m benchmarks.measure.rule_thresholds`.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from muslin.data.sources.fashion_mnist import CLASSES
from muslin.errors import SettingError
from muslin.ladder.features import measure
from muslin.ladder.garments import GARMENTS
from muslin.ladder.rules import FILE, garment_rules
from muslin.lecture.garments import packed, test_garments
from muslin.lecture.rulings import THRESHOLDS, Columns, Threshold, answers_of, measured, tell
from muslin.textbook.rules import KnowledgeBase

__all__ = ["answer", "shown", "values"]

MOST_LETTERS = 20_000  # of rules that a person writes
MOST_RULES = 100


def values() -> dict[str, Any]:
    """Returns the pictures, their measurements and explanations, the rules' text, and each threshold's record."""
    base, record = garment_rules(), _record()
    images, labels = test_garments()
    columns = shown()
    return {
        "classes": list(CLASSES),
        "names": list(GARMENTS),
        "pictures": packed(images[record["pictures"]]),
        "labels": labels[record["pictures"]].tolist(),
        "measured": {name: column.round(3).tolist() for name, column in columns.items()},
        "answers": answers_of(base, columns).tolist(),
        "told": [tell(base, columns, case) for case in range(len(record["pictures"]))],
        "accuracy": record["accuracy"],
        "rules": len(base.rules),
        "text": FILE.read_text(encoding="utf-8"),
        "letters": MOST_LETTERS,
        "thresholds": [_moved(base, threshold, record["thresholds"][threshold.rule]) for threshold in THRESHOLDS],
    }


def answer(question: object) -> dict[str, Any]:
    """Returns what rules that a person wrote make of all test pictures, and of one of those shown in particular.

    Args:
        question: {"text": the rules, "picture": number of a picture among those shown}.

    Raises:
        SettingError: the question has other parts, or the rules are too many, take too long, or conclude no class.
        DataError: the rules cannot be read; the message names the line.
    """
    text, picture = _checked(question)
    base = KnowledgeBase.parse(text)
    if len(base.rules) > MOST_RULES:
        raise SettingError(f"these are {len(base.rules)} rules; {MOST_RULES} are the most that are tried here")
    labels = test_garments()[1]
    answers = answers_of(base, measured())
    is_right = answers == labels
    return {
        "accuracy": float(is_right.mean()),
        "classes": [int(is_right[labels == place].sum()) for place in range(len(CLASSES))],
        "of": [int((labels == place).sum()) for place in range(len(CLASSES))],
        "silent": int((answers < 0).sum()),
        "answers": answers[_record()["pictures"]].tolist(),
        "told": tell(base, shown(), picture),
    }


@cache
def shown() -> Columns:
    """Returns the measurements of the pictures that are shown."""
    return measure(test_garments()[0][_record()["pictures"]])


@cache
def _record() -> dict[str, Any]:
    record: dict[str, Any] = json.loads(files("muslin.lecture").joinpath("recorded", "rules.json").read_bytes())
    return record


def _moved(base: KnowledgeBase, threshold: Threshold, recorded: dict[str, Any]) -> dict[str, Any]:
    rule = next(rule for rule in base.rules if rule.name == threshold.rule)
    condition = next(one for one in rule.conditions if one.name == threshold.number)
    return {
        "rule": rule.name,
        "text": str(rule),
        "condition": f"{condition.name} {condition.comparison}",
        "written": threshold.values.index(float(str(condition.value))),
        "values": threshold.values,
        **recorded,
    }


def _checked(question: object) -> tuple[str, int]:
    if not isinstance(question, dict) or set(question) != {"text", "picture"}:
        raise SettingError("the question must have a text and a picture, and nothing else")
    text, picture = question["text"], question["picture"]
    if not isinstance(text, str) or len(text) > MOST_LETTERS:
        raise SettingError(f"the rules must be a text of at most {MOST_LETTERS:,} letters")
    count = len(_record()["pictures"])
    if isinstance(picture, bool) or not isinstance(picture, int) or not 0 <= picture < count:
        raise SettingError(f"picture is {picture!r}; it must be a whole number from 0 to {count - 1}")
    return text, picture
