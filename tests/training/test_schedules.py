import pytest
from hypothesis import given
from hypothesis import strategies as st

from muslin.config import FitSettings
from muslin.training.schedules import END, START, learning_rate_factor

SHARES = st.floats(min_value=0, max_value=1)


@given(SHARES, st.floats(min_value=0, max_value=0.9), st.sampled_from(["constant", "linear", "cosine"]))
def test_factor_is_a_share(progress, warmup, schedule):
    assert 0 < learning_rate_factor(progress, FitSettings(warmup=warmup, schedule=schedule)) <= 1


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
@given(st.tuples(SHARES, SHARES))
def test_falls_after_the_warmup_and_rises_before(schedule, pair):
    early, late = sorted(pair)
    settings = FitSettings(warmup=0.25, schedule=schedule)
    first, second = learning_rate_factor(early, settings), learning_rate_factor(late, settings)
    if late < 0.25:
        assert first <= second
    if early >= 0.25:
        assert first >= second


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
def test_ends_of_the_run(schedule):
    settings = FitSettings(warmup=0.25, schedule=schedule)
    assert learning_rate_factor(0, settings) == pytest.approx(START)
    assert learning_rate_factor(0.25, settings) == pytest.approx(1)
    assert learning_rate_factor(1, settings) == pytest.approx(END)


def test_constant_stays():
    assert [learning_rate_factor(p, FitSettings(warmup=0, schedule="constant")) for p in (0, 0.5, 1)] == [1, 1, 1]


def test_halfway_values():
    settings = FitSettings(warmup=0)
    assert learning_rate_factor(0.5, settings) == pytest.approx((1 + END) / 2)
    assert learning_rate_factor(0.5, settings.changed(schedule="cosine")) == pytest.approx((1 + END) / 2)
    assert learning_rate_factor(0.25, settings.changed(schedule="cosine")) > learning_rate_factor(0.25, settings)
