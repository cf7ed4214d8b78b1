"""Small pictures that can be learnt in seconds."""

import numpy as np
import torch

from muslin.data.images import Splits
from muslin.data.split import train_validation_test


def bars(count: int, channels: int, side: int, classes: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Noisy pictures of one bright bar whose row tells the class."""
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    images = generator.integers(0, 60, (count, channels, side, side), dtype=np.uint8)
    height = side // classes
    for image, label in zip(images, labels, strict=True):
        image[:, label * height : (label + 1) * height] += 150
    return torch.from_numpy(images), torch.from_numpy(labels)


def make_splits(channels: int = 1, side: int = 12, classes: int = 3, count: int = 300) -> Splits:
    """The bars as train, validation and test."""
    names = tuple(f"bar {i}" for i in range(classes))
    train, test = bars(count, channels, side, classes, 0), bars(60, channels, side, classes, 1)
    return train_validation_test(train, test, names, "bars", validation=30, seed=0)
