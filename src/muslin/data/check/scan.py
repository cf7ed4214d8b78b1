"""Look at every picture of a listing before any training: what is there, what is damaged, what is there twice.

Legend: N pictures.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muslin.data.check.contents import Contents, Scanned
from muslin.data.check.duplicates import Twins, find_equal, find_near
from muslin.data.check.findings import Finding, judge_contents
from muslin.data.decoding.pool import ReportProgress
from muslin.data.decoding.tasks import examine
from muslin.data.files.listing import SPLITS, Listing

__all__ = ["Scan"]

NOTE_EXAMPLES = 3  # paths listed for each note


class Scan(Contents):
    """What a data set holds, and what is wrong with it."""

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know of the data, the gravest first."""
        return judge_contents(self)

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
                {
                    "note": note,
                    "pictures": len(pictures),
                    "examples": [self.path_of(p) for p in pictures[:NOTE_EXAMPLES]],
                }
                for note, pictures in self.notes.items()
            ],
            "passed_over": list(self.listing.notes),
            "damaged": [{"path": self.path_of(picture), "problem": picture.problem} for picture in self.damaged],
            "copies": self._twins_as_json(self.copies),
            "lookalikes": self._twins_as_json(self.lookalikes),
            "findings": [asdict(finding) for finding in self.findings],
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


def scan(listing: Listing, *, threads: int, progress: ReportProgress = lambda *_: None) -> Scan:
    """Reads and fully decodes every picture of a listing.

    Args:
        listing: the pictures to look at.
        threads: pictures to work on at a time.
        progress: a function that is told the pictures done, of how many.
    """
    entries = listing.entries
    examined = examine([entry.path for entry in entries], threads=threads, progress=progress)
    pictures = tuple(Scanned(**vars(one), entry=entry) for one, entry in zip(examined, entries, strict=True))
    return Scan(listing, pictures, _copies(pictures), _lookalikes(pictures))


def _copies(pictures: Sequence[Scanned]) -> Twins:
    usable = [index for index, picture in enumerate(pictures) if not picture.problem]
    chosen = [pictures[index] for index in usable]
    splits, labels = _kinds(chosen)
    return _renumber(find_equal([p.sha256 for p in chosen], splits.tolist(), labels.tolist()), usable)


def _lookalikes(pictures: Sequence[Scanned]) -> Twins:
    first_of: dict[str, int] = {}
    for index, picture in enumerate(pictures):
        if picture.hash is not None:
            first_of.setdefault(picture.sha256, index)
    different = list(first_of.values())
    chosen = [pictures[index] for index in different]
    hashes = np.array([picture.hash for picture in chosen], np.uint64)
    small = np.frombuffer(bytes.fromhex("".join(picture.thumb for picture in chosen)), np.uint8).reshape(-1, 16, 16)
    return _renumber(find_near(hashes, small, *_kinds(chosen)), different)


def _kinds(pictures: Sequence[Scanned]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns the number of each picture's split, and its class."""
    numbers = {split: number for number, split in enumerate(("", *SPLITS))}
    splits = np.array([numbers[picture.entry.split] for picture in pictures], np.int64)
    return splits, np.array([picture.entry.label for picture in pictures], np.int64)


def _renumber(twins: Twins, indices: Sequence[int]) -> Twins:
    return replace(twins, examples=tuple((indices[i], indices[j]) for i, j in twins.examples))
