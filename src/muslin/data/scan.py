"""Look at every picture of a listing before any training: what is there, what is damaged, what is there twice.

Legend: N pictures.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muslin.data.duplicates import Twins, find_equal, find_near, grey_copy, perceptual_hashes, thumbs
from muslin.data.listing import SPLITS, Entry, Listing, assign_splits, check_classes, printable
from muslin.data.pictures import decode_picture, quiet_pillow, read_file
from muslin.errors import DataError, PictureError

__all__ = ["MAX_SKIPPED", "Scan", "Scanned", "checked", "scan"]

CHUNK = 64  # pictures a task
MAX_SKIPPED = 0.01  # of the pictures; more damaged ones than that stop a run even if they may be left out
EXAMPLES = 3  # paths named for each note
SHOWN = 10  # damaged files named in an error


@dataclass(frozen=True, slots=True)
class Scanned:
    """What one file holds.

    Attributes:
        entry: where it is and what it shows.
        bytes: of the file; 0 where it cannot be read.
        sha256: of the file, in hexadecimal; empty where it cannot be read.
        width: in pixels, upright; 0 where it is damaged.
        height: in pixels, upright; 0 where it is damaged.
        mode: L (grey) or RGB, as a model gets it; empty where it is damaged.
        hash: the perceptual hash, 64 bits; None where it is damaged or of one colour.
        notes: what was done to it.
        problem: why it cannot be used; empty where it can.
    """

    entry: Entry
    bytes: int = 0
    sha256: str = ""
    width: int = 0
    height: int = 0
    mode: str = ""
    hash: int | None = None
    notes: tuple[str, ...] = ()
    problem: str = ""


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
        """Gives a picture's path below the root."""
        return picture.entry.path.relative_to(self.listing.root).as_posix()

    def as_json(self) -> dict[str, Any]:
        """Gives the whole as plain values, with a few examples where there are many."""
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


def scan(listing: Listing, *, threads: int, progress: Callable[[int, int], None] | None = None) -> Scan:
    """Reads and fully decodes every picture of a listing.

    Args:
        listing: as listed.
        threads: how many pictures to work on at a time.
        progress: told how many pictures are done, of how many.
    """
    entries = listing.entries
    chunks = [entries[start : start + CHUNK] for start in range(0, len(entries), CHUNK)]
    pictures: list[Scanned] = []
    small = []
    with quiet_pillow(), ThreadPoolExecutor(threads) as pool:
        tasks = [pool.submit(_look, chunk) for chunk in chunks]
        try:
            for task in tasks:
                some, thumb = task.result()
                pictures += some
                small.append(thumb)
                if progress:
                    progress(len(pictures), len(entries))
        finally:
            pool.shutdown(cancel_futures=True)  # on Ctrl-C, start nothing more
    return Scan(listing, tuple(pictures), _copies(pictures), _lookalikes(pictures, np.concatenate(small)))


def checked(scanned: Scan, *, on_bad: str) -> Listing:
    """Gives the listing that a run may use: no damaged file in it, every picture in a split, classes large enough.

    Args:
        scanned: the scan of all its files.
        on_bad: `stop` refuses damaged files; `skip` leaves them out, with a note, up to 1 % of all.

    Raises:
        DataError: damaged files, or a class that is too small without them.
    """
    assert on_bad in ("stop", "skip"), on_bad
    damaged, total = scanned.damaged, len(scanned.pictures)
    if damaged and (on_bad == "stop" or len(damaged) > MAX_SKIPPED * total):
        raise DataError(_damaged_message(damaged, total, on_bad))
    notes = scanned.listing.notes
    if damaged:
        notes = (*notes, f"damaged files left out: {len(damaged):,} of {total:,}")
    entries = tuple(picture.entry for picture in scanned.intact)
    listing = replace(scanned.listing, entries=entries, notes=notes)
    check_classes(listing)
    return assign_splits(listing, [picture.sha256 for picture in scanned.intact])


def _damaged_message(damaged: Sequence[Scanned], total: int, on_bad: str) -> str:
    named = "".join(f"\n  {picture.problem}" for picture in damaged[:SHOWN])
    more = f"\n  and {len(damaged) - SHOWN:,} more" if len(damaged) > SHOWN else ""
    remedy = "mend or remove them"
    if on_bad == "stop" and len(damaged) <= MAX_SKIPPED * total:
        remedy += ", or leave them out with on_bad = skip"
    elif on_bad == "skip":
        remedy += f"; at most {MAX_SKIPPED:.0%} may be left out"
    return f"{len(damaged):,} of {total:,} files cannot be used; {remedy}:{named}{more}"


def _look(entries: Sequence[Entry]) -> tuple[list[Scanned], NDArray[np.uint8]]:
    """Looks at some files; gives what they hold, and (N, 16, 16) uint8 grey copies, black where damaged."""
    looked = [_look_at(entry) for entry in entries]
    greys = np.stack([grey for _, grey in looked])  # (N, 32, 32)
    hashes, means_something = perceptual_hashes(greys)
    pictures = [
        replace(picture, hash=value if meant and not picture.problem else None)
        for (picture, _), value, meant in zip(looked, hashes.tolist(), means_something.tolist(), strict=True)
    ]
    return pictures, thumbs(greys)


def _look_at(entry: Entry) -> tuple[Scanned, NDArray[np.uint8]]:
    content = b""
    try:
        content = read_file(entry.path)
        image, notes = decode_picture(content, printable(entry.path))
    except PictureError as error:
        return Scanned(entry, len(content), _sha256(content), problem=str(error)), BLACK
    picture = Scanned(entry, len(content), _sha256(content), *image.size, image.mode, notes=notes)
    return picture, grey_copy(image)


BLACK = np.zeros((32, 32), np.uint8)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest() if content else ""


def _copies(pictures: Sequence[Scanned]) -> Twins:
    usable = [index for index, picture in enumerate(pictures) if not picture.problem]
    chosen = [pictures[index] for index in usable]
    splits, labels = _kinds(chosen)
    return _translated(find_equal([p.sha256 for p in chosen], splits.tolist(), labels.tolist()), usable)


def _lookalikes(pictures: Sequence[Scanned], small: NDArray[np.uint8]) -> Twins:
    first_of: dict[str, int] = {}
    for index, picture in enumerate(pictures):
        if picture.hash is not None:
            first_of.setdefault(picture.sha256, index)
    different = list(first_of.values())
    chosen = [pictures[index] for index in different]
    hashes = np.array([picture.hash for picture in chosen], np.uint64)
    return _translated(find_near(hashes, small[different], *_kinds(chosen)), different)


def _kinds(pictures: Sequence[Scanned]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Gives the number of each picture's split, and its class."""
    numbers = {split: number for number, split in enumerate(("", *SPLITS))}
    splits = np.array([numbers[picture.entry.split] for picture in pictures], np.int64)
    return splits, np.array([picture.entry.label for picture in pictures], np.int64)


def _translated(twins: Twins, indices: Sequence[int]) -> Twins:
    return replace(twins, examples=tuple((indices[i], indices[j]) for i, j in twins.examples))
