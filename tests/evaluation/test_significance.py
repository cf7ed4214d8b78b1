import warnings

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, ttest_ind

from muslin.evaluation.significance import holm, mcnemar, welch, wilson_interval


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.5, 0.999))
def test_wilson_interval_agrees_with_scipy(shares, confidence):
    right, count = shares
    expected = binomtest(right, count).proportion_ci(confidence, "wilson")
    low, high = wilson_interval(right, count, confidence)
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert 0 <= low <= right / count <= high <= 1


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_mcnemar_is_twice_the_tail_of_a_fair_coin(pairs):
    a, b = torch.tensor(pairs).unbind(1)
    test = mcnemar(a, b)
    assert test.only_a == sum(x and not y for x, y in pairs)
    assert test.only_b == sum(y and not x for x, y in pairs)
    fewer, differing = min(test.only_a, test.only_b), test.only_a + test.only_b
    assert test.p_value == pytest.approx(min(1, 2 * binom.cdf(fewer, differing, 0.5)), abs=1e-12)
    assert mcnemar(b, a).p_value == pytest.approx(test.p_value)


def test_many_more_for_one_is_no_chance():
    a = torch.ones(60, dtype=torch.bool)
    assert mcnemar(a, torch.arange(60) >= 10).p_value == pytest.approx(2 / 2**10)


def test_without_a_picture_that_parts_them_there_is_no_difference():
    for right in ([True, False], [True], []):
        answers = torch.tensor(right, dtype=torch.bool)
        test = mcnemar(answers, answers)
        assert (test.only_a, test.only_b, test.p_value) == (0, 0, 1.0)
    even = torch.tensor([True, False, True, False])
    assert mcnemar(even, ~even).p_value == 1.0


values = st.lists(st.integers(0, 10_000).map(lambda n: n / 10_000), min_size=2, max_size=8)


@given(values, values)
def test_welch_agrees_with_scipy(first, second):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of spreads that are next to nothing
        expected = ttest_ind(first, second, equal_var=False).pvalue
    spread = len(set(first)) > 1 or len(set(second)) > 1
    assert welch(first, second) == (pytest.approx(expected, abs=1e-9) if spread else None)


def test_welch_needs_two_values_a_side():
    assert welch([0.9], [0.8, 0.7]) is None
    assert welch([0.9, 0.8], []) is None
    assert welch([0.9, 0.9], [0.8, 0.8]) is None


@given(st.lists(st.floats(0, 1), max_size=6))
def test_holm_is_its_definition(p_values):
    order = sorted(p_values)
    raised = holm(p_values)
    for p, value in zip(p_values, raised, strict=True):
        rank = order.index(p)
        steps = [min(1.0, (len(order) - k) * order[k]) for k in range(rank + 1)]
        assert value == max(steps)
    assert all(a >= b for a, b in zip(raised, p_values, strict=True))
