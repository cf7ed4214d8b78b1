import numpy as np
import torch
from torch import Tensor

from muslin.data.check.same_pictures import SamePictures, find_same_pictures
from muslin.data.content import picture_digests
from tests.samples import photo


def found(images: Tensor, splits: list[int] | None = None, labels: list[int] | None = None) -> SamePictures:
    zeros = [0] * len(images)
    return find_same_pictures(
        images, picture_digests(images), torch.tensor(splits or zeros), torch.tensor(labels or zeros)
    )


def photos(*seeds: int) -> Tensor:
    pictures = [np.asarray(photo(seed, 32)) for seed in seeds]
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()


def test_copies_name_each_other():
    same = found(photos(1, 2, 1, 3))
    assert same.copy.tolist() == [2, -1, 0, -1]
    assert same.near.tolist() == [-1] * 4
    assert same.groups[0] == same.groups[2]
    assert len(same.groups.unique()) == 3


def test_of_several_copies_the_gravest_is_named():
    same = found(photos(1, 1, 1, 1), splits=[0, 0, 1, 0], labels=[0, 0, 0, 1])
    assert same.copy.tolist() == [3, 3, 3, 0]  # in another class
    same = found(photos(1, 1, 1, 1), splits=[0, 0, 1, 0])
    assert same.copy.tolist() == [2, 2, 0, 2]  # in another split


def test_a_picture_made_a_little_lighter_is_near():
    images = photos(1, 2, 3)
    lighter = (images[1:2].int() + 3).clamp(max=255).to(torch.uint8)
    same = found(torch.cat([images, lighter]))
    assert same.near.tolist() == [-1, 3, -1, 1]
    assert same.copy.tolist() == [-1] * 4
    assert same.groups[1] == same.groups[3]


def test_a_near_picture_of_a_copy_is_in_its_group():
    images = photos(1, 1, 2)
    lighter = (images[:1].int() + 3).clamp(max=255).to(torch.uint8)
    groups = found(torch.cat([images, lighter])).groups
    assert len(groups[[0, 1, 3]].unique()) == 1
    assert groups[2] != groups[0]


def test_blank_pictures_are_near_to_none():
    blank = torch.stack([torch.full((1, 12, 12), value, dtype=torch.uint8) for value in (0, 1, 2)])
    same = found(blank)
    assert same.near.tolist() == [-1] * 3
    assert len(same.groups.unique()) == 3


def test_thousands_of_copies_take_no_time():
    same = found(torch.zeros(20_000, 1, 2, 2, dtype=torch.uint8))
    assert same.copy[0] == 1
    assert (same.copy[1:] == 0).all()
    assert len(same.groups.unique()) == 1
