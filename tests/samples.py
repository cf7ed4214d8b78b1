"""Small pictures that can be learnt in seconds."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from muslin.data.images import Splits
from muslin.data.split import train_validation_test

# what a small model learns bars by
QUICK = {"model": "mlp", "optimizer": "sgd", "lr": 0.02, "epochs": 2, "batch_size": 32, "flip": "alternate", "shift": 0}


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


def photo(seed: int, side: int = 160) -> Image.Image:
    """Something with large and small shapes, as a photograph has."""
    generator = np.random.default_rng(seed)
    coarse = Image.fromarray(generator.integers(0, 256, (6, 6, 3), np.uint8)).resize((side, side), 3)
    fine = Image.fromarray(generator.integers(0, 256, (40, 40, 3), np.uint8)).resize((side, side), 3)
    return Image.blend(coarse, fine, 0.2)


def write_pictures(root: Path, images: torch.Tensor, labels: torch.Tensor, suffix: str = ".png") -> None:
    """Writes (N, C, H, W) pictures as files, a folder a class."""
    for number, (image, label) in enumerate(zip(images, labels.tolist(), strict=True)):
        path = root / f"bar {label}" / f"{number}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image[0].numpy() if len(image) == 1 else image.permute(1, 2, 0).numpy()).save(path)
