"""The fast way from resident pictures to batches: cut whole, augmented whole, on the device.

Legend: N pictures, B pictures of a batch, C channels, H x W pixels.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from muslin.config import Augmentation
from muslin.data.augment import augment
from muslin.data.images import ImageData
from muslin.errors import SettingError

__all__ = ["TrainingBatches", "in_order"]


class TrainingBatches:
    """Shuffled, augmented batches, every one a pure function of (seed, epoch, step).

    An epoch shows every picture once; its batches differ in size by one picture at most, so that none is a tiny rest.

    Args:
        data: resident on the device that trains.
        batch_size: pictures a batch at most; no more than there are pictures.
        augmentation: what changes from epoch to epoch.
        seed: any int.

    Raises:
        SettingError: batch size below 1.
    """

    def __init__(self, data: ImageData, batch_size: int, augmentation: Augmentation, seed: int) -> None:
        if batch_size < 1:
            raise SettingError(f"batch size is {batch_size}; at least 1 is needed")
        self.data, self.augmentation, self.seed = data, augmentation, seed
        self.steps = -(-len(data) // batch_size)
        self.fill = (255 * torch.tensor(data.spec.mean)).round().to(torch.uint8).to(data.images.device)

    def __len__(self) -> int:
        return self.steps

    def order(self, epoch: int) -> Tensor:
        """Gives the epoch's order: (N,) int64, a permutation."""
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + epoch)
        return torch.randperm(len(self.data), generator=generator).to(self.data.images.device)

    def epoch(self, epoch: int, start: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
        """Yields an epoch's batches from step `start`: (B, C, H, W) float32, normalised, channels last, and labels."""
        for indices in self.order(epoch).tensor_split(self.steps)[start:]:
            images = augment(self.data.images[indices], indices, epoch, self.seed, self.augmentation, self.fill)
            images = self.data.spec.normalise(images).contiguous(memory_format=torch.channels_last)
            yield images, self.data.labels[indices]


def in_order(data: ImageData, batch_size: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yields every picture once, unchanged and in its order, in the form of `TrainingBatches.epoch`."""
    for images, labels in zip(data.images.split(batch_size), data.labels.split(batch_size), strict=True):
        yield data.spec.normalise(images).contiguous(memory_format=torch.channels_last), labels
