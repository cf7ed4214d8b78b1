"""A multi-layer perceptron on PyTorch."""

from muslin.config import Augmentation, FitSettings
from muslin.ladder.pytorch import PyTorchRung

__all__ = ["Mlp"]


class Mlp(PyTorchRung):
    """One hidden layer of 512 ReLU units; gradients by autograd."""

    name = "mlp"
    summary = "one hidden layer on PyTorch, which derives the gradients itself"
    cannot = "see which pixels are neighbours: with all pixels shuffled it learns just as well"
    settings = FitSettings(
        model="mlp", epochs=10, batch_size=128, optimizer="adamw", lr=1e-3, momentum=0.9, warmup=0.1,
        label_smoothing=0.0, tta=1, augmentation=Augmentation(flip="none", shift=0),
    )  # fmt: skip
