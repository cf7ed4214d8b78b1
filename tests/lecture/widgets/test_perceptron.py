"""The perceptron's sets and bounds hold against the textbook."""

import json

import numpy as np
import pytest

from muslin.errors import SettingError
from muslin.lecture.widgets import perceptron
from muslin.textbook.neuron import is_linearly_separable, mistake_bound, train_perceptron

VALUES = perceptron.values()
SETS = {one["name"]: one for one in VALUES["sets"]}


def samples(name: str) -> tuple[np.ndarray, np.ndarray]:
    rows = np.array(SETS[name]["points"])
    return rows[:, :2], rows[:, 2].astype(int)


@pytest.mark.parametrize("name", SETS)
def test_a_set_has_a_bound_if_a_line_separates_it_and_learning_keeps_it(name):
    points, labels = samples(name)
    assert np.abs(points).max() < VALUES["extent"]
    history = train_perceptron(points, labels, epochs=200)
    bound = SETS[name]["bound"]
    assert (bound is not None) == is_linearly_separable(points, labels) == history.converged
    if bound is not None:
        assert sum(history.mistakes) <= bound


@pytest.mark.parametrize("name", ["and", "wide", "narrow", "hair"])
def test_no_other_line_gives_a_tighter_bound(name):
    points, labels = samples(name)
    widest = perceptron.widest_line(points, labels)
    generator = np.random.default_rng(0)
    for scale in (1e-3, 1e-2, 0.1, 1.0):
        for shift in generator.normal(size=(50, 3)) * scale * np.linalg.norm(widest):
            *weights, bias = widest + shift
            try:
                assert mistake_bound(points, labels, weights, bias) >= SETS[name]["bound"] * (1 - 1e-9)
            except SettingError:
                continue  # it does not separate them


def test_the_narrower_the_gap_the_more_mistakes():
    wide, narrow, hair = (sum(train_perceptron(*samples(name)).mistakes) for name in ("wide", "narrow", "hair"))
    assert wide < narrow < hair


def test_values_are_plain():
    assert json.loads(json.dumps(VALUES, allow_nan=False)) == VALUES
    assert perceptron.values() == VALUES
