import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from muslin.data.mirror import MirrorTest, mirror_pair, oriented_gradients, try_mirror
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


def test_the_pair_takes_most_of_both():
    assert mirror_pair(torch.tensor([0] * 5 + [1] * 5), torch.tensor([1] * 5 + [0] * 5)) == (0, 1)
    assert mirror_pair(torch.tensor([0] * 5 + [1] * 5), torch.tensor([1] * 10)) is None, "one way alone"
    assert mirror_pair(torch.tensor([0] * 3 + [1] * 3), torch.tensor([1] * 3 + [0] * 3)) is None, "too few"
    assert mirror_pair(torch.tensor([], dtype=torch.int64), torch.tensor([], dtype=torch.int64)) is None


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 40, 30), (1, 8, 8)])
def test_a_mirrored_pictures_edges_are_the_mirrored_ones(shape):
    images = torch.randint(0, 256, (5, *shape), dtype=torch.uint8, generator=torch.manual_seed(0))
    plain, mirrored = (oriented_gradients(some).view(5, 8, 4, 4) for some in (images, images.flip(-1)))
    torch.testing.assert_close(plain.flatten(1).norm(dim=1), torch.ones(5))
    turned = plain.flip(-1)[:, [(4 - direction) % 8 for direction in range(8)]]
    torch.testing.assert_close(mirrored, turned, rtol=1e-3, atol=1e-3)


def test_in_doubt_a_picture_is_mirrored():
    assert MirrorTest(0.55, None).is_passed
    assert not MirrorTest(0.54, None).is_passed
    assert MirrorTest(0.3, None).in_words("ab") == (
        "pictures are not mirrored: 30 % would look like their class (--set flip=alternate mirrors them)"
    )
