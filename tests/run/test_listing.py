import pytest

from muslin.errors import SettingError
from muslin.run.folder import list_runs
from muslin.run.listing import ORDERS, Choice, sort_runs
from tests.run.examples import make_run


@pytest.fixture
def runs(here):
    """Three runs: one tested, one tested worse but later and quicker, one that was killed."""
    day = "2026-01-0{}T10:00:00+00:00"
    done = {"ended": "done"}
    make_run(here / "runs" / "B", day.format(1), ("epoch", {}), ("test", {"accuracy": 0.9}),
             ("end", done | {"seconds": 80.0}), lr=0.2)  # fmt: skip
    make_run(here / "runs" / "a", day.format(2), ("epoch", {}), ("test", {"accuracy": 0.8}),
             ("end", done | {"seconds": 9.0}), lr=0.1)  # fmt: skip
    make_run(here / "runs" / "c", day.format(3), seed=4)
    return list_runs()


def names(runs):
    return [run.path.name for run in runs]


@pytest.mark.parametrize(
    ("order", "forward", "backward"),
    [
        ("time", "caB", "Bac"),
        ("accuracy", "Bac", "aBc"),
        ("seconds", "aBc", "Bac"),
        ("epochs", "caB", "aBc"),
        ("name", "aBc", "cBa"),
        ("data", "caB", "caB"),
    ],
)
def test_what_a_run_lacks_puts_it_last_either_way(runs, order, forward, backward):
    assert "".join(names(sort_runs(runs, order))) == forward
    assert "".join(names(sort_runs(runs, order, reverse=True))) == backward


def test_every_order_sorts_and_another_is_an_error(runs):
    for order in ORDERS:
        assert len(sort_runs(runs, order)) == 3
    with pytest.raises(SettingError, match="unknown order 'acuracy'. Did you mean 'accuracy'"):
        sort_runs(runs, "acuracy")


@pytest.mark.parametrize(
    ("choice", "shown"),
    [
        ({}, "caB"),
        ({"data": "bars", "recipe": "coffee", "model": "mlp"}, "caB"),
        ({"data": "photos"}, ""),
        ({"finished": True}, "aB"),
        ({"finished": False}, "c"),
        ({"settings": {"lr": "1e-1"}}, "ca"),  # the default, where a run's file lacks it
        ({"settings": {"lr": "0.2"}}, "B"),
        ({"settings": {"seed": "4", "flip": "alternate"}}, "c"),
        ({"settings": {"seed": "4"}, "finished": True}, ""),
    ],
)
def test_only_what_fits_all_that_is_asked(runs, choice, shown):
    assert "".join(names(filter(Choice(**choice).fits, runs))) == shown


def test_a_setting_that_cannot_be_is_an_error():
    with pytest.raises(SettingError, match="unknown setting 'lrr'. Did you mean 'lr'"):
        Choice(settings={"lrr": "1"})
    with pytest.raises(SettingError, match="lr is 'fast'; a number is needed"):
        Choice(settings={"lr": "fast"})


def test_settings_of_another_version_fit_no_setting(here):
    make_run(here / "runs" / "a", "2026-01-01T10:00:00+00:00", tempo=3)
    (run,) = list_runs()
    assert Choice().fits(run)
    assert not Choice(settings={"lr": "0.1"}).fits(run)


def test_damaged_figures_count_as_none(here):
    damaged = ("test", {"accuracy": "high"}), ("end", {"seconds": [1]})
    make_run(here / "runs" / "a", "2026-01-01T10:00:00+00:00", *damaged)
    (run,) = list_runs()
    assert (run.test_accuracy, run.seconds, run.ended, run.is_finished) == (None, None, None, False)
