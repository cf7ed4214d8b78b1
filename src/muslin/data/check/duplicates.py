"""Find pictures that look the same though their files differ.

A perceptual hash (Zauner 2010, Implementation and Benchmarking of Perceptual Image Hash Functions): the signs of 64 low
frequencies of the cosine transform of a small grey copy. Hashes of the same picture, saved anew or made smaller, differ
in few bits; because hashes of similar but different pictures can agree too, a candidate is held against the grey copy.

Legend: N pictures.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.fft import dct

__all__ = ["grey_copy", "near_twins", "perceptual_hashes", "thumbs"]

SIDE = 32  # pixels of the grey copy
FLAT = 2.0  # grey levels: a picture that deviates less from its mean is one colour, and its hash is noise
MAX_DISTANCE = 4  # bits of 64
THUMB = 16  # pixels of the copy that candidates are compared by
MIN_CORRELATION = 0.985  # saved anew as JPEG: above 0.999; half the size: 0.99; similar garments: half are below 0.94
COSINES = dct(np.eye(SIDE, dtype=np.float32), axis=0, norm="ortho")[1:9]  # (8, 32), without the constant one
BANDS = MAX_DISTANCE + 1
MASKS = np.array([sum(1 << bit for bit in range(band, 64, BANDS)) for band in range(BANDS)], np.uint64)
BLOCK = 2**19  # pairs of hashes compared at a time, so that they stay in the cache
EXAMPLES = 20

Greys = NDArray[np.uint8]


@dataclass(frozen=True)
class Twins:
    """Pictures that are like another.

    Attributes:
        pictures: the number of pictures with a twin.
        across_splits: the number of those with a twin in another split.
        across_classes: the number of those with a twin in another class.
        examples: some pairs as indices, those across splits first, then those across classes.
    """

    pictures: int
    across_splits: int
    across_classes: int
    examples: tuple[tuple[int, int], ...]


def grey_copy(image: Image.Image) -> Greys:
    """Returns the small grey copy of a picture that all the rest is computed from; (32, 32) uint8."""
    grey = image if image.mode == "L" else image.convert("L")
    return np.asarray(grey.resize((SIDE, SIDE), Image.Resampling.BILINEAR))  # a box would blur unevenly


def perceptual_hashes(greys: Greys) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Returns the hashes of small grey copies.

    Args:
        greys: (N, 32, 32) uint8.

    Returns:
        (N,) uint64 hashes, and (N,) whether each means something; it does not where the picture is of one colour.
    """
    frequencies = (COSINES @ greys.astype(np.float32) @ COSINES.T).reshape(-1, 64)  # (N, 8, 8) to (N, 64)
    bits = frequencies > np.median(frequencies, axis=1, keepdims=True)
    hashes = np.packbits(bits, axis=1).view(">u8").reshape(-1).astype(np.uint64)
    return hashes, greys.std(axis=(1, 2)) >= FLAT


def thumbs(greys: Greys) -> Greys:
    """Returns grey copies with half their sides, (N, 32, 32) to (N, 16, 16) uint8: enough to tell pictures apart."""
    half = SIDE // THUMB
    halved: Greys = greys.reshape(-1, THUMB, half, THUMB, half).mean((2, 4)).round().astype(np.uint8)
    return halved


def find_near(hashes: NDArray[np.uint64], small: Greys, splits: NDArray[np.int64], labels: NDArray[np.int64]) -> Twins:
    """Returns the pictures that look like another, as `near_twins` tells them. Arguments as there."""
    return _near(hashes, small, splits, labels).result()


