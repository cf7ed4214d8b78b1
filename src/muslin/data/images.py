"""Labelled pictures in memory, and what a model may know of them.

Legend: N pictures, B pictures of a batch, C channels, H x W pixels, K classes.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.data import Dataset

from muslin.errors import DataError, SettingError

__all__ = ["DataSpec", "ImageData", "Splits"]

BLOCK = 4096  # pictures counted at a time, so that memory stays flat


@dataclass(frozen=True)
class DataSpec:
    """All that a model learns of the data.

    Attributes:
        channels: C, 1 for grey, 3 for colour.
        height: H in pixels.
        width: W in pixels.
        classes: the K class names, in the order of the labels.
        mean: C means of the training pictures' pixels, in [0, 1].
        std: C standard deviations of the training pictures' pixels, in (0, 1].
    """

    channels: int
    height: int
    width: int
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __post_init__(self) -> None:
        for name in ("channels", "height", "width"):
            if getattr(self, name) < 1:
                raise SettingError(f"{name} is {getattr(self, name)}; a picture needs at least 1")
        if len(self.classes) < 2:
            raise DataError(f"{len(self.classes)} class in the data ({', '.join(self.classes)}); a classifier needs 2")
        if len(self.mean) != self.channels or len(self.std) != self.channels:
            raise SettingError(
                f"mean {self.mean} and std {self.std} need one number for each of {self.channels} channels"
            )

    def normalise(self, images: Tensor) -> Tensor:
        """Brings pictures to mean 0 and standard deviation 1 by the training set's own statistics.

        Args:
            images: (..., C, H, W) uint8.

        Returns:
            (..., C, H, W) float32 on the same device.
        """
        mean = 255 * torch.tensor(self.mean, device=images.device).view(-1, 1, 1)  # (C, 1, 1)
        std = 255 * torch.tensor(self.std, device=images.device).view(-1, 1, 1)
        return (images.float() - mean) / std


class ImageData(Dataset[tuple[Tensor, int]]):
    """Decoded pictures with their labels: a `torch.utils.data.Dataset` of (normalised picture, label).

    Args:
        images: (N, C, H, W) uint8.
        labels: (N,) int64 in 0 .. K-1.
        spec: the training set's description; its statistics normalise each item.

    Raises:
        DataError: the shapes, types or labels do not fit each other or `spec`.
    """

    def __init__(self, images: Tensor, labels: Tensor, spec: DataSpec) -> None:
        check_images(images, labels, len(spec.classes))
        if images.shape[1:] != (spec.channels, spec.height, spec.width):
            raise DataError(
                f"pictures are {tuple(images.shape[1:])} (channels, height, width), "
                f"but {(spec.channels, spec.height, spec.width)} is expected; use pictures of one size for all splits"
            )
        self.images, self.labels, self.spec = images, labels, spec

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.spec.normalise(self.images[index]), int(self.labels[index])

    def to(self, device: torch.device) -> "ImageData":
        """Gives the same data with its pictures and labels resident on `device`."""
        return ImageData(self.images.to(device), self.labels.to(device), self.spec)

    def __repr__(self) -> str:
        return f"ImageData({len(self)} pictures, {tuple(self.images.shape[1:])}, {len(self.spec.classes)} classes)"


@dataclass(frozen=True)
class Splits:
    """The three parts of a data set; `test` is read once, at the very end.

    Attributes:
        train: what the weights learn from.
        validation: held out of the training set, for choosing and watching.
        test: never touched by training.
        name: what to call the data in reports.
    """

    train: ImageData
    validation: ImageData
    test: ImageData
    name: str

    @property
    def spec(self) -> DataSpec:
        """The description that all three parts share."""
        return self.train.spec


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


def pixel_statistics(images: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Measures mean and standard deviation of each channel, in units of the full range 0 .. 255.

    Args:
        images: (N, C, H, W) uint8.

    Returns:
        C means and C standard deviations in [0, 1]; a channel with one value everywhere gets deviation 1.
    """
    values = torch.arange(256, dtype=torch.float64)
    counts = torch.stack([value_counts(images[:, channel]) for channel in range(images.shape[1])])  # (C, 256)
    share = counts.double() / counts.sum(1, keepdim=True)
    mean = share @ values  # (C,)
    std = (share * (values - mean[:, None]) ** 2).sum(1).sqrt()
    std = torch.where(std > 0, std, torch.full_like(std, 255.0))
    return tuple((mean / 255).tolist()), tuple((std / 255).tolist())


def value_counts(pixels: Tensor) -> Tensor:
    """Counts how often each of the 256 values occurs in a uint8 tensor: exact, whatever its size."""
    counts = torch.zeros(256, dtype=torch.int64)
    for block in pixels.split(BLOCK):
        counts += torch.bincount(block.flatten(), minlength=256).cpu()
    return counts
