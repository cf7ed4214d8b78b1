"""Cut a test split off pictures that were listed without one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from muslin.data.files.listing import Listing, sorted_entries
from muslin.errors import DataError
from muslin.text import printable

__all__ = ["assign_splits"]

TEST_SHARE = 5  # one picture in so many is cut off for testing


def assign_splits(listing: Listing, digests: Sequence[str]) -> Listing:
    """Returns a listing that tells every picture's split: where none is for testing, a fifth of each class is cut off.

    Which fifth depends on the files' content alone, not on their names, on order or on a seed; pictures of one class
    with the same content stay on the same side. Validation is cut out of `train` later, by seed.

    Args:
        listing: the pictures, each with a split or without.
        digests: the SHA-256 of each entry's file, in hexadecimal.

    Raises:
        DataError: a class has too few different pictures to be on both sides.
    """
    if "test" in listing.splits:
        chosen: set[int] = set()
    else:
        keep = 1 if "validation" in listing.splits else 2  # a later cut of validation needs one more
        members: dict[int, list[int]] = defaultdict(list)
        for index, entry in enumerate(listing.entries):
            if entry.split != "validation":
                members[entry.label].append(index)
        chosen = {
            index
            for label, indices in members.items()
            for index in _cut(listing.classes[label], {i: digests[i] for i in indices}, keep)
        }
    entries = [
        replace(entry, split="test" if index in chosen else entry.split or "train")
        for index, entry in enumerate(listing.entries)
    ]
    return replace(listing, entries=sorted_entries(entries))


def _cut(name: str, digests: Mapping[int, str], keep: int) -> list[int]:
    """Chooses a fifth of a class, by whole groups of equal files in the order of their digests."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, digest in digests.items():
        groups[digest].append(index)
    target = max(1, round(len(digests) / TEST_SHARE))
    chosen: list[int] = []
    for _, group in sorted(groups.items()):
        if len(chosen) + len(group) <= min(target, len(digests) - keep):
            chosen += group
    if not chosen:  # every group is larger than the share: take the smallest
        _, group = min(groups.items(), key=lambda item: (len(item[1]), item[0]))
        chosen = group if len(digests) - len(group) >= keep else []
    if not chosen:
        raise DataError(
            f"class {printable(name)} has {len(digests)} pictures but only {len(groups)} different; they cannot be on "
            "both sides of the test split; add pictures"
        )
    return chosen