def near_twins(
    hashes: NDArray[np.uint64], small: Greys, splits: NDArray[np.int64], labels: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Returns a picture that each looks like: hashes at most 4 bits apart, and grey copies that correlate.

    Two hashes that differ in at most 4 of 64 bits agree in at least one of 5 bands of bits (pigeonhole principle), so
    only pictures that share a band are compared. A band is every fifth bit, as neighbouring frequencies go together.

    Args:
        hashes: (N,) of pictures with different content, each of more than one colour.
        small: (N, 16, 16) uint8, by `thumbs`.
        splits: (N,) a number for each split.
        labels: (N,) the class of each.

    Returns:
        (3, N) int64: one of any kind, one in another split, one in another class; -1 where there is none.
    """
    return _near(hashes, small, splits, labels).twins


def _near(hashes: NDArray[np.uint64], small: Greys, splits: NDArray[np.int64], labels: NDArray[np.int64]) -> "_Finder":
    finder = _Finder(hashes, _standardise(small), splits, labels)
    for band, mask in enumerate(MASKS):
        for bucket in _buckets(hashes & mask):
            finder.compare(bucket, MASKS[:band])
    return finder


class _Finder:
    """Compares pictures and keeps which have a twin, and some pairs."""

    def __init__(
        self,
        hashes: NDArray[np.uint64],
        units: NDArray[np.float32],
        splits: NDArray[np.int64],
        labels: NDArray[np.int64],
    ) -> None:
        self.hashes, self.units, self.splits, self.labels = hashes, units, splits, labels
        self.twins = np.full((3, len(hashes)), -1, np.int64)  # of any, in another split, in another class
        self.examples: tuple[dict[tuple[int, int], None], ...] = ({}, {}, {})

    def compare(self, bucket: NDArray[np.int64], earlier: NDArray[np.uint64]) -> None:
        """Compares all pairs of a bucket, some rows at a time, but for those that shared a band in `earlier`."""
        rows = max(1, BLOCK // len(bucket))
        for start in range(0, len(bucket) - 1, rows):
            some, rest = bucket[start : start + rows], bucket[start:]
            differing = self.hashes[some, None] ^ self.hashes[rest]  # (rows, rest)
            first, second = (np.bitwise_count(differing) <= MAX_DISTANCE).nonzero()
            fresh = first < second  # each pair once
            for mask in earlier:
                fresh &= (differing[first, second] & mask) != 0
            if fresh.any():
                self._verify(some, rest, first[fresh], second[fresh])

    def _verify(
        self, some: NDArray[np.int64], rest: NDArray[np.int64], first: NDArray[np.int64], second: NDArray[np.int64]
    ) -> None:
        """Holds candidates, as positions in `some` and `rest`, against the grey copies."""
        if len(first) < len(some) + len(rest):
            correlations = np.einsum("nd,nd->n", self.units[some[first]], self.units[rest[second]])
        else:  # so many that the product of all with all is faster
            correlations = (self.units[some] @ self.units[rest].T)[first, second]
        same = correlations >= MIN_CORRELATION
        self._keep(some[first[same]], rest[second[same]])

    def _keep(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> None:
        everywhere = np.ones(len(first), np.bool_)
        kinds = (everywhere, self.splits[first] != self.splits[second], self.labels[first] != self.labels[second])
        for kind, is_kind in enumerate(kinds):
            self.twins[kind, second[is_kind]] = first[is_kind]
            self.twins[kind, first[is_kind]] = second[is_kind]
            kept = self.examples[kind]
            for pair in zip(first[is_kind][:EXAMPLES].tolist(), second[is_kind][:EXAMPLES].tolist(), strict=True):
                if len(kept) < EXAMPLES:
                    kept[pair] = None

    def result(self) -> Twins:
        """Returns what was found."""
        pictures, across_splits, across_classes = (int(count) for count in (self.twins >= 0).sum(1))
        pairs = self.examples[1] | self.examples[2] | self.examples[0]
        return Twins(pictures, across_splits, across_classes, tuple(pairs)[:EXAMPLES])


def _standardise(small: Greys) -> NDArray[np.float32]:
    """Returns each copy mean 0 and length 1, so that the product of two is their correlation; (N, 256)."""
    units = small.reshape(len(small), THUMB * THUMB).astype(np.float32)
    units -= units.mean(1, keepdims=True)
    units /= np.maximum(np.linalg.norm(units, axis=1, keepdims=True), np.float32(1e-6))
    return units


def _buckets(keys: NDArray[np.uint64]) -> Iterator[NDArray[np.int64]]:
    """Returns the indices of each key that occurs more than once."""
    order = np.argsort(keys, kind="stable")
    ends = np.flatnonzero(np.diff(keys[order])) + 1
    return (bucket for bucket in np.split(order, ends) if len(bucket) > 1)


def find_equal(digests: Sequence[str], splits: Sequence[int], labels: Sequence[int]) -> Twins:
    """Returns the files with the same content, by their digests."""
    groups: dict[str, list[int]] = {}
    for index, digest in enumerate(digests):
        groups.setdefault(digest, []).append(index)
    copies = [group for group in groups.values() if len(group) > 1]
    across_splits = [group for group in copies if len({splits[i] for i in group}) > 1]
    across_classes = [group for group in copies if len({labels[i] for i in group}) > 1]
    pairs = dict.fromkeys(
        [_pair_unlike(group, splits) for group in across_splits]
        + [_pair_unlike(group, labels) for group in across_classes]
        + [(group[0], group[1]) for group in copies]
    )
    counts = [sum(map(len, groups)) for groups in (copies, across_splits, across_classes)]
    return Twins(counts[0], counts[1], counts[2], tuple(pairs)[:EXAMPLES])


def _pair_unlike(group: Sequence[int], kinds: Sequence[int]) -> tuple[int, int]:
    return group[0], next(i for i in group if kinds[i] != kinds[group[0]])
