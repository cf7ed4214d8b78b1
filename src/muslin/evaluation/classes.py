"""Precision, recall and F1, class by class and averaged.

Legend: K classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

__all__ = ["Averages", "ClassScore", "averages", "class_scores"]


@dataclass(frozen=True)
class ClassScore:
    """How well one class is told from the others (van Rijsbergen, "Information Retrieval", 1979).

    Attributes:
        count: test pictures of the class.
        said: test pictures that were called it.
        right: those of them that are of it.
    """

    count: int
    said: int
    right: int

    @property
    def precision(self) -> float | None:
        """The share of the pictures called so that are so, in [0, 1]; None where none was called so."""
        return self.right / self.said if self.said else None

    @property
    def recall(self) -> float | None:
        """The share of the pictures that are so that were called so, in [0, 1]; None where none is so."""
        return self.right / self.count if self.count else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall, in [0, 1]; None where no picture is so or was called so."""
        return 2 * self.right / (self.count + self.said) if self.count + self.said else None


@dataclass(frozen=True)
class Averages:
    """One number for all classes: over the classes, each counting the same, or over the pictures.

    Attributes:
        macro_precision: the mean of the precisions of the classes that have test pictures; one never said counts as 0.
        macro_recall: the mean of their recalls, which is the balanced accuracy.
        macro_f1: the mean of their F1.
        micro_f1: precision, recall and F1 over all pictures together: the accuracy, where each has one class.
    """

    macro_precision: float
    macro_recall: float
    macro_f1: float
    micro_f1: float


def class_scores(confusion: Tensor) -> list[ClassScore]:
    """Returns each class's score.

    Args:
        confusion: (K, K) int64, pictures of true class `row` that were called class `column`.
    """
    counts, saids, rights = confusion.sum(1), confusion.sum(0), confusion.diagonal()
    return [ClassScore(*each) for each in zip(counts.tolist(), saids.tolist(), rights.tolist(), strict=True)]


def averages(scores: Sequence[ClassScore]) -> Averages:
    """Returns the averages over the classes that have pictures; at least one has."""
    there = [score for score in scores if score.count]

    def mean(values: list[float | None]) -> float:
        return sum(value or 0.0 for value in values) / len(there)

    return Averages(
        mean([score.precision for score in there]),
        mean([score.recall for score in there]),
        mean([score.f1 for score in there]),
        sum(score.right for score in there) / sum(score.count for score in there),
    )
