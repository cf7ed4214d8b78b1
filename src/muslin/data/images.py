"""Labelled pictures, in memory or in a mapped file, and what a model may know of them.

Legend: N pictures, B pictures of a batch, C channels, H x W pixels, K classes.
"""

import hashlib
import json
import math
import mmap
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import Dataset

from muslin.data.spec import DataSpec
from muslin.errors import DataError

__all__ = ["ImageData", "MappedPictures", "Splits", "labels_digest", "pixel_statistics"]

BLOCK = 4 << 20  # bytes of pictures counted at a time, eightfold while they are, so that memory stays flat
NO_RESERVE = 0x4000  # Linux's MAP_NORESERVE, which Python names from 3.13 on


class MappedPictures:
    """The pictures of a file, which the system reads when they are looked at and may forget again.

    Writing to `images` changes neither the file nor, once its pages were given back, what is read.

    Args:
        path: holds the pictures' bytes from `offset` to its end; it must not shrink while it is in use.
        offset: the place of the first picture, in bytes.
        shape: (N, C, H, W).
    """

    def __init__(self, path: Path, offset: int, shape: tuple[int, int, int, int]) -> None:
        with path.open("rb") as file:
            self.pages = _map(file.fileno())
        self.images = torch.frombuffer(self.pages, dtype=torch.uint8, offset=offset).view(shape)
        self.offset = offset

    def give_back(self) -> None:
        """Lets the system forget all that was read: resident memory falls, and the next look reads again."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self.pages.madvise(mmap.MADV_DONTNEED)

    def announce(self, images: Tensor, start: int, stop: int) -> None:
        """Has the system read pictures `start` to `stop` of a part of `images` in the background."""
        if hasattr(mmap, "MADV_WILLNEED"):
            size = images[0].numel()  # bytes
            first = self.offset + int(images.storage_offset()) + start * size
            page = first - first % mmap.PAGESIZE
            self.pages.madvise(mmap.MADV_WILLNEED, page, first - page + (stop - start) * size)


def _map(file: int) -> mmap.mmap:
    if sys.platform != "linux":
        return mmap.mmap(file, 0, access=mmap.ACCESS_COPY)
    # without NO_RESERVE a writable copy larger than memory and swap together is refused
    return mmap.mmap(file, 0, flags=mmap.MAP_PRIVATE | NO_RESERVE, prot=mmap.PROT_READ | mmap.PROT_WRITE)


class ImageData(Dataset[tuple[Tensor, int]]):
    """Decoded pictures with their labels: a `torch.utils.data.Dataset` of (normalised picture, label).

    Args:
        images: (N, C, H, W) uint8.
        labels: (N,) int64 in 0 .. K-1.
        spec: the training set's description; its statistics normalise each item.
        file: the file that `images` is a part of when they are streamed from disk; None when they are in memory.
        device: the device of a streamed set's batches, by default the CPU; those in memory stay where they are.

    Raises:
        DataError: the shapes, types or labels do not fit each other or `spec`.
    """

    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        spec: DataSpec,
        file: MappedPictures | None = None,
        device: torch.device | None = None,
    ) -> None:
        check_images(images, labels, len(spec.classes))
        if images.shape[1:] != (spec.channels, spec.height, spec.width):
            raise DataError(
                f"pictures are {tuple(images.shape[1:])} (channels, height, width), "
                f"but {(spec.channels, spec.height, spec.width)} is expected; use pictures of one size for all splits"
            )
        self.images, self.labels, self.spec, self.file = images, labels, spec, file
        self.device = device if file and device else images.device

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.spec.normalise(self.images[index]), int(self.labels[index])

    def to(self, device: torch.device) -> "ImageData":
        """Returns the same data with its pictures and labels resident on `device`; streamed, its batches move alone."""
        if self.file:
            return ImageData(self.images, self.labels, self.spec, self.file, device)
        return ImageData(self.images.to(device), self.labels.to(device), self.spec)

    def __repr__(self) -> str:
        return f"ImageData({len(self)} pictures, {tuple(self.images.shape[1:])}, {len(self.spec.classes)} classes)"


@dataclass(frozen=True)
class Splits:
    """The three parts of a data set; `test` is read once, at the very end.

    Attributes:
        train: the pictures that the weights learn from.
        validation: pictures held out of the training set, for choosing and watching.
        test: pictures never touched by training.
        name: the data's name in reports.
        notes: sentences that a person should be told of how it was read.
    """

    train: ImageData
    validation: ImageData
    test: ImageData
    name: str
    notes: tuple[str, ...] = ()

    @property
    def spec(self) -> DataSpec:
        """The description that all three parts share."""
        return self.train.spec


def labels_digest(splits: Splits) -> str:
    """Returns a digest of the classes' names and of every picture's label, in order."""
    digest = hashlib.sha256(json.dumps(splits.spec.classes).encode())
    for part in (splits.train, splits.validation, splits.test):
        digest.update(part.labels.cpu().numpy().astype("<i8").tobytes())
    return digest.hexdigest()


def check_images(images: Tensor, labels: Tensor, classes: int) -> None:
    """Raises DataError unless the pictures are (N, C, H, W) uint8 with N labels in 0 .. classes-1."""
    if images.dtype != torch.uint8 or images.ndim != 4:
        raise DataError(f"pictures are {images.dtype} of shape {tuple(images.shape)}; (N, C, H, W) uint8 is needed")
    if labels.dtype != torch.int64 or labels.ndim != 1:
        raise DataError(f"labels are {labels.dtype} of shape {tuple(labels.shape)}; (N,) int64 is needed")
    if len(images) != len(labels):
        raise DataError(f"{len(images)} pictures but {len(labels)} labels; each picture needs one label")
    if len(images) == 0:
        raise DataError("no pictures; at least one is needed in every split")
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= classes:
        raise DataError(f"labels run from {low} to {high}, but {classes} classes allow 0 to {classes - 1}")


def pixel_statistics(images: Tensor, file: MappedPictures | None = None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Returns mean and standard deviation of each channel, in units of the full range 0 .. 255.

    Args:
        images: (N, C, H, W) uint8.
        file: the file that they are a part of when they are streamed; its pages are given back on the way.

    Returns:
        C means and C standard deviations in [0, 1]; a channel with one value everywhere gets deviation 1.
    """
    counts = torch.zeros(images.shape[1], 256, dtype=torch.int64)
    for block in images.split(max(1, BLOCK // images[0].numel())):
        counts += torch.stack([value_counts(channel) for channel in block.unbind(1)])
        if file:
            file.give_back()
    moments = [mean_and_deviation(channel) for channel in counts.tolist()]
    means, deviations = zip(*moments, strict=True)
    return means, tuple(deviation or 1.0 for deviation in deviations)


def mean_and_deviation(counts: Sequence[int]) -> tuple[float, float]:
    """Returns a channel's mean and standard deviation, in [0, 1], from how often each of the 256 values occurs.

    The sums are of whole numbers and so exact: the same pictures have the same statistics on every machine.
    """
    count = sum(counts)
    total = sum(times * value for value, times in enumerate(counts))
    squares = sum(times * value**2 for value, times in enumerate(counts))
    return total / count / 255, math.sqrt((count * squares - total**2) / count**2) / 255


def value_counts(pixels: Tensor) -> Tensor:
    """Returns how often each of the 256 values occurs in a uint8 tensor: (256,) int64."""
    return torch.bincount(pixels.flatten(), minlength=256).cpu()
