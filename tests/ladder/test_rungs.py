"""Every rung keeps the contract, on pictures and, where it says so, on points."""

from functools import cache

import numpy as np
import pytest

from muslin.data.sources.fashion_mnist import CLASSES
from muslin.errors import DataError, SettingError
from muslin.ladder import RUNGS, find_rungs
from muslin.textbook import plane
from tests.data.test_mirror import arrows
from tests.samples import bars

BY_HAND = {"majority", "rules", "mcculloch-pitts"}
POINT_RUNGS = [name for name, rung in RUNGS.items() if rung.takes_points]


@cache
def pictures(seed=0):
    images, labels = bars(300, 1, 28, 10, seed)
    return images.numpy(), labels.numpy()


@cache
def fitted(name):
    rung = RUNGS[name](CLASSES, seed=3)
    rung.fit(*pictures())
    return rung


@cache
def fitted_to_points(name):
    rung = RUNGS[name](("left", "right"), seed=3)
    rung.fit(*plane.blobs(60))
    return rung


@pytest.mark.parametrize("name", RUNGS)
def test_a_rung_introduces_itself(name):
    rung = RUNGS[name]
    assert rung.name == name
    assert rung.summary
    assert rung.cannot
    assert "\n" not in rung.summary + rung.cannot


@pytest.mark.parametrize("name", RUNGS)
def test_pictures_become_labels(name):
    rung, (images, labels) = fitted(name), pictures(seed=1)
    before = images.copy()
    answers = rung.predict(images)
    assert (answers.dtype, answers.shape) == (np.int64, (300,))
    assert answers.min() >= 0
    assert answers.max() < 10
    np.testing.assert_array_equal(images, before)
    np.testing.assert_array_equal(rung.predict(images[:1]), answers[:1])
    if name not in BY_HAND:
        assert (answers == labels).mean() > 0.9


@pytest.mark.parametrize("name", RUNGS)
def test_the_same_seed_gives_the_same_answers(name):
    again = RUNGS[name](CLASSES, seed=3)
    again.fit(*pictures())
    np.testing.assert_array_equal(again.predict(pictures(1)[0]), fitted(name).predict(pictures(1)[0]))


PARAMETERS = {
    "majority": 1, "rules": 0, "mcculloch-pitts": 0, "perceptron": 7850, "knn-l1": 300 * 784, "knn-l2": 300 * 784,
    "logistic": 7850, "hinge": 7850, "mlp-numpy": 203_530, "mlp": 407_050, "convnet": 421_642,
}  # fmt: skip


def test_a_network_learns_left_and_right():
    images, labels = arrows(160)
    rung = RUNGS["resnet"](("left", "right"), seed=3)
    rung.fit(images[:120, 0].numpy(), labels[:120].numpy())
    assert (rung.predict(images[120:, 0].numpy()) == labels[120:].numpy()).mean() > 0.9


@pytest.mark.parametrize("name", RUNGS)
def test_parameters_are_counted(name):
    assert fitted(name).parameters == PARAMETERS.get(name, fitted(name).parameters) >= 0


@pytest.mark.parametrize("name", POINT_RUNGS)
def test_points_become_labels(name):
    points, labels = plane.blobs(100, seed=1)
    answers = fitted_to_points(name).predict(points)
    assert (answers.dtype, answers.shape) == (np.int64, (100,))
    assert (answers == labels).mean() == (0.5 if name == "majority" else 1)


@pytest.mark.parametrize("name", [name for name in RUNGS if name not in POINT_RUNGS])
def test_points_are_refused_where_they_make_no_sense(name):
    with pytest.raises(DataError, match=f"{name} works on pictures alone"):
        RUNGS[name](CLASSES).fit(*plane.blobs(60))


@pytest.mark.parametrize("name", ["rules", "mcculloch-pitts"])
@pytest.mark.parametrize(
    ("classes", "shape"), [(("a", "b"), (1, 28, 28)), (CLASSES, (1, 12, 12)), (CLASSES, (3, 28, 28))]
)
def test_what_was_made_for_garments_refuses_other_pictures(name, classes, shape):
    with pytest.raises(DataError, match="made by hand for the ten garments of Fashion-MNIST"):
        RUNGS[name](classes).fit(np.zeros((2, *shape), np.uint8), np.array([0, 1]))


@pytest.mark.parametrize("name", ["perceptron", "convnet"])
def test_colour_pictures(name):
    images, labels = (part.numpy() for part in bars(90, 3, 12, 3, seed=0))
    rung = RUNGS[name](("a", "b", "c"))
    rung.fit(images, labels)
    assert (rung.predict(images) == labels).all()


@pytest.mark.parametrize("name", RUNGS)
def test_an_answer_needs_training_first(name):
    with pytest.raises(SettingError, match=f"{name} was not fitted yet"):
        RUNGS[name](CLASSES).predict(pictures()[0])


@pytest.mark.parametrize("name", RUNGS)
def test_other_pictures_than_fitted_are_refused(name):
    with pytest.raises(DataError, match=rf"images are \(1, 9, 9\) each; {name} was fitted to \(1, 28, 28\)"):
        fitted(name).predict(np.zeros((2, 1, 9, 9), np.uint8))


POINTS = np.zeros((2, 2))


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((0, 2)), np.zeros(0, np.int64), r"images are float64 \(0, 2\)"),
        (np.zeros((2, 28, 28)), np.array([0, 1]), r"images are float64 \(2, 28, 28\)"),
        (np.zeros((2, 784), np.uint8), np.array([0, 1]), r"images are uint8 \(2, 784\)"),
        (np.array([[0, np.nan]]), np.array([0]), "points hold nan"),
        (POINTS, np.array([0]), r"labels are int64 \(1,\); \(2,\) int64 is needed"),
        (POINTS, np.array([0.0, 1.0]), r"labels are float64 \(2,\)"),
        (POINTS, np.array([0, 2]), "labels run from 0 to 2; 2 classes allow 0 to 1"),
        (POINTS, np.array([-1, 0]), "labels run from -1 to 0"),
    ],
)
def test_bad_input_is_named(images, labels, message):
    with pytest.raises(DataError, match=message):
        RUNGS["majority"](("a", "b")).fit(images, labels)


def test_bad_settings_are_named():
    with pytest.raises(SettingError, match="a classifier needs 2 or more"):
        RUNGS["majority"](("a",))
    with pytest.raises(SettingError, match="seed is -1"):
        RUNGS["majority"](("a", "b"), seed=-1)


def test_the_order_of_the_ladder():
    assert list(RUNGS) == [
        "majority", "rules", "mcculloch-pitts", "perceptron", "knn-l1", "knn-l2", "logistic", "hinge", "mlp-numpy",
        "mlp", "convnet", "resnet",
    ]  # fmt: skip
    assert find_rungs(["resnet", "rules", "rules"]) == [RUNGS["rules"], RUNGS["resnet"]]
    with pytest.raises(SettingError, match="unknown rung 'preceptron'. Did you mean 'perceptron'"):
        find_rungs(["preceptron"])
