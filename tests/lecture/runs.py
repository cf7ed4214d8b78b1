"""A run with mistakes, whose data lie in a folder and can be read again."""

from pathlib import Path

import numpy as np

import muslin
from tests.samples import QUICK, bars

SIDE = 16


def fit_bars(folder: Path) -> Path:
    """Trains a small ResNet on bars of which a part has another one's label; returns the run's folder."""
    settings = QUICK | {"model": "resnet_slim", "optimizer": "muon", "lr": 0.1}
    return muslin.fit(write_bars(folder), "espresso", out=folder / "run", **settings).folder


def write_bars(folder: Path) -> Path:
    """Writes bars of which a part has another one's label; returns their folder."""
    data = folder / "bars"
    data.mkdir()
    for name, count, seed in (("train", 300, 0), ("t10k", 90, 1)):
        images, labels = bars(count, 1, SIDE, 3, seed)
        given = np.where(np.arange(count) % 9 < 2, (labels.numpy() + 1) % 3, labels.numpy())
        for kind, values in (("images-idx3", images[:, 0].numpy()), ("labels-idx1", given.astype(np.uint8))):
            shape = b"".join(n.to_bytes(4, "big") for n in values.shape)
            (data / f"{name}-{kind}-ubyte").write_bytes(bytes([0, 0, 8, values.ndim]) + shape + values.tobytes())
    return data
