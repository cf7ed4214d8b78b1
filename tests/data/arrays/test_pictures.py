import numpy as np
import pytest

from muslin.data.arrays.pictures import read_pictures
from muslin.errors import DataError

GREY = np.random.default_rng(0).integers(0, 256, (9, 6, 5), dtype=np.uint8)
COLOUR = np.random.default_rng(1).integers(0, 256, (9, 6, 5, 3), dtype=np.uint8)


def read(images):
    parts, notes = read_pictures({"all": images})
    return parts["all"].numpy(), notes


@pytest.mark.parametrize("images", [GREY, GREY[..., None], GREY[:, None]])
def test_grey_of_any_layout(images):
    pictures, notes = read(images)
    assert (pictures == GREY[:, None]).all()
    assert (
        notes
        == (["pictures are (9, 1, 6, 5): the second number is taken for the channels"] * (images.ndim == 4))[
            : int(images.shape[-1] == 5)
        ]
    )


@pytest.mark.parametrize("images", [COLOUR, COLOUR.transpose(0, 3, 1, 2)])
def test_colour_of_any_layout(images):
    assert (read(images)[0] == COLOUR.transpose(0, 3, 1, 2)).all()


def test_transparency_is_laid_on_white():
    alpha = np.full((9, 6, 5, 1), 255, np.uint8)
    alpha[:2] = 0
    pictures, notes = read(np.concatenate([COLOUR, alpha], 3))
    assert (pictures[:2] == 255).all()
    assert (pictures[2:] == COLOUR[2:].transpose(0, 3, 1, 2)).all()
    assert notes == ["2 pictures, each is transparent: laid on white"]


@pytest.mark.parametrize(
    ("images", "note"),
    [
        (GREY / 255, "white is taken to be 1"),
        ((GREY / 255).astype(np.float16), "white is taken to be 1"),
        (GREY.astype(np.float32), "from 0 to 255: white is taken to be 255"),
        (GREY.astype(np.int64), ""),
    ],
)
def test_values_keep_their_meaning(images, note):
    pictures, notes = read(images)
    assert (pictures == GREY[:, None]).all()
    assert note in " ".join(notes)
    assert bool(notes) == bool(note)


@pytest.mark.parametrize("kind", [bool, np.uint8, float])
def test_black_and_white(kind):
    pictures, notes = read((GREY > 99).astype(kind))
    assert (pictures == 255 * (GREY[:, None] > 99)).all()
    assert notes == ["pictures have values from 0 to 1: white is taken to be 1"]


def test_the_range_is_found_over_all_parts():
    parts, notes = read_pictures({"train": GREY, "test": np.ones((2, 6, 5), np.uint8)})
    assert (parts["test"] == 1).all()
    assert not notes
    with pytest.raises(DataError, match=r"several ranges \(train from 0 to 1, test from 0 to 255\); bring all to"):
        read_pictures({"train": GREY / 255, "test": GREY})


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((9, 7, 6, 5)), r"shape \(9, 7, 6, 5\); .* choose channels"),
        (np.zeros((9, 6, 5, 2)), r"shape \(9, 6, 5, 2\)"),
        (np.zeros((9, 3, 5, 1)), "two axes could be the channels"),
        (np.zeros((9, 784)), r"use reshape\(-1, 28, 28\)"),
        (np.zeros((9, 2, 2, 2, 2)), "is needed"),
        (np.zeros((9, 0, 5)), "is needed"),
        (np.where(GREY[3, 0, 0] == GREY, np.nan, GREY), "of 9 pictures .* hold NaN or infinity"),
        (GREY / 127.5 - 1, r"from -1 to 1; .* \(images \+ 1\) / 2"),
        ((GREY - 73.0) / 90, "0 to 1 or 0 to 255 is needed"),
        (GREY / 100, "from 0 to 2.5"),
        (GREY.astype(np.int32) * 257, "from 0 to 65535"),
        (GREY.astype(complex), "complex128; numbers are needed"),
        (GREY.astype(str), "numbers are needed"),
    ],
)
def test_what_leaves_doubt_is_refused(images, message):
    with pytest.raises(DataError, match=message):
        read(images)
