import pytest

from muslin.data.files.words import plain_split, split_named, without_split


@pytest.mark.parametrize(
    ("name", "split", "is_plain"),
    [
        ("train", "train", True),
        ("test_set", "test", True),
        ("dev", "validation", True),
        ("Train2", "train", False),
        ("PublicTest", "test", False),
        ("test tube", "test", False),
        ("train or test", "", True),
        ("bus", "", True),
    ],
)
def test_a_split_is_known_by_a_word(name, split, is_plain):
    assert split_named(name) == split
    assert plain_split(name) == (split if is_plain else "")


def test_names_of_two_splits_are_the_same_without_their_words():
    assert without_split("fashion-mnist_train") == without_split("FashionMNISTTest".replace("MNIST", "-mnist_"))
    assert without_split("mnist2_train") != without_split("mnist_test")
