"""Climbing: what is measured, what is written, and what a failure costs."""

import json

import numpy as np
import pytest
from PIL import Image

from muslin.errors import RunError, SettingError
from muslin.ladder import find_rungs
from muslin.ladder.climb import Failed, RungStarted, climb
from muslin.ladder.majority import Majority
from muslin.ladder.pictures import Measured, Pictures, make_task
from muslin.ladder.plane import Plane, make_plane, point_rungs
from tests.samples import make_splits


class Broken(Majority):
    name = "broken"

    def _predict(self, images):  # noqa: ARG002
        raise ZeroDivisionError("no luck")


def test_climb(tmp_path, splits):
    out, events = tmp_path / "deep" / "out", []
    course = Pictures(make_task(splits, None, seed=0))
    climb(course, find_rungs(["majority", "perceptron", "knn-l2"]), out, events.append)
    assert [type(event) for event in events] == [RungStarted, Measured] * 3
    assert [event.rung for event in events[::2]] == ["majority", "perceptron", "knn-l2"]
    assert (events[2].number, events[2].total) == (2, 3)
    majority, perceptron = events[1], events[3]
    assert majority.accuracy == pytest.approx(1 / 3)
    assert perceptron.accuracy > 0.95
    assert perceptron.low < perceptron.accuracy <= perceptron.high
    assert perceptron.parameters == 145 * 3
    written = json.loads((out / "ladder.json").read_text())
    assert (written["data"], written["train"], written["test"], written["seed"]) == ("bars", 300, 60, 0)
    assert [rung["rung"] for rung in written["rungs"]] == ["majority", "perceptron", "knn-l2"]
    assert written["rungs"][1]["accuracy"] == perceptron.accuracy
    assert written["rungs"][1] == perceptron.as_json()
    assert set(written) == {"data", "train", "test", "classes", "seed", "seconds", "threads", "versions", "rungs"}
    assert set(written["versions"]) == {"muslin", "numpy", "torch", "python"}
    Image.open(out / "ladder.png").verify()


def test_a_rung_that_fails_costs_no_other(tmp_path, splits):
    outcomes = climb(Pictures(make_task(splits, None, 0)), [Broken, *find_rungs(["rules", "majority"])], tmp_path)
    assert isinstance(outcomes[0], Failed)
    assert (outcomes[0].reason, outcomes[0].unsuited) == ("ZeroDivisionError: no luck", False)
    assert outcomes[1].rung == "majority"
    assert outcomes[2].unsuited
    assert "made by hand for the ten garments" in outcomes[2].reason
    assert len(json.loads((tmp_path / "ladder.json").read_text())["rungs"]) == 3


def test_results_are_written_after_every_rung(tmp_path, splits):
    counts = []

    def look(event):
        if not isinstance(event, RungStarted):
            counts.append(len(json.loads((tmp_path / "ladder.json").read_text())["rungs"]))

    climb(Pictures(make_task(splits, None, 0)), find_rungs(["majority", "perceptron"]), tmp_path, look)
    assert counts == [1, 2]


def test_all_training_pictures_are_taken_or_a_lot_of_them(splits):
    whole = make_task(splits, None, seed=0)
    assert (len(whole.labels), len(whole.test_labels)) == (300, 60)
    part = make_task(splits, 100, seed=0)
    assert (len(part.labels), len(part.test_labels)) == (100, 50)
    assert np.bincount(part.labels).min() > 20
    np.testing.assert_array_equal(part.images, make_task(splits, 100, seed=0).images)
    assert (part.labels != make_task(splits, 100, seed=1).labels).any()
    assert len(make_task(splits, 5000, seed=0).labels) == 300
    with pytest.raises(SettingError, match="limit is 99; at least 100"):
        make_task(splits, 99, seed=0)


def test_sorted_files_are_no_trap():
    splits = make_splits(count=3000)
    order = splits.train.labels.argsort()
    splits.train.images, splits.train.labels = splits.train.images[order], splits.train.labels[order]
    assert np.bincount(make_task(splits, 100, seed=0).labels, minlength=3).min() > 10


def test_a_folder_that_cannot_be_made(tmp_path, splits):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot make the folder .* choose another with --out"):
        climb(Pictures(make_task(splits, None, 0)), find_rungs(["majority"]), tmp_path / "file")


def test_climb_the_plane(tmp_path):
    tasks = make_plane(seed=0).tasks
    del tasks["spirals"], tasks["pinwheel"]
    rungs = find_rungs(["majority", "perceptron", "knn-l1"])
    majority, perceptron, knn = climb(Plane(tasks), rungs, tmp_path)
    assert list(perceptron.accuracies) == list(tasks)
    assert perceptron.accuracies["blobs"] == 1
    assert perceptron.accuracies["xor"] < 0.7  # no line does it
    assert knn.accuracies["xor"] > 0.95
    assert majority.accuracies["moons"] == 0.5
    written = json.loads((tmp_path / "plane.json").read_text())
    assert written["rungs"][1]["accuracies"] == perceptron.accuracies
    assert set(written["rungs"][1]) == {"rung", "summary", "cannot", "accuracies", "fit_seconds"}
    assert set(written) == {"seconds", "versions", "rungs"}
    Image.open(tmp_path / "plane.png").verify()


def test_a_rung_that_fails_on_the_plane_costs_no_other(tmp_path):
    tasks = {"blobs": make_plane(seed=0, limit=20).tasks["blobs"]}
    broken, majority = climb(Plane(tasks), [Broken, Majority], tmp_path)
    assert isinstance(broken, Failed)
    assert majority.accuracies == {"blobs": 0.5}


def test_fresh_points_test_what_was_learned():
    task = make_plane(seed=0, limit=50).tasks["pinwheel"]
    assert (len(task.images), len(task.test_images), len(task.classes)) == (50, 1000, 5)
    assert not np.isin(task.images, task.test_images).any()


def test_rungs_for_pictures_are_left_out_of_the_plane_unless_asked_for():
    assert "rules" not in {rung.name for rung in point_rungs(find_rungs(["rules", "majority"]))}
    with pytest.raises(SettingError, match="rules works on pictures alone; on the plane there are majority"):
        point_rungs(find_rungs(["rules", "majority"]), ["rules"])
