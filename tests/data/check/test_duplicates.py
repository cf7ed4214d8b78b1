import io
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from muslin.data.check import duplicates
from muslin.data.check.duplicates import EXAMPLES, Twins, find_equal, find_near, grey_copy, perceptual_hashes, thumbs
from tests.samples import photo


def resaved(image: Image.Image) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=60)
    return Image.open(buffer)


ALTERED = {
    "saved as JPEG": resaved,
    "half the size": lambda image: image.resize((80, 80), Image.Resampling.LANCZOS),
    "other proportions": lambda image: image.resize((200, 150), Image.Resampling.LANCZOS),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.1),
    "grey": lambda image: image.convert("L"),
}


def found(images: list[Image.Image], splits: list[int] | None = None, labels: list[int] | None = None) -> Twins:
    greys = np.stack([grey_copy(image) for image in images])
    hashes, means_something = perceptual_hashes(greys)
    assert means_something.all()
    nothing = [0] * len(images)
    return find_near(hashes, thumbs(greys), np.array(splits or nothing), np.array(labels or nothing))


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_picture_is_recognised(name):
    images = [photo(seed) for seed in range(20)]
    twins = found([*images, *map(ALTERED[name], images)])
    assert twins.pictures >= 38
    assert all(j - i == 20 for i, j in twins.examples)


def test_different_pictures_are_not_twins():
    assert found([photo(seed) for seed in range(200)]) == Twins(0, 0, 0, ())


def test_the_same_shape_at_another_place_is_not_a_twin():
    images = []
    for x, y in ((40, 40), (100, 100), (40, 100)):
        image = Image.new("L", (160, 160), 30)
        image.paste(220, (x - 20, y - 20, x + 20, y + 20))
        images.append(image)
    assert found(images).pictures == 0


def test_twins_across_splits_and_classes_are_counted_and_shown_first():
    images = [image for seed in range(30) for image in (photo(seed), resaved(photo(seed)))]
    splits, labels = [0] * 60, [0] * 60
    splits[50] = labels[58] = 1
    twins = found(images, splits, labels)
    assert (twins.pictures, twins.across_splits, twins.across_classes) == (60, 2, 2)
    assert twins.examples[:2] == ((50, 51), (58, 59))
    assert len(twins.examples) == EXAMPLES


def test_a_flat_picture_has_no_hash_that_means_something():
    greys = np.stack([grey_copy(Image.new("RGB", (50, 50), colour)) for colour in ("white", "black", "red")])
    noisy = greys[0] - np.random.default_rng(0).integers(0, 4, (32, 32)).astype(np.uint8)
    assert not perceptual_hashes(np.stack([*greys, noisy]))[1].any()


@given(
    st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=6),
    st.lists(st.lists(st.integers(0, 63), max_size=6), min_size=1, max_size=25),
)
@settings(deadline=None)
def test_no_pair_of_hashes_within_reach_is_missed(bases, flips):
    values = [bases[i % len(bases)] for i in range(len(flips))]
    for i, bits in enumerate(flips):
        for bit in bits:
            values[i] ^= 1 << bit
    small = np.tile(np.arange(256, dtype=np.uint8).reshape(16, 16), (len(values), 1, 1))  # all correlate
    twins = find_near(np.array(values, np.uint64), small, np.zeros(len(values), int), np.arange(len(values)) % 2)
    near = [(i, j) for i, j in combinations(range(len(values)), 2) if (values[i] ^ values[j]).bit_count() <= 4]
    assert twins.pictures == len({i for pair in near for i in pair})
    assert twins.across_classes == len({i for pair in near for i in pair if (pair[0] - pair[1]) % 2})
    assert set(twins.examples) <= set(near)
    assert len(twins.examples) == min(len(near), EXAMPLES)


def test_thousands_with_one_hash_are_counted_in_blocks(monkeypatch):
    monkeypatch.setattr(duplicates, "BLOCK", 10_000)
    small = np.tile(np.arange(256, dtype=np.uint8).reshape(16, 16), (3000, 1, 1))
    twins = find_near(np.full(3000, 7, np.uint64), small, np.zeros(3000, int), np.zeros(3000, int))
    assert twins.pictures == 3000
    assert len(twins.examples) == EXAMPLES


def test_no_pictures_have_no_twins():
    nothing = np.zeros(0, np.int64)
    assert find_near(nothing.astype(np.uint64), np.zeros((0, 16, 16), np.uint8), nothing, nothing).pictures == 0
    assert find_equal([], [], []) == Twins(0, 0, 0, ())


def test_equal_files_are_found_by_their_digests():
    twins = find_equal(list("abacbda"), [0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 1, 0, 0])
    assert twins == Twins(pictures=5, across_splits=3, across_classes=2, examples=((0, 6), (1, 4), (0, 2)))
