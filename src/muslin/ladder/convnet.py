"""A plain convolutional network on PyTorch."""

from muslin.config import Augmentation, FitSettings
from muslin.ladder.pytorch import PyTorchRung

__all__ = ["ConvNet"]


class ConvNet(PyTorchRung):
    """Two convolutions with pooling and two dense layers, after LeNet-5."""

    name = "convnet"
    summary = "two convolutions and two dense layers on PyTorch, after LeNet-5"
    cannot = "grow: made deeper it gets worse, for the gradient has no way around a layer"
    takes_points = False
    settings = FitSettings(
        model="convnet", epochs=5, batch_size=128, optimizer="adamw", lr=2e-3, momentum=0.9, warmup=0.1,
        label_smoothing=0.0, tta=1, augmentation=Augmentation(flip="alternate", shift=0),
    )  # fmt: skip
