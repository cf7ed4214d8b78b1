"""Find pictures that are there twice, or look so, in any data: by their pixels, not by their files.

Legend: N pictures, C channels, H x W pixels.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from muslin.data.check.duplicates import grey_copy, near_twins, perceptual_hashes, thumbs

__all__ = ["SamePictures", "find_same_pictures"]


@dataclass(frozen=True)
class SamePictures:
    """Which pictures are there twice.

    Attributes:
        copy: (N,) int64, another picture with the same pixels, rather one of another class or split; -1 where none is.
        near: (N,) int64, another one that looks the same, likewise; -1 where none does, and for exact copies.
        groups: (N,) int64, the same number for pictures that are linked by either.
    """

    copy: Tensor
    near: Tensor
    groups: Tensor


def find_same_pictures(images: Tensor, digests: Tensor, splits: Tensor, labels: Tensor) -> SamePictures:
    """Finds exact copies by their digests, and others by perceptual hashes.

    Args:
        images: (N, C, H, W) uint8.
        digests: (N,) int64, by `picture_digests`.
        splits: (N,) int64, a number for each split.
        labels: (N,) int64, the class of each.
    """
    copy = _copies(digests, splits, labels)
    near = torch.full_like(copy, -1)
    first = _first_of_each(digests)
    hashes, small, has_meaning = _looks(images[first])
    chosen = first[torch.from_numpy(has_meaning)]
    twins = near_twins(hashes[has_meaning], small[has_meaning], splits[chosen].numpy(), labels[chosen].numpy())
    any_one, in_split, in_class = (torch.from_numpy(each) for each in twins)
    twin = torch.where(in_class >= 0, in_class, torch.where(in_split >= 0, in_split, any_one))  # the gravest
    near[chosen] = torch.where(twin >= 0, chosen[twin], -1)
    return SamePictures(copy, near, _groups(torch.unique(digests, return_inverse=True)[1], near))


def _copies(digests: Tensor, splits: Tensor, labels: Tensor) -> Tensor:
    """Returns for each picture another of the same digest: one of another class, else of another split, else any."""
    copy = torch.full_like(digests, -1)
    order = digests.argsort(stable=True)
    _, counts = digests[order].unique_consecutive(return_counts=True)
    for group in order.split(counts.tolist()):
        if len(group) == 1:
            continue
        copy[group] = group[0]
        copy[group[0]] = group[1]
        for kinds in (splits[group], labels[group]):  # what is set last is the gravest
            is_other = kinds != kinds[0]
            if is_other.any():
                copy[group[is_other]] = group[0]
                copy[group[~is_other]] = group[is_other.long().argmax()]
    return copy


def _first_of_each(digests: Tensor) -> Tensor:
    """Returns the first picture of each digest: (M,) int64, sorted."""
    _, kind = digests.unique(return_inverse=True)
    first = torch.full((int(kind.max()) + 1,), len(digests))
    return first.scatter_reduce_(0, kind, torch.arange(len(digests)), "amin").sort().values


def _looks(images: Tensor) -> tuple[NDArray[np.uint64], NDArray[np.uint8], NDArray[np.bool_]]:
    """Returns the hash and the thumb of each picture, and whether they mean something."""
    greys = np.stack([grey_copy(Image.fromarray(pixels_of(image))) for image in images])
    hashes, has_meaning = perceptual_hashes(greys)
    return hashes, thumbs(greys), has_meaning


def pixels_of(image: Tensor) -> NDArray[np.uint8]:
    """Returns a (C, H, W) picture as (H, W) or (H, W, 3)."""
    return image[0].numpy() if len(image) == 1 else image.permute(1, 2, 0).numpy()


def _groups(kinds: Tensor, near: Tensor) -> Tensor:
    """Returns numbers that are the same for pictures of one kind, and for those that look like each other."""
    parent = list(range(int(kinds.max()) + 1))

    def root(kind: int) -> int:
        while parent[kind] != kind:
            parent[kind] = parent[parent[kind]]
            kind = parent[kind]
        return kind

    kind_of = kinds.tolist()
    for row in (near >= 0).nonzero().flatten().tolist():
        parent[root(kind_of[row])] = root(kind_of[int(near[row])])
    return torch.tensor([root(kind) for kind in kind_of])
