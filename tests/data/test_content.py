import torch
from hypothesis import given
from hypothesis import strategies as st

from muslin.data import content
from muslin.data.content import picture_digests, repeat_notes


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20))
def test_equal_pictures_alone_have_equal_digests(values):
    images = torch.tensor(values, dtype=torch.uint8)[:, None, None, None].expand(-1, 3, 4, 5)
    digests = picture_digests(images)
    assert (digests.dtype, digests.shape) == (torch.int64, (len(values),))
    for one, first in zip(values, digests, strict=True):
        assert [value == one for value in values] == (digests == first).tolist()


def test_a_pixel_elsewhere_is_another_picture():
    images = torch.zeros(9, 1, 3, 3, dtype=torch.uint8)
    images.view(9, 9).fill_diagonal_(1)
    assert len(picture_digests(images).unique()) == 9


def test_pictures_are_read_block_by_block(monkeypatch):
    images = torch.randint(0, 256, (10, 1, 5, 5), dtype=torch.uint8, generator=torch.manual_seed(0))
    whole = picture_digests(images)
    monkeypatch.setattr(content, "BLOCK", 75)
    assert torch.equal(picture_digests(images), whole)
    assert torch.equal(picture_digests(images[4:7]), whole[4:7])


def test_large_pictures_that_differ_in_one_pixel_are_told_apart():
    size = content.LARGE + 37
    images = torch.randint(0, 256, (1, 1, 1, size), dtype=torch.uint8, generator=torch.manual_seed(0)).repeat(
        60, 1, 1, 1
    )
    for number, place in enumerate((torch.arange(1, 60) * size // 60).tolist(), 1):
        images[number, 0, 0, place] += 1
    images[1] = images[0]
    images[1, 0, 0, -1] += 128
    assert len(picture_digests(images).unique()) == 60
    assert torch.equal(picture_digests(images), picture_digests(images.clone()))


def test_of_two_large_pictures_not_the_sum_of_their_parts_alone_counts():
    images = torch.zeros(2, 1, 16, content.LARGE // 8, dtype=torch.uint8)
    images[0, 0, 3], images[1, 0, 4] = 1, 1
    assert len(picture_digests(images).unique()) == 2


def test_no_pictures_have_no_digests():
    assert len(picture_digests(torch.empty(0, 1, 4, 4, dtype=torch.uint8))) == 0


def test_pictures_that_are_there_twice_are_counted():
    train = torch.arange(6, dtype=torch.uint8)[:, None, None, None].expand(-1, 1, 2, 2).clone()
    train[5] = train[0]  # the same in classes 0 and 1
    labels = torch.tensor([0, 1, 0, 1, 0, 1])
    assert repeat_notes({"train": (train[:5], labels[:5]), "test": (train[5:] + 90, labels[5:])}) == []
    assert repeat_notes({"train": (train, labels), "test": (train[2:4], labels[2:4])}) == [
        "1 picture in two classes: the same picture cannot be of both",
        "2 pictures in train and test: the test is flattered by them",
    ]
