"""A plain convolutional network, after LeNet-5 (LeCun, Bottou, Bengio and Haffner, 1998)."""

import math

from torch import nn

from muslin.data.spec import DataSpec
from muslin.models.layer_stack import LayerStack

__all__ = ["convnet"]

HIDDEN = 128


def convnet(spec: DataSpec) -> nn.Module:
    """Two 3x3 convolutions, each with pooling, then two dense layers; 421,642 parameters for ten grey 28x28 classes."""
    quarter = math.ceil(spec.height / 4) * math.ceil(spec.width / 4)  # pixels left by two poolings that round up
    return LayerStack(
        nn.Conv2d(spec.channels, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True),
        nn.Flatten(), nn.Linear(64 * quarter, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, len(spec.classes)),
    )  # fmt: skip
