"""The garments' neighbours and the rungs' answers are what they are said to be."""

from base64 import b64decode

import numpy as np
import pytest

from muslin.ladder.registry import RUNGS
from muslin.lecture.garments import OF_EACH, shown_garments
from muslin.lecture.garments import test_garments as garments
from muslin.lecture.widgets import browse
from muslin.textbook.distances import l2_distance


@pytest.fixture(scope="module")
def values():
    return browse.values()


def test_of_each_class_as_many_are_shown(values):
    assert np.bincount(values["labels"]).tolist() == [OF_EACH] * 10
    images, labels = garments()
    assert labels[values["places"]].tolist() == values["labels"]
    pictures = np.frombuffer(b64decode(values["garments"]), dtype=np.uint8).reshape(-1, 28, 28)
    assert (pictures == images[values["places"]]).all()
    assert (np.diff(shown_garments()) > 0).all()


@pytest.mark.parametrize("place", [0, 57, 399])
def test_neighbours_are_the_nearest_by_the_textbooks_distance(values, place):
    pixels = garments()[0][values["places"]].reshape(400, -1) / 255
    distances = np.array([l2_distance(pixels[place], other) for other in pixels])
    distances[place] = np.inf
    assert values["near"][place] == np.argsort(distances, kind="stable")[:5].tolist()
    assert values["distances"][place] == pytest.approx(np.sort(distances)[:5], abs=6e-4)


def test_every_rung_answers_for_every_garment(values):
    assert [rung["name"] for rung in values["rungs"]] == list(RUNGS)
    for rung in values["rungs"]:
        assert len(rung["answers"]) == len(values["labels"])
        assert set(rung["answers"]) <= set(range(10))
        own = np.mean(np.array(rung["answers"]) == values["labels"])
        assert own == pytest.approx(rung["accuracy"], abs=0.08)  # of 400 pictures and of 3,000


def test_rules_which_learn_nothing_answer_as_recorded(values):
    rung = RUNGS["rules"](tuple(values["classes"]), values["seed"])
    images, labels = garments()
    rung.fit(images[:100, None], labels[:100])
    recorded = next(each for each in values["rungs"] if each["name"] == "rules")["answers"]
    assert rung.predict(images[values["places"]][:, None]).tolist() == recorded


def test_all_tasks_can_be_done(values):
    labels, near = np.array(values["labels"]), np.array(values["near"])
    answers = np.array([rung["answers"] for rung in values["rungs"]])
    right = (answers == labels).sum(0)
    assert ((labels[near] != labels[:, None]).all(1)).any()
    assert ((right <= 2) & (answers[-1] == labels)).any()
    assert (right < len(answers) / 2).sum() > 5
