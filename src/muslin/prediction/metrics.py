"""Accuracy, loss and confusion, summed over every sample: a short last batch counts for what it holds.

Legend: N pictures, B pictures of a batch, C channels, H x W pixels, K classes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from muslin.prediction.views import Logits

__all__ = ["Metrics", "Score", "measure"]


@dataclass(frozen=True)
class Score:
    """How well a model answers on a data set, by the views that it was asked with and by one.

    Attributes:
        accuracy: share of right answers, in [0, 1].
        loss: mean cross-entropy in nats.
        views: views of a picture whose logits were averaged: 1, 2, 5 or 10 (at the most).
        accuracy_one_view: share of right answers by each picture as it is, in [0, 1]; None where it was not measured.
        loss_one_view: mean cross-entropy by each picture as it is, in nats; None where it was not measured.
        confusion: (K, K) int64, pictures of true class `row` that were called class `column`.
    """

    accuracy: float
    loss: float
    views: int
    accuracy_one_view: float | None
    loss_one_view: float | None
    confusion: Tensor

    @property
    def count(self) -> int:
        """Number of pictures."""
        return int(self.confusion.sum())

    @property
    def per_class(self) -> list[float]:
        """Share of each true class that was called right (recall), in [0, 1]; nan for a class without pictures."""
        return (self.confusion.diagonal() / self.confusion.sum(1)).tolist()

    def figures(self) -> dict[str, Any]:
        """Returns both accuracies and losses, and the views, by their names in JSON."""
        names = ("accuracy", "loss", "views", "accuracy_one_view", "loss_one_view")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Metrics(Score):
    """What a model scored on a data set, and its answer to every picture.

    Attributes:
        predicted: (N,) int64, the class that each picture was called.
        confidence: (N,) float32, the probability that went to it.
        probabilities: (N, K) float16, each picture's probability of each class; None where they were not kept.
    """

    predicted: Tensor
    confidence: Tensor
    probabilities: Tensor | None


def measure(
    answer: Callable[[Tensor], Logits],
    batches: Iterable[tuple[Tensor, Tensor]],
    classes: int,
    *,
    views: int = 1,
    keep_probabilities: bool = True,
) -> Metrics:
    """Scores answers over all batches.

    Args:
        answer: (B, C, H, W) pictures to their logits, with so many `views`.
        batches: pictures, and (B,) int64 labels on the same device; at least one batch.
        classes: K.
        views: 1, 2 or 10.
        keep_probabilities: whether each picture's probabilities are kept: 2 K bytes a picture.
    """
    loss, loss_one_view, right_one_view = 0.0, 0.0, 0
    confusion = torch.zeros(classes * classes, dtype=torch.int64)
    confidences, all_predicted, all_probabilities = [], [], []
    for images, labels in batches:
        one_view, logits = answer(images)
        logits = logits.float()  # (B, K)
        loss += F.cross_entropy(logits, labels, reduction="sum").item()
        loss_one_view += F.cross_entropy(one_view.float(), labels, reduction="sum").item()
        right_one_view += int((one_view.float().softmax(1).argmax(1) == labels).sum())
        probabilities = logits.softmax(1)
        confidence, predicted = probabilities.max(1)
        confidences.append(confidence.cpu())
        all_predicted.append(predicted.cpu())
        if keep_probabilities:
            all_probabilities.append(probabilities.half().cpu())
        cells = (labels * classes + predicted).cpu()
        confusion += torch.bincount(cells, minlength=classes * classes)
    confusion = confusion.view(classes, classes)
    count = max(1, int(confusion.sum()))
    return Metrics(
        accuracy=int(confusion.trace()) / count,
        loss=loss / count,
        views=views,
        accuracy_one_view=right_one_view / count,
        loss_one_view=loss_one_view / count,
        confusion=confusion,
        predicted=torch.cat(all_predicted),
        confidence=torch.cat(confidences),
        probabilities=torch.cat(all_probabilities) if keep_probabilities else None,
    )
