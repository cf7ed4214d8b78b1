"""Arrays of pictures and labels, in memory: those that a person hands over in Python, and those of array files."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from muslin.data.arrays.given import Arrays, Pair
from muslin.data.arrays.labels import read_labels
from muslin.data.arrays.pictures import read_pictures
from muslin.data.files.cut import assign_splits
from muslin.data.files.listing import Entry, Listing
from muslin.data.images import Splits, check_images
from muslin.data.sources.source import LoadOptions, Origin, source_of_arrays
from muslin.data.split import train_validation_test
from muslin.errors import DataError
from muslin.text import plural

__all__ = ["SOURCE", "load_arrays"]

NAME = "arrays"
BLOCK = 4096  # pictures compared at a time

Part = tuple[Tensor, Tensor]  # (N, C, H, W) uint8 pictures, (N,) int64 labels


def load_arrays(
    parts: Mapping[str, Pair], name: str, options: LoadOptions, names: Sequence[str] | None = None
) -> Splits:
    """Returns the splits of arrays of any form that leaves no doubt, with notes on what was assumed.

    Args:
        parts: pictures and labels of `train`, `test` and perhaps `validation`; or of `train` and `validation`, or of
            `all` alone: a fifth of each class is cut off for testing, chosen by content. The first is what is trained
            on. As for `read_pictures` and `read_labels`.
        name: the data's name in reports.
        options: how many pictures are held out for validation, and by which seed.
        names: names of the classes that are numbered from 0; by default the numbers themselves.

    Raises:
        DataError: they have another form, do not fit each other, or show nothing that could be told apart.
    """
    _check_counts(parts)
    images, notes = read_pictures({part: pair[0] for part, pair in parts.items()})
    labels, classes, more = read_labels({part: pair[1] for part, pair in parts.items()}, names)
    read = {part: (images[part], labels[part]) for part in parts}
    for part in read.values():
        check_images(*part, len(classes))
    blank = _check_contents(images)
    if "test" not in read:
        read |= _cut_test(read.pop("all" if "all" in read else "train"), classes)
    splits = train_validation_test(
        read["train"], read["test"], classes, name,
        validation=options.validation, seed=options.seed, held_out=read.get("validation"),
    )  # fmt: skip
    return replace(splits, notes=(*notes, *more, *blank, *splits.notes))


def _check_counts(parts: Mapping[str, Pair]) -> None:
    """Raises DataError unless there are pictures and each has its label, before either is worked on."""
    for part, (images, labels) in parts.items():
        counts = [len(array) if array.ndim else 0 for array in (images, labels)]
        if labels.ndim and counts[0] != counts[1]:
            raise DataError(f"{counts[0]} pictures but {counts[1]} labels ({part}); each picture needs one label")
        if not counts[0] and images.ndim:
            raise DataError(f"no pictures ({part}); at least one is needed in every split")


def _check_contents(parts: Mapping[str, Tensor]) -> list[str]:
    """Returns a note on pictures of one value; raises DataError where the first part's are all so, or all alike."""
    first = next(iter(parts.values()))
    if len(first) > 1 and all(bool((block == first[0]).all()) for block in first.split(BLOCK)):
        raise DataError(f"all {len(first):,} pictures are alike, so nothing can be learnt; are these the right arrays?")
    counts = {part: _of_one_value(images) for part, images in parts.items()}
    if next(iter(counts.values())) == len(first):
        raise DataError(f"all {len(first):,} pictures have one value throughout; are these the right arrays?")
    blank, total = sum(counts.values()), sum(map(len, parts.values()))
    return [f"{blank:,} of {plural(total, 'picture')} {'has' if blank == 1 else 'have'} one value throughout"] * (
        blank > 0
    )


def _of_one_value(images: Tensor) -> int:
    """Returns how many of (N, C, H, W) pictures have one colour throughout."""
    flat = (block.flatten(2) for block in images.split(BLOCK))
    return sum(int((block.amin(2) == block.amax(2)).all(1).sum()) for block in flat)


def _cut_test(everything: Part, classes: tuple[str, ...]) -> dict[str, Part]:
    """Cuts a fifth of each class off, as for folders: by content, equal pictures of a class on the same side."""
    images, labels = everything
    entries = tuple(Entry(Path(str(number)), int(label), "") for number, label in enumerate(labels))
    digests = [hashlib.sha256(image.numpy().tobytes()).hexdigest() for image in images]
    cut = assign_splits(Listing(Path(), NAME, classes, entries, ()), digests)
    places = {
        split: torch.tensor(sorted(int(entry.path.name) for entry in cut.entries if entry.split == split))
        for split in ("train", "test")
    }
    return {split: (images[place], labels[place]) for split, place in places.items()}


def _load(origin: Origin, options: LoadOptions) -> Splits:
    assert isinstance(origin, Arrays)
    splits = load_arrays(origin.parts, NAME, options)
    return replace(splits, notes=(*origin.notes, *splits.notes))


SOURCE = source_of_arrays("arrays (in Python)", lambda origin: isinstance(origin, Arrays), _load)
