from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from muslin.errors import RunError
from muslin.prediction.calibration import Calibration
from muslin.report.compare.answers import SHOWN, disagreement
from muslin.report.compare.groups import Member
from tests.report.compare.members import CLASSES, make_answers, make_member

# for each picture: its content, its class, and what each of two runs called it
pictures = st.lists(st.tuples(st.integers(0, 6), *[st.integers(0, 2)] * 3), min_size=1, max_size=30)


@given(pictures, st.randoms(use_true_random=False))
def test_answers_are_paired_by_content_whatever_the_order(rows, random):
    seen = {}
    rows = [(digest, label, *seen.setdefault((digest, label), said)) for digest, label, *said in rows]  # copies alike
    digests, labels, first, second = zip(*rows, strict=True)
    shuffled = random.sample(rows, len(rows))
    backwards = {"classes": CLASSES[::-1]}  # and whatever the order of the classes
    other = make_member(
        "B", [2 - row[1] for row in shuffled], [2 - row[3] for row in shuffled], [row[0] for row in shuffled],
        **backwards,
    )  # fmt: skip
    found = disagreement(make_member("A", labels, first, digests), other)
    split = [(a == label, b == label) for label, a, b in zip(labels, first, second, strict=True)]
    assert (found.count, found.both_right) == (len(rows), split.count((True, True)))
    assert (found.test.only_a, found.test.only_b) == (split.count((True, False)), split.count((False, True)))
    assert found.both_wrong == split.count((False, False))
    assert found.same_mistake == sum(a == b != label for label, a, b in zip(labels, first, second, strict=True))
    for each in found.classes:
        own = [pair for pair, label in zip(split, labels, strict=True) if CLASSES[label] == each.name]
        assert each.count == len(own) > 0
        assert each.right == tuple(sum(pair[side] for pair in own) for side in (0, 1))
        assert each.only == (own.count((True, False)), own.count((False, True)))
    assert sum(each.count for each in found.classes) == len(rows)
    for side, exhibits in enumerate(found.only):
        assert len(exhibits) == min(SHOWN, found.test.only_b if side else found.test.only_a)
        for each in exhibits:
            assert CLASSES[labels[each.position]] == each.label == each.said[side] != each.said[1 - side]


def test_runs_that_tell_no_order_are_paired_as_their_files_are():
    labels, first, second = [0, 1, 2, 0], [0, 1, 2, 1], [0, 0, 2, 0]
    one, other = (make_member(*each, ordered=False) for each in (("A", labels, first), ("B", labels, second)))
    found = disagreement(one, other)
    assert (found.test.only_a, found.test.only_b, found.both_right, found.both_wrong) == (1, 1, 2, 0)
    with pytest.raises(RunError, match="A and B were tested on the same pictures, but with other labels or in another"):
        disagreement(one, make_member("B", [1, 0, 2, 0], second, ordered=False))


def test_the_furthest_apart_come_first():
    labels = [0] * 20
    first = torch.linspace(0.55, 0.95, 20)
    second = torch.full((20,), 0.25)

    def member(letter, sure, predicted, **changes):
        probabilities = torch.stack([sure, 1 - sure, torch.zeros(20)], 1).half()
        return make_member(letter, labels, predicted, answers=make_answers(labels, predicted, probabilities), **changes)

    one, other = member("A", first, labels), member("B", second, [1] * 20)
    shown, nothing = disagreement(one, other).only
    assert [each.position for each in shown] == list(range(19, 19 - SHOWN, -1))
    assert shown[0].sure == pytest.approx((0.95, 0.25), abs=1e-3)
    assert shown[0].said == ("cat", "dog")
    assert nothing == ()
    softer = member("A", first, labels, calibration=Calibration(2.0, 0.5, 10))
    root = 0.95**0.5 / (0.95**0.5 + 0.05**0.5)
    assert disagreement(softer, other).only[0][0].sure == pytest.approx((root, 0.25), abs=1e-3)
    (bare,) = {each.sure[1] for each in disagreement(one, make_member("B", labels, [1] * 20)).only[0]}
    assert bare is None


def test_what_makes_answers_no_match_is_said():
    one = make_member("A", [0, 1], [0, 1], [5, 6])
    cases = {
        "B was not tested; go on with it: muslin fit --resume": make_member("B", [0], [0], test=None, answers=None),
        "B keeps no answers to its test set": make_member("B", [0], [0], answers=None),
        "B does not tell which pictures it was tested on": Member(one.record, "B", None),
        "A takes pictures of 9x9 pixels and B of 8x7": make_member("B", [0, 1], [0, 1], input=(1, 7, 8)),
        "of the 2 test pictures of A, 1 is in the test set of B": make_member("B", [0, 1], [0, 1], [6, 7]),
        "but with other labels": make_member("B", [1, 0], [0, 1], [5, 6]),
    }
    for message, other in cases.items():
        with pytest.raises(RunError, match=message):
            disagreement(one, other)
    fewer = replace(one, letter="B", record=make_member("B", [0], [0]).record)
    with pytest.raises(RunError, match="B does not tell which pictures"):
        disagreement(one, fewer)


def test_names_that_are_hard_to_write_are_compared_as_they_are():
    names = ("caf\udce9", "two\nlines", "<img src=x onerror=alert(1)>")
    one, other = (make_member(x, [0, 1, 2], said, classes=names) for x, said in (("A", [0, 1, 2]), ("B", [0, 2, 1])))
    found = disagreement(one, other)
    assert {each.name for each in found.classes} == set(names)
    assert [each.said for each in found.only[0]] == [(names[1], names[2]), (names[2], names[1])]
