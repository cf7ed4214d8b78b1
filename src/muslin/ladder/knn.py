"""Nearest neighbours, exact: the most similar training pictures vote (Fix and Hodges, 1951; Cover and Hart, 1967).

Legend: N pictures to answer for, M known ones, D numbers each, k neighbours.
"""

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from muslin.ladder.rung import Images, Labels, Rung

__all__ = ["Knn", "Neighbours", "smallest"]

Neighbours: TypeAlias = NDArray[np.int64]

K = 5


class Knn(Rung):
    """The majority among the k nearest training pictures; a tie goes to the class of the nearer one."""

    @property
    def parameters(self) -> int:
        """Every number of every training picture."""
        return self.known.size

    @abstractmethod
    def _prepared(self, images: Images) -> NDArray[Any]:
        """Returns pictures or points as the distance takes them: (N, ...) -> (N, D)."""

    @abstractmethod
    def _nearest(self, queries: NDArray[Any], k: int) -> Neighbours:
        """Returns the k nearest known ones of each query, nearest first: (N, D) -> (N, k) indices."""

    def _fit(self, images: Images, labels: Labels) -> None:
        self.known, self.labels = self._prepared(images), labels

    def _predict(self, images: Images) -> Labels:
        return vote(self.labels[self._nearest(self._prepared(images), min(K, len(self.known)))])


def smallest(blocks: Iterable[NDArray[Any]], k: int) -> Neighbours:
    """Finds the k smallest distances of each row, in order; of equal ones the earlier come first.

    Args:
        blocks: rows of distances, block after block: (B, M) each.
        k: number of neighbours, in [1, M].

    Returns:
        Column numbers (N, k).

    >>> smallest([np.array([[3.0, 1.0, 2.0, 1.0]])], k=3)
    array([[1, 3, 2]])
    """
    return np.array([_smallest(row, k) for block in blocks for row in block])


def _smallest(row: NDArray[Any], k: int) -> Neighbours:
    within = np.flatnonzero(row <= np.partition(row, k - 1)[k - 1])
    return np.asarray(within[np.argsort(row[within], kind="stable")][:k])


def vote(labels: Labels) -> Labels:
    """Returns the commonest label of each row; of equally common ones the one that comes first: (N, k) -> (N,).

    >>> vote(np.array([[1, 2, 2], [3, 1, 1], [5, 4, 0]]))
    array([2, 1, 5])
    """
    votes = (labels[:, :, None] == labels[:, None, :]).sum(axis=2)  # (N, k): how many say what this neighbour says
    return np.asarray(labels[np.arange(len(labels)), votes.argmax(axis=1)])
