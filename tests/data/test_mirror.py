import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from muslin.data import mirror as under_test
from muslin.data.mirror import MirrorTest, make_small, mirror_pair, oriented_gradients, try_mirror
from muslin.data.sources.registry import load_splits


def arrows(count, colour="L"):
    """Arrows to the left (0) and to the right (1)."""
    draw_from, images = np.random.default_rng(0), []
    for number in range(count):
        image = Image.new(colour, (112, 112))
        across, down = (int(n) for n in draw_from.integers(44, 68, 2))
        long, high, way = *(int(n) for n in draw_from.integers(14, 34, 2)), 1 if number % 2 else -1
        pen = ImageDraw.Draw(image)
        pen.line([(across - long * way, down), (across + long * way, down)], "white", 7)
        tip = [(across + long * way, down), *((across + (long - high) * way, down + y) for y in (-high, high))]
        pen.polygon(tip, "white")
        images.append(np.asarray(image.rotate(float(draw_from.uniform(-9, 9))).resize((28, 28))))
    pictures = torch.tensor(np.array(images))
    pictures = pictures[:, None] if colour == "L" else pictures.permute(0, 3, 1, 2)
    return pictures, torch.arange(count) % 2


def test_garments_are_mirrored():
    train = load_splits("fashion-mnist").train
    for images, labels in ((train.images, train.labels), (train.images[:300], train.labels[:300])):
        mirror = try_mirror(images, labels)
        assert mirror.is_passed
        assert 0.6 < mirror.kept < 0.85


@pytest.mark.parametrize("colour", ["L", "RGB"])
@pytest.mark.parametrize("count", [20, 60, 400])
def test_arrows_are_not(count, colour):
    mirror = try_mirror(*arrows(count, colour))
    assert not mirror.is_passed
    assert mirror.pair == (0, 1)
    assert mirror.in_words(["left", "right"]).startswith("pictures are not mirrored: left would look like right")


def test_classes_among_many_that_are_mirror_images_are_found():
    train = load_splits("fashion-mnist").train
    images, labels = arrows(60)
    mirror = try_mirror(torch.cat([train.images[:900], images]), torch.cat([train.labels[:900], labels + 10]))
    assert mirror.kept > 0.6
    assert mirror.pair == (10, 11)


def test_pictures_that_face_either_way_are_mirrored():
    images, labels = arrows(200)
    mirror = try_mirror(torch.cat([images, images.rot90(1, (2, 3))]), torch.cat([labels * 0, labels * 0 + 1]))
    assert mirror.is_passed
    assert mirror.kept > 0.9
    assert mirror.in_words("ab").startswith("pictures are mirrored too: ")


def test_what_means_nothing_is_mirrored():
    noise = torch.randint(0, 256, (300, 1, 9, 9), dtype=torch.uint8, generator=torch.manual_seed(0))
    assert try_mirror(noise[:4], torch.tensor([0, 1, 0, 1])).is_passed
    assert try_mirror(torch.zeros(10, 3, 5, 7, dtype=torch.uint8), torch.arange(10) % 2).kept > 0


def soft_patterns(count, classes, strength, seed):
    """Clouds of colour with a pattern of their class in them, as it is or mirrored; the weaker, the harder to tell."""
    generator = torch.Generator().manual_seed(seed)

    def clouds(number, side):
        return torch.nn.functional.interpolate(torch.randn(number, 3, side, side, generator=generator), (24, 24))

    labels = torch.arange(count) % classes
    patterns = clouds(classes, 4)[labels]
    is_mirrored = torch.rand(count, 1, 1, 1, generator=generator) < 0.5
    images = clouds(count, 4) + clouds(count, 8) + strength * torch.where(is_mirrored, patterns.flip(-1), patterns)
    return (128 + 30 * images).clamp(0, 255).byte(), labels


@pytest.mark.parametrize("classes", [2, 10])
@pytest.mark.parametrize("strength", [0.0, 0.7])
def test_pictures_that_are_hard_to_tell_do_not_seem_to_lose_by_it(classes, strength):
    tests = [try_mirror(*soft_patterns(300, classes, strength, seed)) for seed in range(12)]
    assert sum(test.is_passed for test in tests) >= 11
    assert sum(test.kept for test in tests) / 12 > 0.9


def test_large_pictures_are_looked_at_within_bounds(monkeypatch):
    images, labels = arrows(60)
    images = images.repeat_interleave(2, 2).repeat_interleave(2, 3)
    seen = []
    monkeypatch.setattr(under_test, "BLOCK", 7 * 56 * 56)
    monkeypatch.setattr(under_test, "MOST_BYTES", 40 * 56 * 56)
    monkeypatch.setattr(under_test, "make_small", lambda some: seen.append(len(some)) or make_small(some))
    assert try_mirror(images, labels).pair == (0, 1)
    assert seen == [7, 7, 7, 7, 7, 5]


def pair_of(labels, mirrored):
    """The pair, where all pictures are told rightly as they are."""
    return mirror_pair(torch.tensor(labels), torch.tensor(labels), torch.tensor(mirrored))


def test_the_pair_takes_most_of_both():
    left_and_right = [0] * 8 + [1] * 8
    assert pair_of(left_and_right, [1] * 8 + [0] * 8) == (0, 1)
    assert pair_of(left_and_right, [1] * 8 + [0] * 3 + [1] * 5) is None, "half of the second class does not"
    assert pair_of(left_and_right, [1] * 16) is None, "one way alone"
    assert pair_of([0] * 3 + [1] * 3, [1] * 3 + [0] * 3) is None, "too few"
    assert pair_of([0] * 8, [0] * 8) is None, "one class"


def test_classes_that_are_taken_for_each_other_anyway_are_no_pair():
    labels, wrong = torch.tensor([0] * 40 + [1] * 40), torch.tensor([1] * 40 + [0] * 40)
    assert mirror_pair(labels, labels, wrong) == (0, 1)
    assert mirror_pair(labels, wrong, wrong) is None


def test_the_chance_of_a_pair_is_that_of_a_fair_coin():
    assert under_test.chance_of(10, 0) == 2**-10
    assert under_test.chance_of(3, 2) == 0.5
    assert under_test.chance_of(0, 0) == 1


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 40, 30), (1, 8, 8)])
def test_a_mirrored_pictures_edges_are_the_mirrored_ones(shape):
    images = torch.randint(0, 256, (5, *shape), dtype=torch.uint8, generator=torch.manual_seed(0))
    plain, mirrored = (oriented_gradients(make_small(some)).view(5, 8, 4, 4) for some in (images, images.flip(-1)))
    torch.testing.assert_close(plain.flatten(1).norm(dim=1), torch.ones(5))
    turned = plain.flip(-1)[:, [(4 - direction) % 8 for direction in range(8)]]
    torch.testing.assert_close(mirrored, turned, rtol=1e-3, atol=1e-3)


def test_in_doubt_a_picture_is_mirrored():
    assert MirrorTest(0.6, None).is_passed
    assert not MirrorTest(0.59, None).is_passed
    assert MirrorTest(0.3, None).in_words("ab") == (
        "pictures are not mirrored: 30 % would look like their class (--set flip=alternate mirrors them)"
    )
