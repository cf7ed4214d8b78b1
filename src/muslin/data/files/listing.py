"""Which picture belongs to which class and split.

Nothing is decoded here; `muslin.data.check.scan` looks into the files.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from muslin.errors import DataError
from muslin.text import join_first, join_words, printable

__all__ = ["SPLITS", "Entry", "Listing", "check_classes"]

SPLITS = ("train", "validation", "test")
SPLIT_NAMES = {
    "train": "train", "training": "train",
    "validation": "validation", "val": "validation", "valid": "validation",
    "test": "test", "testing": "test",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture file.

    Attributes:
        path: the file's path, below the listing's root.
        label: its class, as an index into the listing's classes.
        split: `train`, `validation`, `test`, or empty where that was not told.
    """

    path: Path
    label: int
    split: str


@dataclass(frozen=True)
class Listing:
    """The pictures of a data set, before any was opened.

    Attributes:
        root: the folder that holds them all.
        name: the data's name in reports.
        classes: the K class names, sorted; a label is an index into them.
        entries: the pictures, sorted by split and path.
        notes: sentences on what was passed over, and why.
        empty: folders of classes to train on that hold no picture, as messages name them.
    """

    root: Path
    name: str
    classes: tuple[str, ...]
    entries: tuple[Entry, ...]
    notes: tuple[str, ...]
    empty: tuple[str, ...] = ()

    @property
    def splits(self) -> frozenset[str]:
        """The splits that were told."""
        return frozenset(entry.split for entry in self.entries) - {""}


def make_listing(
    root: Path, name: str, rows: Iterable[tuple[str, Path, str]], notes: Sequence[str], empty: Sequence[str] = ()
) -> Listing:
    """Returns a listing of (split, path, class) rows.

    Args:
        root: the folder that holds them all.
        name: the data's name in reports.
        rows: one a picture; the split is empty where it was not told.
        notes: sentences on what was passed over, and why.
        empty: folders of classes to train on that hold no picture, as messages name them.
    """
    spelt = list(rows)
    rows = [(split, path, unicodedata.normalize("NFC", label)) for split, path, label in spelt]
    classes = tuple(sorted({label for _, _, label in rows}))
    if joined := len({label for _, _, label in spelt}) - len(classes):
        notes = (*notes, f"class names that differ in how their accents are coded alone are one class: {joined:,}")
    label_of = {label: index for index, label in enumerate(classes)}
    entries = sorted_entries(Entry(path, label_of[label], split) for split, path, label in rows)
    return Listing(root, printable(name), classes, entries, tuple(notes), tuple(empty))


def sorted_entries(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Returns entries sorted by split and path."""
    return tuple(sorted(entries, key=lambda entry: (entry.split, str(entry.path))))


def check_classes(listing: Listing) -> None:
    """Checks that a classifier can be trained on a listing: two classes, and enough pictures of each.

    A class may be missing from validation and test, but not from training.

    Raises:
        DataError: fewer than two classes, an empty one, one that training lacks, or one that is too small.
    """
    if listing.empty:
        raise DataError(
            f"no pictures in {join_first(listing.empty)} of {printable(listing.root)}; fill the folder, or remove the "
            "class"
        )
    names = [printable(name) for name in listing.classes]
    if len(names) < 2:
        raise DataError(
            f"{printable(listing.root)} has {len(names)} class{'es' * (not names)} ({', '.join(names)}); a classifier "
            "needs at least 2, each a folder of pictures"
        )
    counts = Counter((entry.split or "train", entry.label) for entry in listing.entries)
    told = join_words([f"{split}/" for split in SPLITS[1:] if split in listing.splits], "and")
    if told and not any(counts["train", label] for label in range(len(names))):
        raise DataError(
            f"{printable(listing.root)} holds {told} but no train/ with one folder a class in it; sort the training "
            "pictures into train/<class>/"
        )
    unlearnt = [name for label, name in enumerate(names) if not counts["train", label]]
    if told and unlearnt:
        raise DataError(
            f"nothing to train on of {join_first(unlearnt)}, which only {told} has; add pictures to train/, or remove "
            "the class"
        )
    to_cut = [split for split in SPLITS[1:] if split not in listing.splits]
    needed = 1 + len(to_cut)
    small = [f"{n} has {counts['train', label]}" for label, n in enumerate(names) if counts["train", label] < needed]
    if small:
        reason = f", as {' and '.join(to_cut)} must be cut from them" if to_cut else ""
        raise DataError(
            f"too few pictures to train on: {join_first(small)}; every class needs at least {needed}{reason}; add "
            "pictures, or remove the class"
        )
