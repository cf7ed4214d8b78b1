"""The training pictures that a model takes to be most like a picture: the nearest in its own features.

Legend: B pictures, N training pictures, D features, C channels, H x W pixels.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from muslin.evaluation.explain.pictures import answering, check_pictures, largest_batch, prepared
from muslin.models.backbone import as_backbone
from muslin.prediction.classifier import Classifier

__all__ = ["Neighbours", "features_of", "nearest"]

BLOCK = 16 << 20  # distances in memory at a time
SPARE = 8  # more candidates than asked for, whose distances are then computed exactly


@dataclass(frozen=True)
class Neighbours:
    """The nearest of many features.

    Attributes:
        positions: (B, k) int64, their places among all, the nearest first; of equally near ones the first comes first.
        distances: (B, k) float32, Euclidean.
    """

    positions: Tensor
    distances: Tensor


@torch.no_grad()
def features_of(classifier: Classifier, images: Tensor) -> Tensor:
    """Returns what the model's last layer sees of pictures, by one view each: (B, D) float32 on the CPU.

    Args:
        classifier: one whose model tells its features, as a `Backbone` does; its mode stays.
        images: (B, C, H, W) uint8 of the size that the classifier takes, in memory or mapped.

    Raises:
        SettingError: the pictures do not fit the classifier, or its model does not tell its features.
    """
    check_pictures(classifier, images)
    model = as_backbone(classifier.model, "nearest pictures")
    batches = images.split(largest_batch(classifier))
    with answering(classifier.model):
        parts = [model.features(prepared(classifier, batch)).float().cpu() for batch in batches]
    return torch.cat(parts) if len(images) else torch.zeros(0, model.head.in_features)


def nearest(features: Tensor, among: Tensor, k: int = 5) -> Neighbours:
    """Returns the nearest of many features, exactly.

    Candidates are found by |x - y|^2 = |x|^2 - 2 x y + |y|^2, one matrix product; the distances of these, and so their
    order, are then computed from the differences themselves.

    Args:
        features: (B, D) float32.
        among: (N, D) float32.
        k: how many, 1 .. N.

    Raises:
        ValueError: there are fewer than k.
    """
    if not 1 <= k <= len(among):
        raise ValueError(f"the {k} nearest of {len(among):,} are asked for; from 1 to {len(among):,} can be")
    middle = among.double().mean(0).float()  # distances stay, and the squares that are subtracted become small
    features, among = features - middle, among - middle
    squares = (among**2).sum(1)  # (N,)
    positions, distances = [], []
    for part in features.split(max(1, BLOCK // len(among))):
        rough = torch.addmm(squares, part, among.T, alpha=-2)  # (b, N), the square of the distance but for |x|^2
        found = rough.topk(min(len(among), k + SPARE), largest=False, sorted=False).indices.sort(1).values
        exact = (part[:, None].double() - among[found].double()).norm(dim=2)  # (b, k + SPARE)
        order = exact.sort(dim=1, stable=True)
        positions.append(found.gather(1, order.indices[:, :k]))
        distances.append(order.values[:, :k].float())
    if not positions:
        return Neighbours(torch.zeros(0, k, dtype=torch.int64), torch.zeros(0, k))
    return Neighbours(torch.cat(positions), torch.cat(distances))
