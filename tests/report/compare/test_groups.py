import math
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from muslin.config import FitSettings
from muslin.report.compare.groups import FIGURES, group_runs, letters, unlike_settings
from tests.report.compare.members import make_confusion
from tests.report.records import make_epochs, make_record, make_score


def seeded(seed, right=5, **changes):
    values = {"settings": FitSettings(model="mlp", seed=seed), "test": make_confusion(right, 10 - right)}
    return make_record(**values | changes)


def test_runs_that_differ_in_the_seed_alone_are_a_group():
    other = seeded(1, settings=FitSettings(model="mlp", seed=1, lr=0.2))
    groups = group_runs([seeded(0), other, seeded(1), seeded(2, data="photos"), seeded(3, recipe="lunch")])
    assert [[member.letter for member in group.members] for group in groups] == [["A1", "A2"], ["B"], ["C"], ["D"]]
    assert [member.seed for member in groups[0].members] == [0, 1]


def test_runs_on_other_pictures_are_no_group(tmp_path, splits):
    from muslin.run.known import write_known

    for name, data in (("a", splits), ("b", splits), ("c", replace(splits, test=splits.validation))):
        (tmp_path / name).mkdir()
        write_known(tmp_path / name, data)
    records = [seeded(seed, folder=tmp_path / name) for seed, name in enumerate("abc")]
    assert [len(group.members) for group in group_runs(records)] == [2, 1]
    (tmp_path / "b" / "known.safetensors").write_bytes(b"damaged")
    assert [len(group.members) for group in group_runs(records)] == [2, 1]


def test_mean_and_deviation_are_numpys_with_n_minus_1():
    (group,) = group_runs([seeded(seed, right) for seed, right in enumerate([5, 6, 9])])
    spread = group.spreads()["test_accuracy"]
    values = [0.5, 0.6, 0.9]
    assert (spread.mean, spread.deviation) == pytest.approx((np.mean(values), np.std(values, ddof=1)), abs=1e-12)
    assert spread.count == 3
    assert set(group.spreads()) == set(FIGURES)


def test_one_seed_has_no_deviation_and_the_same_seed_twice_counts_once():
    (group,) = group_runs([seeded(0, 5), seeded(0, 9), seeded(1, 7)])
    assert [member.letter for member in group.counted] == ["A1", "A3"]
    assert group.values("test_accuracy") == [0.5, 0.7]
    (group,) = group_runs([seeded(0)])
    assert (group.spreads()["test_accuracy"].deviation, group.spreads()["test_accuracy"].count) == (None, 1)


def test_what_a_seed_lacks_makes_no_mean_of_nothing():
    diverged = tuple(replace(epoch, validation_loss=math.nan, train_loss=math.inf) for epoch in make_epochs(2))
    one, other = seeded(0), seeded(1, test=None, seconds=None, epochs=diverged)
    (group,) = group_runs([one, other])
    spreads = group.spreads()
    assert (spreads["test_accuracy"].count, spreads["test_accuracy"].mean) == (1, 0.5)
    assert (spreads["last_validation_loss"].count, spreads["last_train_loss"].count) == (1, 1)
    (empty,) = group_runs([replace(other, epochs=())])
    assert set(empty.spreads().values()) == {None}


def test_last_and_best_are_told_apart():
    epochs = make_epochs(3)
    worse = replace(epochs[2], validation_loss=epochs[0].validation_loss, validation_accuracy=0.25)
    (group,) = group_runs([seeded(0, epochs=(*epochs[:2], worse), test=make_score())])
    figures = group.members[0].figures
    assert figures["last_validation_accuracy"] == 0.25
    assert figures["best_validation_accuracy"] == epochs[1].validation_accuracy
    assert figures["best_validation_loss"] == epochs[1].validation_loss < figures["last_validation_loss"]
    assert figures["test_accuracy_one_view"] == 0.5


def test_settings_that_are_equal_are_left_out_and_each_run_has_its_own():
    own = FitSettings(model="/home/me/net.py:tiny", seed=1, lr=0.3, init="/home/me/runs/first").changed(erase=4)
    records = [seeded(0), seeded(1, settings=own), seeded(2, settings=FitSettings(model="mlp", lr=0.3), data="photos")]
    unlike = {each["name"]: each["values"] for each in unlike_settings(group_runs(records))}
    assert unlike == {
        "model": ["mlp", "net.py:tiny", "mlp"],
        "lr": [0.1, 0.3, 0.3],
        "erase": [0, 4, 0],
        "init": ["", "first", ""],
        "data": ["bars", "bars", "photos"],
    }
    assert unlike_settings(group_runs([seeded(0), seeded(1)])) == []


def test_letters_go_on_after_z():
    assert list(islice(letters(), 25, 29)) == ["Z", "AA", "AB", "AC"]
