"""Runs whose pages are looked at: with mistakes to show, and with names that are no markup."""

from pathlib import Path
from typing import Any

import torch

import muslin
from tests.samples import QUICK, bars

NASTY = "<img src=x onerror=alert(1)>"
CLASSES = (NASTY, 'b & "c"', "</script><b>d")


def noisy_bars(count, seed):
    """Bars of which a third have another one's label, so that there are mistakes to show."""
    images, labels = bars(count, 1, 16, 3, seed)
    labels = torch.where(torch.arange(count) % 9 < 2, (labels + 1) % 3, labels)
    return images.numpy(), [CLASSES[k] for k in labels.tolist()]


def fit_noisy(folder: Path, **changes: Any) -> None:
    """Trains a small ResNet on such bars."""
    settings = QUICK | {"model": "resnet_slim", "optimizer": "muon", "lr": 0.1} | changes
    muslin.fit((noisy_bars(300, 0), noisy_bars(90, 1)), "espresso", out=folder, **settings)
