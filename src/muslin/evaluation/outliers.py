"""Find pictures that are unlike all others: far from their nearest neighbours in a model's features.

Legend: N pictures, D features.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from muslin.evaluation.explain.neighbours import nearest

__all__ = ["far_out", "neighbour_distances"]

NEIGHBOURS = 10
FENCE = 3.0  # interquartile ranges above the upper quartile are "far out" (Tukey, Exploratory Data Analysis, 1977)
TINY = 1e-6  # distance: below it is rounding


def neighbour_distances(features: Tensor, neighbours: int = NEIGHBOURS) -> Tensor:
    """Returns the mean distance of each picture to its nearest others, where all lie on a sphere around the mean.

    Of N pictures at most N - 1 are neighbours; a single one has the distance 0.

    Args:
        features: (N, D) float32, of one model.
        neighbours: how many others count, >= 1.

    Returns:
        (N,) float32, in [0, 2].
    """
    count = min(neighbours, len(features) - 1)
    if count < 1:
        return torch.zeros(len(features))
    units = F.normalize(features - features.mean(0), dim=1)
    return nearest(units, units, count + 1).distances[:, 1:].mean(1)  # the nearest is the picture itself, or its copy


def far_out(distances: Tensor) -> tuple[Tensor, Tensor]:
    """Returns which distances are far above the others, by their logarithms, and how many times the median they are.

    Args:
        distances: (N,) float, >= 0.

    Returns:
        (N,) bool, and (N,) float32.
    """
    logs = distances.clamp(min=TINY).log()
    ordered = logs.sort().values
    low, middle, high = (ordered[round(share * (len(ordered) - 1))] for share in (0.25, 0.5, 0.75))
    return logs > high + FENCE * (high - low).clamp(min=TINY), (logs - middle).exp().float()
