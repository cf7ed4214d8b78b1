"""The rules' record is what the rules make of the pictures today, and own rules are answered or refused."""

import json

import numpy as np
import pytest

from muslin.errors import DataError, SettingError
from muslin.ladder.rules import garment_rules
from muslin.lecture.garments import test_garments as garments
from muslin.lecture.rulings import THRESHOLDS, answers_of, tell, with_threshold
from muslin.lecture.widgets import rules
from muslin.textbook.rules import KnowledgeBase

VALUES = rules.values()
MOVED = {one["rule"]: one for one in VALUES["thresholds"]}


def ask(text: str, picture: int = 0) -> dict:
    return rules.answer({"text": text, "picture": picture})


def test_values_are_plain_and_small():
    assert json.loads(json.dumps(VALUES, allow_nan=False)) == VALUES
    assert len(json.dumps(VALUES)) < 400_000
    assert len(VALUES["labels"]) == len(VALUES["answers"]) == len(VALUES["told"]) == 60


def test_the_pictures_are_test_pictures_with_right_and_wrong_answers():
    is_right = np.array(VALUES["answers"]) == VALUES["labels"]
    for label in range(10):
        assert sorted(is_right[np.array(VALUES["labels"]) == label]) == [False] * 2 + [True] * 4


@pytest.mark.parametrize("threshold", THRESHOLDS, ids=lambda one: one.rule)
def test_the_record_of_a_threshold_is_what_the_rules_answer(threshold):
    moved = MOVED[threshold.rule]
    assert moved["values"] == threshold.values
    assert moved["accuracy"][moved["written"]] == VALUES["accuracy"]
    assert moved["answers"][moved["written"]] == VALUES["answers"]
    for place in (0, len(threshold.values) // 2, -1):
        base = with_threshold(garment_rules(), threshold, threshold.values[place])
        assert moved["answers"][place] == answers_of(base, rules.shown()).tolist()


def test_certainties_grow_to_what_the_explanation_says():
    for told in VALUES["told"]:
        last = {one["conclusion"]: one for one in told["fired"]}
        for name, because in zip(VALUES["names"], told["because"], strict=True):
            if "does not hold" not in because:
                said = float(because.partition("(")[2].partition(")")[0])
                assert said == pytest.approx(last[f"class = {name}"]["after"], abs=1e-3)
        for one in told["fired"]:
            assert one["after"] == pytest.approx(one["before"] + one["evidence"] * (1 - one["before"]), abs=2e-4)


def test_the_rules_as_they_are_have_the_recorded_accuracy():
    found = ask(VALUES["text"], picture=7)
    assert found["accuracy"] == VALUES["accuracy"]
    assert sum(found["classes"]) == round(10_000 * VALUES["accuracy"])
    assert found["of"] == [1000] * 10
    assert found["answers"] == VALUES["answers"]
    assert found["told"] == VALUES["told"][7]


def test_a_moved_threshold_has_the_recorded_accuracy_when_it_is_typed():
    moved = MOVED["sandal-by-air"]
    text = VALUES["text"].replace("and area < 0.5\n", f"and area < {moved['values'][12]}\n")
    assert ask(text)["accuracy"] == moved["accuracy"][12]


def test_one_rule_is_told_with_its_reasons():
    text = "numbers height\nrule low\n if height < 20\n then class = bag"
    found = ask(text, picture=54)
    assert found["silent"] == 10_000 - (measured_heights() < 20).sum()
    assert found["told"]["fired"][0]["rule"] == "low"
    assert found["told"]["because"][8].startswith("class = bag (1)")
    assert found["told"]["because"][0] == "class = t-shirt: no rule concludes it"


def measured_heights() -> np.ndarray:
    ink = garments()[0].max(axis=2) >= 20
    first, last = ink.argmax(axis=1), ink.shape[1] - ink[:, ::-1].argmax(axis=1)
    return np.where(ink.any(axis=1), last - first, 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("numbers height\nrule tall\n if height > tall\n then class = coat", "line 3"),
        ("numbers height\nrule tall\n wenn height", "line 3: .*statement"),
        ("numbers girth\nrule round\n if girth > 3\n then class = bag", "nobody measures girth; what is measured is"),
        ("facts red\nrule red\n if red\n then class = bag", "declare no numbers"),
        ("numbers height\nrule tall\n if height > 3\n then tall", "class"),
        ("", "declare no numbers"),
        ("#" * 20_001, "at most 20,000 letters"),
        ("numbers height\n" + "".join(f"rule r{n}\n if height > {n}\n then c{n}\n" for n in range(101)), "101 rules"),
    ],
)
def test_what_cannot_be_tried_is_a_sentence(text, message):
    with pytest.raises((SettingError, DataError), match=message):
        ask(text)


@pytest.mark.parametrize(
    "question",
    [None, [], {}, {"text": ""}, {"text": 3, "picture": 0}, {"text": "", "picture": 60}, {"text": "", "picture": True}],
)
def test_a_question_of_another_form_is_refused(question):
    with pytest.raises(SettingError):
        rules.answer(question)


def test_an_explanation_that_would_never_end_is_refused():
    """Twenty facts, each concluded twice from the one before: the explanation doubles with each."""
    steps = "".join(f"rule {way}{n}\n if s{n}\n then s{n + 1}\n" for n in range(20) for way in "ab")
    text = f"numbers height\nrule s\n if height > 0\n then s0\n{steps}rule c\n if s20\n then class = bag\n"
    with pytest.raises(SettingError, match="an explanation would have"):
        tell(KnowledgeBase.parse(text), rules.shown(), 0)


def test_rules_that_take_too_long_are_stopped(monkeypatch):
    monkeypatch.setattr("muslin.lecture.rulings.MOST_SECONDS", -1.0)
    with pytest.raises(SettingError, match="took more than"):
        ask(VALUES["text"])
