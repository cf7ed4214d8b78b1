import torch
from hypothesis import given
from hypothesis import strategies as st

from muslin.data import content
from muslin.data.content import picture_digests


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
    monkeypatch.setattr(content, "BLOCK", 3)
    assert torch.equal(picture_digests(images), whole)
    assert torch.equal(picture_digests(images[4:7]), whole[4:7])
