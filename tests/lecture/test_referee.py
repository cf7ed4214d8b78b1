import numpy as np
import pytest

from muslin.errors import SettingError
from muslin.lecture.referee import replay
from muslin.textbook.network import Network


def question(**changes):
    network = Network((2, 3, 1), seed=1)
    points = np.random.default_rng(0).normal(size=(10, 2))
    asked = {
        "sizes": [2, 3, 1], "activation": "tanh", "loss": "binary-cross-entropy", "optimizer": "adam", "lr": 0.1,
        "l2": 0.01, "batch": 4, "points": points.ravel().tolist(), "labels": [0, 1] * 5, "locks": [2],
        "start": network.parameters.tolist(), "first": 7, "count": 5,
    }  # fmt: skip
    return asked | changes


def test_it_takes_the_steps_and_leaves_what_is_locked():
    asked = question()
    found = replay(asked)["parameters"]
    assert found[2] == asked["start"][2]
    assert sum(one != other for one, other in zip(found, asked["start"], strict=True)) == len(found) - 1


@pytest.mark.parametrize(
    "changes",
    [
        {"sizes": [2, 9, 1]}, {"sizes": [2] * 9}, {"sizes": "no"}, {"count": 51}, {"count": 0}, {"batch": 0},
        {"optimizer": "sgd"}, {"activation": "gelu"}, {"start": [1.0]}, {"start": ["x"]}, {"labels": [0]}, {"lr": -1},
        {"points": [[1, 2], [3]]}, {"locks": [99]}, {"first": -1}, {"labels": [5] * 10}, {"l2": None},
    ],
)  # fmt: skip
def test_what_is_no_stretch_is_a_sentence(changes):
    with pytest.raises(SettingError):
        replay(question(**changes))


@pytest.mark.parametrize("asked", [None, 3, "text", [], {}, [1, 2]])
def test_anything_else_is_too(asked):
    with pytest.raises(SettingError, match="not a stretch"):
        replay(asked)
