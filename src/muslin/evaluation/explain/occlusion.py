"""Occlusion: what a class's probability loses when a part of the picture is covered.

Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2014, 1311.2901.

Legend: B pictures, C channels, H x W pixels, P places of the patch, K classes.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from muslin.errors import SettingError
from muslin.evaluation.explain.attribution import Attribution, scaled
from muslin.evaluation.explain.pictures import (
    answering,
    check_classes,
    check_pictures,
    largest_batch,
    predicted_classes,
    prepared,
)  # fmt: skip
from muslin.prediction.classifier import Classifier

__all__ = ["occlusion"]

PATCHES = 5  # of the usual size beside each other on the shorter side


@torch.no_grad()
def occlusion(
    classifier: Classifier, images: Tensor, classes: Tensor | None = None, size: int | None = None
) -> Attribution:
    """Returns how much less likely a class becomes with each place covered by the training pictures' mean.

    A pixel's evidence is the mean over all patches that cover it; patches overlap by half. Any model will do.

    Args:
        classifier: any; its mode stays.
        images: (B, C, H, W) uint8 of the size that the classifier takes.
        classes: (B,) int64, the classes to explain; by default the likeliest ones by one view.
        size: the patch's side in pixels, 1 .. the shorter side; by default a fifth of that.

    Raises:
        SettingError: the pictures, the classes or the size do not fit the classifier.
    """
    check_pictures(classifier, images)
    spec = classifier.spec
    shorter = min(spec.height, spec.width)
    side = max(1, round(shorter / PATCHES)) if size is None else size
    if not 1 <= side <= shorter:
        raise SettingError(f"the patch's size is {side}; it must be from 1 to {shorter}, the picture's shorter side")
    if classes is None:
        classes = predicted_classes(classifier, images)
    check_classes(classifier, images, classes)
    evidence = torch.zeros(len(images), spec.height, spec.width)
    covers = torch.zeros(spec.height, spec.width)
    for top, left in places(spec.height, spec.width, side):
        covers[top : top + side, left : left + side] += 1
    batch = largest_batch(classifier)
    with answering(classifier.model):
        for start in range(0, len(images), batch):
            part = slice(start, start + batch)
            whole = prepared(classifier, images[part])
            before = probability(classifier, whole, classes[part])
            for top, left in places(spec.height, spec.width, side):
                covered = whole.clone()
                covered[:, :, top : top + side, left : left + side] = 0  # normalised, the mean is 0
                lost = before - probability(classifier, covered, classes[part])  # (B,)
                evidence[part, top : top + side, left : left + side] += lost[:, None, None]
    return Attribution(scaled(evidence / covers), classes, f"patches of {side} x {side} covered one at a time")


def places(height: int, width: int, side: int) -> Iterator[tuple[int, int]]:
    """Yields the top left corners of patches that overlap by half and reach all borders."""
    step = max(1, side // 2)
    tops = sorted({*range(0, height - side + 1, step), height - side})
    lefts = sorted({*range(0, width - side + 1, step), width - side})
    yield from ((top, left) for top in tops for left in lefts)


def probability(classifier: Classifier, images: Tensor, classes: Tensor) -> Tensor:
    """Returns the probability of each picture's class, (B,) on the CPU; images are normalised, where the model is."""
    logits = classifier.model(images).float().cpu()  # (B, K)
    return classifier.calibration.probabilities(logits).gather(1, classes[:, None])[:, 0]
