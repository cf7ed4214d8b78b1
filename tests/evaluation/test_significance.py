import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from muslin.evaluation.significance import mcnemar, wilson_interval


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
