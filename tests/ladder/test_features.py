"""Features of shapes that were drawn for the purpose."""

import numpy as np
import pytest

from muslin.errors import DataError
from muslin.ladder.features import NAMES, measure


def picture(*boxes, value=200):
    """A picture of 28 x 28 with boxes (top, bottom, left, right), ends excluded; a negative one cuts a hole."""
    image = np.zeros((28, 28), np.uint8)
    for top, bottom, left, right, *cut in boxes:
        image[top:bottom, left:right] = 0 if cut else value
    return image


BLOCK = picture((4, 24, 6, 16))
TROUSER = picture((0, 28, 8, 20), (8, 28, 13, 15, "cut"))
T_SHIRT = picture((0, 28, 8, 20), (0, 9, 4, 24))
PULLOVER = picture((0, 28, 10, 18), (0, 6, 4, 24), (6, 28, 4, 8), (6, 28, 20, 24))
SHOE = picture((20, 25, 0, 28), (8, 25, 16, 28))
RING = picture((5, 20, 5, 20), (8, 17, 8, 17, "cut"))


def features(image):
    return {name: float(column[0]) for name, column in measure(image[None]).items()}


def test_a_block():
    found = features(BLOCK)
    assert (found["height"], found["width"], found["area"], found["holes"]) == (20, 10, 1, 0)
    assert found["symmetry"] == pytest.approx(1)
    assert found["brightness"] == pytest.approx(200 / 255)
    assert found["texture"] == 0
    assert [found[f"{part}_width"] for part in ("top", "middle", "bottom")] == [10, 10, 10]
    assert [found[f"{part}_height"] for part in ("left", "middle", "right")] == [20, 20, 20]
    assert found["wide_until"] > 0.95
    assert found["leg_gap"] == found["neck"] == found["sleeve_gap"] == 0


def test_legs_have_a_gap():
    assert features(TROUSER)["leg_gap"] > 0.6
    assert features(T_SHIRT)["leg_gap"] == features(PULLOVER)["leg_gap"] == 0


def test_sleeves_end_somewhere():
    assert features(T_SHIRT)["wide_until"] == pytest.approx(8.5 / 28)
    assert features(PULLOVER)["wide_until"] == pytest.approx(27.5 / 28)
    assert features(T_SHIRT)["top_width"] == 20
    assert features(T_SHIRT)["bottom_width"] == 12


def test_sleeves_hang_beside_the_body():
    assert features(PULLOVER)["sleeve_gap"] > 0.7
    assert features(BLOCK)["sleeve_gap"] == 0


def test_dark_beyond_the_outline_is_no_sleeve_gap():
    assert features(T_SHIRT)["sleeve_gap"] == 0  # beside the body, but below the sleeves
    one_arm = picture((0, 28, 10, 18), (0, 6, 4, 18), (6, 28, 4, 8))
    assert features(one_arm)["sleeve_gap"] == 0  # a gap on one side alone, such as a bag's strap makes
    half_way = picture((0, 28, 10, 18), (0, 6, 4, 24), (6, 21, 4, 8), (6, 21, 20, 24))
    assert 0 < features(half_way)["sleeve_gap"] < features(PULLOVER)["sleeve_gap"]


def test_a_shoe_leans_to_the_heel():
    found = features(SHOE)
    assert found["symmetry"] < 0.8
    assert found["left_height"] == 5
    assert found["right_height"] == 17


def test_symmetry_does_not_depend_on_the_place():
    for image in (SHOE, T_SHIRT):
        for shift in (-3, -1, 1, 2):
            moved = np.zeros_like(image)
            inner = image[:, 3:25]
            moved[:, 3 + shift : 25 + shift] = inner
            still = np.zeros_like(image)
            still[:, 3:25] = inner
            assert features(moved)["symmetry"] == pytest.approx(features(still)["symmetry"])
    assert features(picture((0, 28, 0, 9)))["symmetry"] == pytest.approx(1)


def test_holes_are_counted_in_each_picture_alone():
    two = picture((2, 26, 2, 26), (5, 9, 5, 8, "cut"), (15, 20, 15, 20, "cut"))
    np.testing.assert_array_equal(measure(np.stack([RING, BLOCK, two, RING]))["holes"], [1, 0, 2, 1])


def test_a_button_is_no_hole_and_a_notch_in_the_edge_is_none():
    button = picture((2, 26, 2, 26), (5, 9, 5, 8, "cut"), (12, 15, 12, 15, "cut"))  # 12 pixels, and 9
    notch = picture((2, 26, 2, 26), (10, 20, 2, 12, "cut"))
    np.testing.assert_array_equal(measure(np.stack([button, notch]))["holes"], [1, 0])


def test_a_zip_is_a_seam():
    plain = picture((4, 24, 4, 24))
    zipped = plain.copy()
    zipped[4:24, 14] = 60
    assert features(zipped)["seam"] > 0.2
    assert features(plain)["seam"] == pytest.approx(0)


def test_a_pattern_has_texture():
    checks = BLOCK // (1 + np.indices(BLOCK.shape).sum(axis=0) % 2).astype(np.uint8)
    assert features(checks)["texture"] > 0.3


def test_pictures_are_measured_as_if_alone():
    images = np.random.default_rng(0).integers(0, 256, (20, 28, 28)).astype(np.uint8)
    images[images < 150] = 0
    together = measure(images)
    assert set(together) == set(NAMES)
    for number, image in enumerate(images):
        for name, value in features(image).items():
            assert together[name][number] == pytest.approx(value, abs=1e-6), name


def test_a_blank_picture_has_finite_features():
    assert all(np.isfinite(column).all() for column in measure(np.zeros((2, 28, 28), np.uint8)).values())


@pytest.mark.parametrize("images", [np.zeros((2, 28, 28)), np.zeros((28, 28), np.uint8), np.zeros((0, 9, 9), np.uint8)])
def test_other_arrays_are_refused(images):
    with pytest.raises(DataError, match="grey \\(N, H, W\\) uint8 is needed"):
        measure(images)
