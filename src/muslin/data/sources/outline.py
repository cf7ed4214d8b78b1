"""How `fit` would read a source: splits, classes, input size; picture files are listed and hashed, not decoded."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from muslin.data.files.kinds import are_picture_files, list_picture_files
from muslin.data.packs.order import in_pack_order
from muslin.data.packs.plan import plan_pack
from muslin.data.reading import Reading
from muslin.data.sources import fashion_mnist, picture_files
from muslin.data.sources.registry import existing, load_splits

__all__ = ["Outline", "outline"]


@dataclass(frozen=True)
class Outline:
    """What a source holds, as training sees it.

    Attributes:
        name: what to call the data.
        classes: the K class names.
        shape: (C, H, W) of every picture as the model gets it.
        counts: of each split, how many pictures each class has; damaged ones count where no pack was made yet.
        pack: the folder of the pack that the pictures are in already; None where there is none.
        notes: what a person should be told of how it is read.
    """

    name: str
    classes: tuple[str, ...]
    shape: tuple[int, int, int]
    counts: dict[str, tuple[int, ...]]
    pack: Path | None
    notes: tuple[str, ...]


def outline(source: str | Path, *, validation: int = 2000, reading: Reading | None = None) -> Outline:
    """Says how a source would be read. Arguments as for `load_splits`.

    Raises:
        DataError: the source is not as it should be.
    """
    if source != fashion_mnist.NAME and are_picture_files(existing(source)):
        return _of_files(Path(source), validation, reading or Reading())
    splits = load_splits(source, validation=validation)
    spec = splits.spec
    labels = {"train": splits.train.labels, "validation": splits.validation.labels, "test": splits.test.labels}
    shape = spec.channels, spec.height, spec.width
    how = f"input is {spec.width} x {spec.height}, {'grey' if spec.channels == 1 else 'in colour'}"
    counts = _counts(labels, len(spec.classes))
    return Outline(splits.name, spec.classes, shape, counts, None, (how, *splits.notes))


def _of_files(path: Path, validation: int, reading: Reading) -> Outline:
    listing = list_picture_files(path)
    pack = picture_files.known_pack(listing, reading)
    if pack is not None:
        _, channels, height, width = pack.file.images.shape
        shape, notes = (channels, height, width), pack.notes
        labels = {split: pack.part(split)[1] for split in pack.splits}
    else:
        plan = plan_pack(listing, reading)
        shape, notes = plan.size.shape, (plan.size.reason,)
        ordered = in_pack_order(plan.listing.entries)
        labels = {
            split: torch.tensor([entry.label for entry in ordered if entry.split == split])
            for split in ("train", *sorted({"validation"} & plan.listing.splits), "test")
        }
    if "validation" not in labels:
        train, count = labels["train"], picture_files.held_out(labels["train"], validation)
        labels = {"train": train[count:], "validation": train[:count], "test": labels["test"]}
    counts, packed = _counts(labels, len(listing.classes)), pack.folder if pack else None
    return Outline(listing.name, listing.classes, shape, counts, packed, (*notes, *listing.notes))


def _counts(labels: dict[str, Tensor], classes: int) -> dict[str, tuple[int, ...]]:
    return {split: tuple(some.bincount(minlength=classes).tolist()) for split, some in labels.items()}
