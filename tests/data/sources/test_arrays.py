import numpy as np
import pytest
import torch

from muslin.data.arrays.given import read_given
from muslin.data.sources.registry import load_splits
from muslin.errors import DataError
from tests.samples import bars

IMAGES, LABELS = bars(60, 1, 12, 3, 0)
STRIPES = torch.arange(60, dtype=torch.uint8).view(60, 1, 1, 1).expand(60, 1, 12, 12)


@pytest.mark.parametrize(
    ("images", "message"),
    [(IMAGES[:1].expand(60, 1, 12, 12), "all 60 pictures are alike"), (STRIPES, "all 60 pictures have one value")],
)
def test_a_set_that_shows_nothing_is_refused(images, message):
    with pytest.raises(DataError, match=message):
        load_splits(read_given((images, LABELS)))


def test_single_pictures_of_one_value_are_noted():
    images = IMAGES.clone()
    images[:2] = STRIPES[:2]
    assert "2 of 60 pictures have one value throughout" in load_splits(read_given((images, LABELS))).notes


def test_arrays_are_known_by_content():
    name = read_given((IMAGES, LABELS)).name
    assert name == read_given((IMAGES.numpy().copy(), LABELS.tolist())).name
    assert name.startswith("arrays:")
    assert name != read_given((IMAGES, LABELS.flip(0))).name
    assert name != read_given(((IMAGES, LABELS), (IMAGES, LABELS))).name


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"images": IMAGES}, "data is a dict; give a name, a path,"),
        ((IMAGES, LABELS, LABELS), "data is a tuple of 3"),
        (((IMAGES, LABELS), (IMAGES,)), "data has a part of 1 array; give"),
        (([np.zeros((3, 3)), np.zeros((4, 4))], [0, 1]), "bring all to one size"),
        ((IMAGES, LABELS[:9]), "60 pictures but 9 labels"),
        ((None, None), "numbers are needed"),
        ((IMAGES, LABELS * 0), "1 class in the data"),
    ],
)
def test_what_is_no_pair_of_arrays_is_refused(data, message):
    with pytest.raises(DataError, match=message):
        load_splits(read_given(data))


def test_arrays_that_are_no_longer_there_are_asked_for():
    with pytest.raises(DataError, match="arrays that were given in Python .* pass them again"):
        load_splits("arrays:0123")
