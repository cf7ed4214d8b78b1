import pytest

from muslin.config import FitSettings
from muslin.training import plan as plan_module
from muslin.training.plan import FINISHING, TimePlan


class Clock:
    now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(plan_module, "time", clock)
    return clock


def test_epochs_are_shares_of_the_whole(clock):
    plan = TimePlan(FitSettings(epochs=4), started=90.0, final_cost=1)
    assert [plan.share(epochs) for epochs in (0, 1, 2.5, 4)] == [0, 0.25, 0.625, 1]
    assert not plan.is_over(3.9)
    assert plan.is_over(4)
    clock.now += 10
    assert plan.remaining(1) == pytest.approx(30)
    assert plan.elapsed() == 20


def test_epochs_that_skip_easy_pictures_are_smaller_shares():
    plan = TimePlan(FitSettings(epochs=5, skip_easy=0.75), started=90.0, final_cost=1)
    assert [plan.share(epochs) for epochs in (0, 0.5, 1, 3, 5)] == [0, 0.25, 0.5, 0.75, 1]
    assert TimePlan(FitSettings(skip_easy=0.75, epochs=1), started=90.0, final_cost=1).share(0.5) == 0.5


def test_a_budget_is_shared_by_start_training_validation_and_test(clock):
    plan = TimePlan(FitSettings(time_budget=60.0), started=90.0, final_cost=6)  # 10 s are gone
    assert plan.share(0) == 0
    clock.now += (50 - FINISHING) / 2
    assert plan.share(10**6) == pytest.approx(0.5)
    plan.note_validation(1.0)  # the last validation and the test will take 6 s
    assert plan.remaining(0) == pytest.approx((50 - FINISHING) / 2 - 6)
    clock.now += (50 - FINISHING) / 2 - 6
    assert plan.is_over(0)
    assert plan.elapsed() == pytest.approx(60 - FINISHING - 6)


def test_a_budget_that_the_start_has_eaten_is_over_at_once(clock):
    plan = TimePlan(FitSettings(time_budget=1.0), started=90.0, final_cost=1)
    assert plan.share(0) in (0, 1)
    clock.now += 0.001
    assert plan.is_over(0)
