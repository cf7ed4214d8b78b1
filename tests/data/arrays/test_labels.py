import numpy as np
import pytest

from muslin.data.arrays.labels import read_labels
from muslin.errors import DataError

PLAIN = np.array([0, 1, 2, 1])


def read(labels, names=None):
    parts, classes, notes = read_labels({"train": np.asarray(labels)}, names)
    return parts["train"].tolist(), classes, notes


@pytest.mark.parametrize("labels", [PLAIN, PLAIN[:, None], PLAIN.astype(float), PLAIN.astype(np.uint64)])
def test_plain_numbers_need_no_word(labels):
    assert read(labels) == ([0, 1, 2, 1], ("0", "1", "2"), [])


@pytest.mark.parametrize("kind", [int, bool, np.float32])
def test_one_hot_rows(kind):
    assert read(np.eye(3)[PLAIN].astype(kind)) == (
        [0, 1, 2, 1], ("0", "1", "2"), ["labels are one-hot rows: the place of each one's 1 is taken"],
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["U", "S", object])
def test_text_gives_names(kind):
    assert read(np.array(["cat", "dog", "ant", "dog"]).astype(kind)) == ([1, 2, 0, 2], ("ant", "cat", "dog"), [])


def test_classes_keep_their_own_numbers():
    assert read(PLAIN + 1)[1] == ("1", "2", "3")
    places, classes, notes = read([7, 0, 7, 3])
    assert (places, classes) == ([2, 0, 2, 1], ("0", "3", "7"))
    assert notes == ["labels are 0, 3, 7: these are the classes, under their own numbers"]


def test_names_go_by_number():
    assert read(PLAIN, ["a", "b", "c"]) == ([0, 1, 2, 1], ("a", "b", "c"), [])
    assert read(PLAIN + 1, ["a", "b", "c"])[1:] == (
        ("a", "b", "c"), ["labels begin at 1: that is taken for the first of the named classes"],
    )  # fmt: skip
    assert read([0, 2], ["a", "b", "c"])[1:] == (
        ("a", "c"), ["classes without a training picture are left out: b"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([[1, 1, 0], [0, 1, 0]], "1 picture of 2 have several labels or none, the first in row 0"),
        ([[0.5, 0.5], [0, 1]], "not of 0 and 1 alone"),
        ([-1, 0, 1], "labels run from -1 to 1"),
        ([0.5, 1], "such as 0.5"),
        ([0, np.nan], "such as nan"),
        ([0, np.inf], "such as infinity|such as inf"),
        ([None, "cat"], "such as None"),
        (3, "whole number or name"),
    ],
)
def test_what_leaves_doubt_is_refused(labels, message):
    with pytest.raises(DataError, match=message):
        read(labels)


def test_more_numbers_than_names_are_refused():
    with pytest.raises(DataError, match="labels run from 0 to 2, but 2 classes"):
        read(PLAIN, ["a", "b"])


def test_a_class_that_training_lacks_is_refused():
    with pytest.raises(DataError, match=r"labels \[5\] are in the test set"):
        read_labels({"train": PLAIN, "test": np.array([1, 5])})
