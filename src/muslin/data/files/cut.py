"""Cut a test split off pictures that were listed without one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from muslin.data.files.listing import Listing, sorted_entries

__all__ = ["Rule", "assign_splits"]

TEST_SHARE = 5  # one picture in so many is cut off for testing
DIGITS = 8  # of a digest, that decide

Rule = Literal["threshold", "rank"]


def assign_splits(listing: Listing, digests: Sequence[str], rule: Rule = "threshold") -> Listing:
    """Returns a listing that tells every picture's split: where none is for testing, about a fifth is cut off.

    Which fifth depends on the files' content alone, not on their names, on order or on a seed; pictures of one class
    with the same content stay on the same side. Validation is cut out of `train` later.

    By `threshold` each picture's own digest decides, so that a picture stays on its side when others are added. A class
    of few pictures keeps two for training, those of the highest digests; where nothing is left for testing, the file
    with the lowest digest is. By `rank`, the rule of runs that were begun with Muslin 0.1.0, a fifth of each class is
    taken in the order of the digests, so that one more picture can change the side of others.

    Args:
        listing: the pictures, each with a split or without.
        digests: the SHA-256 of each entry's file, in hexadecimal; empty for a file that could not be read.
        rule: how the fifth is chosen.
    """
    members: dict[int, dict[int, str]] = defaultdict(dict)
    if "test" not in listing.splits:
        for index, entry in enumerate(listing.entries):
            if entry.split != "validation":
                members[entry.label][index] = digests[index]
    keep = 1 if "validation" in listing.splits else 2  # a later cut of validation needs one more
    cut = _below_threshold if rule == "threshold" else _lowest
    chosen = {index for each in members.values() for index in cut(each, keep)}
    if members and not chosen:
        chosen = _least(members.values(), keep)
    entries = [
        replace(entry, split="test" if index in chosen else entry.split or "train")
        for index, entry in enumerate(listing.entries)
    ]
    return replace(listing, entries=sorted_entries(entries))


def _below_threshold(digests: Mapping[int, str], keep: int) -> list[int]:
    """Chooses a class's pictures whose own digest says so, as far as enough are left."""
    groups = _groups(digests)
    chosen = [digest for digest in sorted(groups) if digest and int(digest[:DIGITS], 16) < 16**DIGITS // TEST_SHARE]
    while chosen and len(digests) - sum(len(groups[digest]) for digest in chosen) < keep:
        chosen.pop()
    return [index for digest in chosen for index in groups[digest]]


def _lowest(digests: Mapping[int, str], keep: int) -> list[int]:
    """Chooses a fifth of a class, by whole groups of equal files in the order of their digests."""
    groups = _groups(digests)
    target = max(1, round(len(digests) / TEST_SHARE))
    chosen: list[int] = []
    for _, group in sorted(groups.items()):
        if len(chosen) + len(group) <= min(target, len(digests) - keep):
            chosen += group
    if not chosen:  # every group is larger than the share: take the smallest
        _, group = min(groups.items(), key=lambda item: (len(item[1]), item[0]))
        chosen = group if len(digests) - len(group) >= keep else []
    return chosen


def _least(classes: Iterable[Mapping[int, str]], keep: int) -> set[int]:
    """Chooses the pictures of the lowest digest that a class can spare; none where no class can."""
    spare: dict[str, set[int]] = defaultdict(set)
    for digests in classes:
        for digest, group in _groups(digests).items():
            if digest and len(digests) - len(group) >= keep:
                spare[digest].update(group)
    return spare[min(spare)] if spare else set()


def _groups(digests: Mapping[int, str]) -> dict[str, list[int]]:
    """Returns the pictures of each digest."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, digest in digests.items():
        groups[digest].append(index)
    return groups
