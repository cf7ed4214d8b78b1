"""Accuracy, loss and confusion, summed over every sample: a short last batch counts for what it holds.

Legend: N pictures, B pictures of a batch, K classes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["Metrics", "Predict", "evaluate"]

Predict = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Metrics:
    """What a model scored on a data set.

    Attributes:
        loss: mean cross-entropy in nats.
        accuracy: share of right answers, in [0, 1].
        confusion: (K, K) int64, pictures of true class `row` that were called class `column`.
        predicted: (N,) int64, the class that each picture was called.
        confidence: (N,) float32, the probability that went to it.
    """

    loss: float
    accuracy: float
    confusion: Tensor
    predicted: Tensor
    confidence: Tensor

    @property
    def count(self) -> int:
        """Number of pictures."""
        return int(self.confusion.sum())

    @property
    def per_class(self) -> list[float]:
        """Share of each true class that was called right (recall), in [0, 1]; nan for a class without pictures."""
        return (self.confusion.diagonal() / self.confusion.sum(1)).tolist()


def evaluate(predict: Predict, batches: Iterable[tuple[Tensor, Tensor]], classes: int) -> Metrics:
    """Scores a model over all batches.

    Args:
        predict: (B, C, H, W) pictures to (B, K) logits.
        batches: pictures and (B,) labels.
        classes: K.
    """
    loss = 0.0
    confusion = torch.zeros(classes * classes, dtype=torch.int64)
    answers = []
    for images, labels in batches:
        logits = predict(images).float()  # (B, K)
        loss += F.cross_entropy(logits, labels, reduction="sum").item()
        confidence, predicted = logits.softmax(1).max(1)
        answers.append((confidence.cpu(), predicted.cpu()))
        cells = (labels * classes + predicted).cpu()
        confusion += torch.bincount(cells, minlength=classes * classes)
    confusion = confusion.view(classes, classes)
    count = max(1, int(confusion.sum()))
    confidences, all_predicted = (torch.cat(parts) for parts in zip(*answers, strict=True))
    return Metrics(loss / count, int(confusion.trace()) / count, confusion, all_predicted, confidences)
