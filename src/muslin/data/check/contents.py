"""What a data set holds, every file of it read and decoded once: the ground that findings stand on.

Legend: N pictures.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from muslin.data.check.duplicates import Twins
from muslin.data.decoding.tasks import Examined
from muslin.data.files.listing import SPLITS, Entry, Listing

__all__ = ["Contents", "Scanned"]


@dataclass(frozen=True, kw_only=True)
class Scanned(Examined):
    """What one file of a listing holds.

    Attributes:
        entry: the file's place, and its class and split.
    """

    entry: Entry


@dataclass(frozen=True)
class Contents:
    """What a data set holds.

    Attributes:
        listing: the listing that was looked at.
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
        """Each split's usable pictures by class, counted; the split is empty where none was told."""
        counted = Counter((picture.entry.split, picture.entry.label) for picture in self.intact)
        splits = [split for split in ("", *SPLITS) if any(s == split for s, _ in counted)]
        return {split: tuple(counted[split, k] for k in range(len(self.listing.classes))) for split in splits}

    @cached_property
    def sizes(self) -> Counter[tuple[int, int]]:
        """The usable pictures of each (width, height), counted."""
        return Counter((picture.width, picture.height) for picture in self.intact)

    @cached_property
    def modes(self) -> Counter[str]:
        """The usable pictures in grey (L) and in colour (RGB), counted."""
        return Counter(picture.mode for picture in self.intact)

    @cached_property
    def notes(self) -> dict[str, tuple[Scanned, ...]]:
        """Each note with the pictures that it was made on, the commonest first."""
        noted: dict[str, list[Scanned]] = defaultdict(list)
        for picture in self.intact:
            for note in picture.notes:
                noted[note].append(picture)
        return {note: tuple(pictures) for note, pictures in sorted(noted.items(), key=lambda item: -len(item[1]))}

    def path_of(self, picture: Scanned) -> str:
        """Returns a picture's path below the root."""
        return picture.entry.path.relative_to(self.listing.root).as_posix()
