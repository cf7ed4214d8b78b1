import pytest
from scipy.stats import binomtest, ttest_ind

from muslin.report.compare.groups import Group, Member
from muslin.report.compare.pairs import alike_in_seed, pairs_of
from muslin.report.compare.words import reasons, verdict
from tests.report.compare.members import make_confusion, make_member

COUNT = 40


def member(letter, right, seed=0, **changes):
    """A run that is right about the first so many of 40 pictures."""
    from muslin.config import FitSettings

    labels = [0] * COUNT
    values = {"settings": FitSettings(model="mlp", seed=seed), "test": make_confusion(right, COUNT - right)}
    return make_member(letter, labels, [0] * right + [1] * (COUNT - right), **values | changes)


def group(letter, *rights, first=0):
    return Group(letter, tuple(member(f"{letter}{n}", right, n) for n, right in enumerate(rights, first)))


def test_of_one_seed_each_mcnemar_decides():
    (pair,) = pairs_of([group("A", 20), group("B", 32)])
    assert pair.over_seeds is None
    assert pair.p_value == pytest.approx(binomtest(0, 12).pvalue)
    assert pair.accuracies == (0.5, 0.8)
    text = verdict(pair)
    assert text.startswith("B0 is better than A0: 80.00 % against 50.00 % of the test pictures, 30.00 points more;")
    why = reasons(pair)
    assert why.startswith("A0 alone is right about 0 pictures, B0 alone about 12; ")
    assert "less than once in 1,000 times (McNemar's exact test)" in why
    assert "another seed can turn it round" in why


def test_a_small_difference_is_not_shown():
    (pair,) = pairs_of([group("A", 22), group("B", 20)])
    text = verdict(pair)
    assert text.startswith("A0 is not shown to be better than B0: 55.00 % against 50.00 %")
    assert "would come about 50 times in 100" in reasons(pair)
    (pair,) = pairs_of([group("A", 20), group("B", 20)])
    assert verdict(pair) == "A0 and B0 are equally good: both answer 50.00 % of the test pictures."
    assert reasons(pair).startswith("They are right about the same 40 pictures.")


def test_of_several_seeds_welch_decides():
    (pair,) = pairs_of([group("A", 20, 21, 22), group("B", 30, 31)])
    expected = ttest_ind([0.5, 0.525, 0.55], [0.75, 0.775], equal_var=False).pvalue
    assert pair.over_seeds == pair.p_value == pytest.approx(expected)
    assert pair.accuracies == pytest.approx((0.525, 0.7625))
    assert verdict(pair).startswith("B is better than A: 76.25 % against 52.50 %")
    assert reasons(pair).startswith("Over 3 and 2 seeds")
    assert pair.answers.test.only_b == 10


def test_the_answers_compared_are_of_the_same_seed_where_there_is_one():
    one, other = group("A", 20, 21, 22), group("B", 30, 31, first=2)
    assert [run.letter for run in alike_in_seed(one, other)] == ["A2", "B2"]
    assert [run.letter for run in alike_in_seed(one, group("B", 30, first=9))] == ["A0", "B9"]
    untested = Group("B", (member("B0", 3, 0, test=None, answers=None), member("B1", 3, 1)))
    assert [run.letter for run in alike_in_seed(one, untested)] == ["A1", "B1"]


def test_runs_of_one_group_are_held_against_its_first():
    pairs = pairs_of([group("A", 20, 26, 22)])
    assert [[run.letter for run in pair.runs] for pair in pairs] == [["A0", "A1"], ["A0", "A2"]]
    assert all("They differ in the seed alone: what parts them is chance" in reasons(pair) for pair in pairs)


def test_several_comparisons_are_raised_together():
    pairs = pairs_of([group("A", 20), group("B", 26), group("C", 32), Group("D", (member("D", 1, test=None),))])
    alone = [binomtest(0, 6).pvalue, binomtest(0, 12).pvalue]
    assert [pair.p_value for pair in pairs] == [pytest.approx(alone[0]), pytest.approx(2 * alone[1]), None]
    assert "raised by Holm's rule for 2 comparisons" in reasons(pairs[0])
    assert verdict(pairs[2]).startswith("Whether the difference means anything cannot be told: D was not tested; go on")
    assert reasons(pairs[2]) == ""


def test_seeds_decide_even_where_answers_cannot_be_paired():
    blind = [
        Group(x, tuple(Member(one.record, one.letter, None) for one in group(x, *rights).members))
        for x, rights in (("A", (20, 21)), ("B", (30, 31)))
    ]
    (pair,) = pairs_of(blind)
    assert pair.answers is None
    assert verdict(pair).startswith("B is better than A")
