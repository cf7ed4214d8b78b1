"""Look at every picture of a listing before any training: what is there, what is damaged, what is there twice.

Legend: N pictures.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muslin.data.check.duplicates import Twins, find_equal, find_near
from muslin.data.decoding.pool import Progress
from muslin.data.decoding.tasks import Examined, examine
from muslin.data.files.listing import SPLITS, Entry, Listing

__all__ = ["Scan", "Scanned", "scan"]

EXAMPLES = 3  # paths named for each note


@dataclass(frozen=True, kw_only=True)
class Scanned(Examined):
    """What one file of a listing holds.

    Attributes:
        entry: where it is and what it shows.
    """

    entry: Entry


@dataclass(frozen=True)
class Scan:
    """What a data set holds.

    Attributes:
        listing: what was looked at.
        pictures: N, in the order of the listing's entries.
        copies: pictures with the same bytes as another, as indices into `pictures`.
        lookalikes: pictures that look like another with other bytes; exact copies count once.
    """

    listing: Listing
    pictures: tuple[Scanned, ...]
    copies: Twins
    lookalikes: Twins

    @cached_property
    def damaged(self) -> tuple[Scanned, ...]:
        """The files that cannot be used."""
        return tuple(picture for picture in self.pictures if picture.problem)

    @cached_property
    def intact(self) -> tuple[Scanned, ...]:
        """The files that can be used."""
        return tuple(picture for picture in self.pictures if not picture.problem)

    @cached_property
    def counts(self) -> dict[str, tuple[int, ...]]:
        """How many usable pictures each split has of each class; the split is empty where none was told."""
        counted = Counter((picture.entry.split, picture.entry.label) for picture in self.intact)
        splits = [split for split in ("", *SPLITS) if any(s == split for s, _ in counted)]
        return {split: tuple(counted[split, k] for k in range(len(self.listing.classes))) for split in splits}

    @cached_property
    def sizes(self) -> Counter[tuple[int, int]]:
        """How many usable pictures have each (width, height)."""
        return Counter((picture.width, picture.height) for picture in self.intact)

    @cached_property
    def modes(self) -> Counter[str]:
        """How many usable pictures are grey (L) and in colour (RGB)."""
        return Counter(picture.mode for picture in self.intact)

    @cached_property
    def notes(self) -> dict[str, tuple[Scanned, ...]]:
        """The pictures that each note was made on, the commonest note first."""
        noted: dict[str, list[Scanned]] = defaultdict(list)
        for picture in self.intact:
            for note in picture.notes:
                noted[note].append(picture)
        return {note: tuple(some) for note, some in sorted(noted.items(), key=lambda item: -len(item[1]))}

    def path_of(self, picture: Scanned) -> str:
        """Returns a picture's path below the root."""
        return picture.entry.path.relative_to(self.listing.root).as_posix()

    def as_json(self) -> dict[str, Any]:
        """Returns the whole as plain values, with a few examples where there are many."""
        classes = self.listing.classes
        return {
            "name": self.listing.name,
            "root": str(self.listing.root),
            "classes": list(classes),
            "pictures": len(self.pictures),
            "bytes": sum(picture.bytes for picture in self.pictures),
            "counts": {split: dict(zip(classes, counts, strict=True)) for split, counts in self.counts.items()},
            "sizes": self._sizes_as_json(),
            "modes": dict(self.modes),
            "notes": [
                {"note": note, "pictures": len(some), "examples": [self.path_of(p) for p in some[:EXAMPLES]]}
                for note, some in self.notes.items()
            ],
            "passed_over": list(self.listing.notes),
            "damaged": [{"path": self.path_of(picture), "problem": picture.problem} for picture in self.damaged],
            "copies": self._twins_as_json(self.copies),
            "lookalikes": self._twins_as_json(self.lookalikes),
        }

    def _sizes_as_json(self) -> dict[str, Any]:
        if not self.intact:
            return {}
        sides = np.array([(picture.width, picture.height) for picture in self.intact])
        summary = {
            side: dict(zip(("min", "median", "max"), np.percentile(values, (0, 50, 100)).tolist(), strict=True))
            for side, values in zip(("width", "height"), sides.T, strict=True)
        }
        (width, height), count = self.sizes.most_common(1)[0]
        return summary | {"different": len(self.sizes), "commonest": {"size": [width, height], "pictures": count}}

    def _twins_as_json(self, twins: Twins) -> dict[str, Any]:
        pairs = [[self.path_of(self.pictures[i]) for i in pair] for pair in twins.examples]
        return asdict(twins) | {"examples": pairs}


def scan(listing: Listing, *, threads: int, progress: Progress = lambda *_: None) -> Scan:
    """Reads and fully decodes every picture of a listing.

    Args:
        listing: as listed.
        threads: how many pictures to work on at a time.
        progress: told how many pictures are done, of how many.
    """
    entries = listing.entries
    examined = examine([entry.path for entry in entries], threads=threads, progress=progress)
    pictures = tuple(Scanned(**vars(one), entry=entry) for one, entry in zip(examined, entries, strict=True))
    return Scan(listing, pictures, _copies(pictures), _lookalikes(pictures))


def _copies(pictures: Sequence[Scanned]) -> Twins:
    usable = [index for index, picture in enumerate(pictures) if not picture.problem]
    chosen = [pictures[index] for index in usable]
    splits, labels = _kinds(chosen)
    return _translated(find_equal([p.sha256 for p in chosen], splits.tolist(), labels.tolist()), usable)


def _lookalikes(pictures: Sequence[Scanned]) -> Twins:
    first_of: dict[str, int] = {}
    for index, picture in enumerate(pictures):
        if picture.hash is not None:
            first_of.setdefault(picture.sha256, index)
    different = list(first_of.values())
    chosen = [pictures[index] for index in different]
    hashes = np.array([picture.hash for picture in chosen], np.uint64)
    small = np.frombuffer(bytes.fromhex("".join(picture.thumb for picture in chosen)), np.uint8).reshape(-1, 16, 16)
    return _translated(find_near(hashes, small, *_kinds(chosen)), different)


def _kinds(pictures: Sequence[Scanned]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns the number of each picture's split, and its class."""
    numbers = {split: number for number, split in enumerate(("", *SPLITS))}
    splits = np.array([numbers[picture.entry.split] for picture in pictures], np.int64)
    return splits, np.array([picture.entry.label for picture in pictures], np.int64)


def _translated(twins: Twins, indices: Sequence[int]) -> Twins:
    return replace(twins, examples=tuple((indices[i], indices[j]) for i, j in twins.examples))
