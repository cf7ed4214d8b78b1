"""Cut a validation set out of a training set."""

import torch
from torch import Tensor

from muslin.data.images import DataSpec, ImageData, Splits, check_images, pixel_statistics
from muslin.errors import DataError

__all__ = ["MAX_VALIDATION_SHARE", "stratified_split", "train_validation_test"]

MAX_VALIDATION_SHARE = 0.1  # of the training set; more would cost more accuracy than the knowledge is worth


def stratified_split(labels: Tensor, held_out: int, seed: int) -> tuple[Tensor, Tensor]:
    """Chooses which pictures to hold out, each class in its proportion.

    Every class keeps at least one picture on either side, as far as it has two.

    Args:
        labels: (N,) int64.
        held_out: how many pictures to hold out, 1 .. N-1; rounding over classes can move it by a few.
        seed: the same seed chooses the same pictures.

    Returns:
        Two sorted int64 index tensors that share nothing and together hold 0 .. N-1: kept, held out.

    Raises:
        DataError: `held_out` leaves nothing on one side.
    """
    if not 1 <= held_out < len(labels):
        raise DataError(f"cannot hold {held_out} of {len(labels)} pictures out for validation; keep some on both sides")
    generator = torch.Generator().manual_seed(seed)
    chosen = []
    for label in labels.unique():
        members = (labels == label).nonzero().flatten()
        share = round(held_out * len(members) / len(labels))
        share = min(max(share, 1), len(members) - 1)
        chosen.append(members[torch.randperm(len(members), generator=generator)[:share]])
    is_out = torch.zeros(len(labels), dtype=torch.bool)
    is_out[torch.cat(chosen)] = True
    if not is_out.any():
        raise DataError("every class has a single picture; add pictures, or bring a validation set of your own")
    return (~is_out).nonzero().flatten(), is_out.nonzero().flatten()


def train_validation_test(
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    classes: tuple[str, ...],
    name: str,
    *,
    validation: int,
    seed: int,
) -> Splits:
    """Makes the three splits from a training and a test set; the statistics come from what is trained on alone.

    Args:
        train: images (N, C, H, W) uint8 and labels (N,) int64.
        test: likewise.
        classes: K class names.
        name: what to call the data.
        validation: pictures to hold out of the training set, at most a tenth of it.
        seed: chooses which.

    Raises:
        DataError: something does not fit.
    """
    images, labels = train
    check_images(images, labels, len(classes))
    held_out = max(1, min(validation, int(len(labels) * MAX_VALIDATION_SHARE)))
    kept, out = stratified_split(labels, held_out, seed)
    train_images = images[kept]
    mean, std = pixel_statistics(train_images)
    _, channels, height, width = images.shape
    spec = DataSpec(channels, height, width, classes, mean, std)
    return Splits(
        train=ImageData(train_images, labels[kept], spec),
        validation=ImageData(images[out], labels[out], spec),
        test=ImageData(*test, spec),
        name=name,
    )
