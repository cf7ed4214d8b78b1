"""The order of the pictures in a pack: random, with each class spread evenly."""

from collections.abc import Sequence

import numpy as np

from muslin.data.files.listing import SPLITS, Entry

__all__ = ["in_pack_order", "spread_classes"]

Indices = np.ndarray[tuple[int], np.dtype[np.int64]]


def in_pack_order(entries: Sequence[Entry]) -> list[Entry]:
    """Returns entries by split, and within a split so that each stretch holds the classes in their proportion."""
    ordered = []
    for split in SPLITS:
        part = [entry for entry in entries if entry.split == split]
        ordered += [part[i] for i in spread_classes(np.array([entry.label for entry in part], np.int64))]
    return ordered


def spread_classes(labels: Indices) -> Indices:
    """Returns a random order with each class spread evenly: any stretch has the classes in their proportion.

    One picture of each class that has two comes first, so that a beginning of the order has them all.

    Args:
        labels: (N,) int64.

    Returns:
        (N,) int64, a permutation; the same for the same labels.
    """
    generator = np.random.default_rng(0)
    place = np.empty(len(labels))  # in [0, 1), of each picture in the order
    for label in np.unique(labels):
        members = generator.permutation((labels == label).nonzero()[0])
        count = len(members)
        place[members] = (np.arange(count) + (1 + generator.random(count)) / 2) / count
        if count > 1:
            place[members[0]] -= 1
    return np.argsort(place, kind="stable")
