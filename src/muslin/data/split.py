"""Cut a validation set out of a training set, and weigh its classes."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from muslin.data.images import ImageData, Splits, check_images, pixel_statistics
from muslin.data.spec import DataSpec
from muslin.errors import DataError
from muslin.text import join_first, plural, printable

__all__ = [
    "class_notes",
    "class_weights",
    "cut_validation",
    "lacking_notes",
    "stratified_split",
    "train_validation_test",
    "validation_size",
]

MAX_VALIDATION_SHARE = 0.1  # of the training set; more would cost more accuracy than the knowledge is worth
SKEWED = 3  # times as many pictures in the largest class as in the smallest
HARDLY_LEARNABLE = 10  # training pictures; a class with fewer is mentioned


def stratified_split(labels: Tensor, held_out: int, seed: int) -> tuple[Tensor, Tensor]:
    """Chooses which pictures to hold out, each class in its proportion.

    Every class keeps at least one picture on either side, as far as it has two.

    Args:
        labels: (N,) int64.
        held_out: pictures to hold out, 1 .. N-1; rounding over classes can move it by a few.
        seed: any int; the same seed chooses the same pictures.

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


def class_weights(labels: Tensor, classes: int) -> Tensor:
    """Returns weights by which each class counts the same in a mean over all pictures.

    w_k = N / (K' n_k), with mean 1 over the pictures; K' are the classes that have any, the others get weight 0.

    Args:
        labels: (N,) int64 in 0 .. K-1.
        classes: K.

    Returns:
        (K,) float32 on the device of `labels`.
    """
    counts = labels.bincount(minlength=classes).double()
    weights = len(labels) / ((counts > 0).sum() * counts)
    return torch.where(counts > 0, weights, 0).float()


def train_validation_test(
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    classes: tuple[str, ...],
    name: str,
    *,
    validation: int,
    seed: int,
    held_out: tuple[Tensor, Tensor] | None = None,
) -> Splits:
    """Returns the three splits of a training and a test set; the statistics come from what is trained on alone.

    Args:
        train: images (N, C, H, W) uint8 and labels (N,) int64.
        test: images and labels of the test set, in the same form.
        classes: K class names.
        name: the data's name in reports.
        validation: pictures to hold out of the training set, at most a tenth of it.
        seed: any int; chooses which.
        held_out: validation pictures and labels that the source brings along; then none are cut out.

    Raises:
        DataError: something does not fit.
    """
    images, labels = train
    check_images(images, labels, len(classes))
    if held_out is None:
        kept, out = cut_validation(labels, validation, seed)
        held_out = images[out], labels[out]
        images, labels = images[kept], labels[kept]
    mean, std = pixel_statistics(images)
    _, channels, height, width = images.shape
    spec = DataSpec(channels, height, width, classes, mean, std)
    return Splits(
        train=ImageData(images, labels, spec),
        validation=ImageData(*held_out, spec),
        test=ImageData(*test, spec),
        name=name,
        notes=(*class_notes(labels, classes), *lacking_notes({"validation": held_out[1], "test": test[1]}, classes)),
    )


def cut_validation(labels: Tensor, wanted: int, seed: int) -> tuple[Tensor, Tensor]:
    """Chooses which training pictures are held out for validation, as `stratified_split` does.

    Args:
        labels: (N,) int64.
        wanted: how many to hold out; at most a tenth are.
        seed: any int.
    """
    return stratified_split(labels, validation_size(len(labels), wanted), seed)


def validation_size(count: int, wanted: int) -> int:
    """Returns the wanted number of pictures to hold out of `count`, but at most a tenth of them, and at least 1."""
    return max(1, min(wanted, int(count * MAX_VALIDATION_SHARE)))


def lacking_classes(labels: Tensor, classes: Sequence[str]) -> str:
    """Returns the classes that (n,) labels have no picture of, as a message names them; empty where there are none."""
    counts = labels.bincount(minlength=len(classes)).tolist()
    return join_first(printable(name) for name, count in zip(classes, counts, strict=True) if not count)


def lacking_notes(parts: Mapping[str, Tensor], classes: Sequence[str]) -> list[str]:
    """Returns a sentence for each part, by its name, whose labels lack classes."""
    lacking = {part: lacking_classes(labels, classes) for part, labels in parts.items()}
    return [
        f"{part} has no picture of {names}: its accuracy says nothing of them"
        for part, names in lacking.items()
        if names
    ]


def class_notes(labels: Tensor, classes: Sequence[str]) -> tuple[str, ...]:
    """Returns a sentence on classes that differ much in size, and one on those with hardly any training pictures."""
    names, counts = [*map(printable, classes)], labels.bincount(minlength=len(classes)).tolist()
    most, least = max(counts), min(counts)
    notes = []
    if few := [f"{name} ({count})" for name, count in zip(names, counts, strict=True) if count < HARDLY_LEARNABLE]:
        them = plural(len(few), "class", "classes")
        notes.append(f"{them} can hardly be learnt from so few training pictures: {join_first(few)}")
    if most > SKEWED * least:
        notes.append(
            f"classes are skewed: {names[counts.index(most)]} has {most:,} training pictures, "
            f"{names[counts.index(least)]} {least:,}; accuracy over all pictures says little of the small classes"
        )
    return tuple(notes)
