"""Nearest neighbours by Manhattan distance."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muslin.ladder.knn import Knn, Neighbours, smallest
from muslin.ladder.rung import Images
from muslin.machine.cores import available_threads
from muslin.textbook.distances import l1_blocks

__all__ = ["KnnL1"]

BLOCK = 64


class KnnL1(Knn):
    """The 5 nearest by the sum of the pixels' differences; sums of whole pixels are exact in float32."""

    name = "knn-l1"
    summary = "the 5 most similar pictures vote, by Manhattan distance"
    cannot = "see that one large difference matters more than many small ones"

    def _prepared(self, images: Images) -> NDArray[Any]:
        rows = images.reshape(len(images), -1)
        return rows.astype(np.float32) if images.dtype == np.uint8 else rows

    def _nearest(self, queries: NDArray[Any], k: int) -> Neighbours:
        def nearest(part: NDArray[Any]) -> Neighbours:
            return smallest(l1_blocks(part, self.known, BLOCK), k)

        threads = min(available_threads(), len(queries))
        with ThreadPoolExecutor(threads) as pool:  # NumPy lets other threads run while it computes
            return np.concatenate(list(pool.map(nearest, np.array_split(queries, threads))))
