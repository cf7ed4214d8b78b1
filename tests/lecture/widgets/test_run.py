"""What a run looked into shows is what the run's folder and its model say."""

import json
from base64 import b64decode
from itertools import product

import numpy as np
import pytest
import torch

from muslin.data.sources import load_splits
from muslin.errors import RunError, SettingError
from muslin.evaluation.explain.grad_cam import grad_cam
from muslin.evaluation.explain.neighbours import features_of
from muslin.lecture.looked_into import chosen_run, look_into
from muslin.lecture.packs import answer_of, pack_of
from muslin.lecture.widgets import run as widget
from muslin.prediction.classifier import load
from muslin.report.record import read_record
from tests.lecture.runs import SIDE, fit_bars


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return fit_bars(tmp_path_factory.mktemp("looked-into"))


@pytest.fixture(scope="module")
def values(folder):
    return json.loads(pack_of("run", folder))


def pixels(text, *shape):
    return np.frombuffer(b64decode(text), dtype=np.uint8).reshape(*shape)


def test_the_matrix_and_each_cells_pictures_are_the_runs(folder, values):
    record, test = read_record(folder), load_splits(folder.parent / "bars").test
    assert values["confusion"] == record.test.confusion.tolist()
    assert values["accuracy"] == record.test.accuracy
    for label, said in product(range(3), repeat=2):
        shown = [each for each in values["exhibits"] if (each["label"], each["said"]) == (label, said)]
        most = widget.RIGHT if label == said else widget.MISTAKES
        assert len(shown) == min(most, values["confusion"][label][said])
        surest = [each["likeliest"][0][1] for each in shown]
        assert surest == sorted(surest, reverse=True)
    for each in values["exhibits"]:
        assert record.answers.labels[each["position"]] == each["label"]
        assert record.answers.predicted[each["position"]] == each["said"]
        assert (pixels(each["picture"], SIDE, SIDE) == test.images[each["position"], 0].numpy()).all()


def test_maps_and_nearest_pictures_are_the_models(folder, values):
    classifier, data = load(folder), look_into(folder).data
    exhibit = values["exhibits"][0]
    picture = data.test.images[[exhibit["position"]]]
    expected = grad_cam(classifier, picture, torch.tensor([exhibit["said"]])).maps[0].numpy()
    assert np.abs(pixels(exhibit["map"], SIDE, SIDE) / 255 - expected).max() < 0.05
    distances = (features_of(classifier, data.train.images) - features_of(classifier, picture)).norm(dim=1)
    near = exhibit["near"]
    assert [each["distance"] for each in near] == pytest.approx(distances.topk(3, largest=False).values, rel=0.05)
    for layer in exhibit["layers"]:
        maps = pixels(layer["maps"], -1, layer["side"], layer["side"])
        assert 1 <= len(maps) <= 4
        assert set(maps.max((1, 2)).tolist()) <= {0, 255}


def test_further_pictures_of_a_cell_go_on_where_the_first_end(folder, values):
    first = [each["position"] for each in values["exhibits"] if each["label"] == each["said"] == 1]
    more = answer_of("run", {"label": 1, "said": 1, "skip": len(first)}, folder)
    places = first + [each["position"] for each in more]
    assert len(set(places)) == len(places) == min(len(first) + widget.MORE, values["confusion"][1][1])
    assert {(each["label"], each["said"]) for each in more} == {(1, 1)}
    assert answer_of("run", {"label": 1, "said": 1, "skip": 90}, folder) == []


@pytest.mark.parametrize(
    "question",
    [None, [], {}, {"label": 3, "said": 0, "skip": 0}, {"label": True, "said": 0, "skip": 0},
     {"label": 0, "said": "0", "skip": 0}, {"label": 0, "said": 0, "skip": -1}, {"label": 0, "said": 0, "skip": 1e3}],
)  # fmt: skip
def test_what_is_no_question_is_told(folder, question):
    with pytest.raises(SettingError, match="it must be a whole number from 0 to"):
        answer_of("run", question, folder)


def test_a_page_that_shows_another_run_is_told_to_be_loaded_anew(folder):
    question = {"label": 1, "said": 1, "skip": 0}
    assert answer_of("run", question | {"run": folder.name}, folder) == answer_of("run", question, folder)
    with pytest.raises(SettingError, match=f"{folder.name} is looked into by now; reload this page"):
        answer_of("run", question | {"run": "an-earlier-one"}, folder)


def test_without_a_run_there_is_a_sentence(tmp_path):
    assert "muslin fit" in json.loads(pack_of("run"))["missing"]
    with pytest.raises(SettingError, match="muslin fit"):
        answer_of("run", {})
    assert "config.json" in json.loads(pack_of("run", tmp_path))["missing"]


def test_the_newest_tested_run_is_chosen(here, folder):
    assert chosen_run(None) is None
    with pytest.raises(RunError, match="no run at nowhere"):
        chosen_run("nowhere")
    assert chosen_run(str(folder)) == folder
    (here / "runs").mkdir()
    (here / "runs" / "mine").symlink_to(folder)
    assert chosen_run(None) == chosen_run("latest")
    assert chosen_run(None).resolve() == folder.resolve()
