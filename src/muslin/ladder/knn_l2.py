"""Nearest neighbours by Euclidean distance.

Legend: N pictures to answer for, M known ones, D numbers each.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muslin.ladder.knn import Knn, Neighbours, smallest
from muslin.ladder.rung import Images
from muslin.textbook.distances import l2_blocks

__all__ = ["KnnL2"]

BLOCK = 250
MIDDLE = 128
# Pixels less 128 lie in -128 .. 127: a product of two rows of 1023 stays below 2^24, and float32 is exact up to there.
LONGEST = 1023


class KnnL2(Knn):
    """The 5 nearest by the root of the sum of the squared differences."""

    name = "knn-l2"
    summary = "the 5 most similar pictures vote, by Euclidean distance"
    cannot = "learn: it keeps every picture, and looks at all of them for every answer"

    def _prepared(self, images: Images) -> NDArray[Any]:
        rows = images.reshape(len(images), -1)
        return rows.astype(np.float32) - MIDDLE if images.dtype == np.uint8 else rows

    def _nearest(self, queries: NDArray[Any], k: int) -> Neighbours:
        are_short_pixels = queries.dtype == np.float32 and queries.shape[1] <= LONGEST
        blocks = rank_blocks if are_short_pixels else l2_blocks
        return smallest(blocks(queries, self.known, BLOCK), k)


def rank_blocks(x: NDArray[np.float32], y: NDArray[np.float32], block: int) -> Iterator[NDArray[np.float32]]:
    """Yields numbers that rank as the distances do, |y_j|^2 - 2 x_i y_j, by matrix products in float32, block by block.

    The square of the distance lacks only |x_i|^2, the same for the whole row. Every product and sum is a whole number
    that float32 holds, up to the last addition, which keeps the order: the ranking is exact.

    Args:
        x: whole numbers from -128 to 127 (N, D), D at most 1023.
        y: whole numbers from -128 to 127 (M, D).
        block: rows of x that are worked on at once.

    Yields:
        (B, M) float32.
    """
    lengths = np.einsum("ij,ij->i", y, y)
    for start in range(0, len(x), block):
        ranks = (-2 * x[start : start + block]) @ y.T
        ranks += lengths
        yield ranks
