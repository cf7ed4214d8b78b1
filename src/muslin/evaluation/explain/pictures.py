"""What every explanation does first: check the pictures and classes, and bring the pictures to the model in batches.

Legend: B pictures, C channels, H x W pixels, K classes.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from muslin.errors import SettingError
from muslin.prediction.classifier import Classifier
from muslin.prediction.scoring import batch_that_fits

__all__ = [
    "answering",
    "check_classes",
    "check_pictures",
    "device_of",
    "largest_batch",
    "predicted_classes",
    "prepared",
]


def check_pictures(classifier: Classifier, images: Tensor) -> None:
    """Raises SettingError unless pictures are (B, C, H, W) uint8 of the size that the classifier takes."""
    shape = (classifier.spec.channels, classifier.spec.height, classifier.spec.width)
    if images.dtype != torch.uint8 or images.ndim != 4 or tuple(images.shape[1:]) != shape:
        raise SettingError(
            f"pictures are {images.dtype} of shape {tuple(images.shape)}; the classifier takes uint8 of shape "
            f"(pictures, {', '.join(map(str, shape))}): bring them to its size first"
        )


def check_classes(classifier: Classifier, images: Tensor, classes: Tensor) -> None:
    """Raises SettingError unless there is one class for each picture, a whole number from 0 to K - 1."""
    count = len(classifier.classes)
    if classes.dtype != torch.int64 or classes.shape != images.shape[:1]:
        raise SettingError(
            f"classes are {classes.dtype} of shape {tuple(classes.shape)}; int64 of shape ({len(images)},) is needed, "
            "one for each picture"
        )
    if len(classes) and not 0 <= int(classes.min()) <= int(classes.max()) < count:
        raise SettingError(
            f"classes run from {int(classes.min())} to {int(classes.max())}; the classifier knows 0 to {count - 1}"
        )


@contextmanager
def answering(model: nn.Module) -> Iterator[None]:
    """Has a model answer as it does when it predicts, and sets each layer back to the mode that it was in."""
    training = [layer for layer in model.modules() if layer.training]
    model.eval()
    try:
        yield
    finally:
        for layer in training:
            layer.training = True


def largest_batch(classifier: Classifier) -> int:
    """Returns how many pictures the classifier may answer at a time without taking much memory."""
    shape = (1, classifier.spec.channels, classifier.spec.height, classifier.spec.width)
    with answering(classifier.model):
        return batch_that_fits(classifier.model, torch.zeros(shape, device=device_of(classifier)))


def device_of(classifier: Classifier) -> torch.device:
    """Returns where the model is."""
    return next((tensor.device for tensor in classifier.model.state_dict().values()), torch.device("cpu"))


def prepared(classifier: Classifier, images: Tensor) -> Tensor:
    """Returns (B, C, H, W) uint8 pictures as the model takes them: normalised float32, where it is, channels last."""
    pixels = classifier.spec.normalise(images.to(device_of(classifier)))
    return pixels.contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def predicted_classes(classifier: Classifier, images: Tensor) -> Tensor:
    """Returns the likeliest class of each of (B, C, H, W) uint8 pictures, by one view: (B,) int64 on the CPU."""
    with answering(classifier.model):
        batches = images.split(largest_batch(classifier))
        found = [classifier.model(prepared(classifier, batch)).argmax(1).cpu() for batch in batches]
    return torch.cat(found) if len(images) else torch.zeros(0, dtype=torch.int64)
