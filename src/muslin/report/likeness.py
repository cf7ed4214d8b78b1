"""Why a model says what it says of pictures: where the evidence lies, and which training pictures it takes to be alike.

Legend: B pictures, N training pictures, D features, C channels, H x W pixels.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from muslin.data.images import ImageData
from muslin.errors import SettingError
from muslin.evaluation.explain.grad_cam import grad_cam
from muslin.evaluation.explain.neighbours import features_of, nearest
from muslin.evaluation.explain.occlusion import occlusion
from muslin.machine.device import Machine
from muslin.models.footprint import operations
from muslin.prediction.classifier import Classifier

__all__ = ["Neighbour", "Training", "evidence_for", "like", "look_at_training", "usual_distance"]

NEIGHBOURS = 3
MOST_WORK = 3 * 10**11  # floating-point operations for the nearest training pictures: three seconds at 100 GFLOP/s
LEAST_SEEN = 1000  # training pictures that they are sought among however large the model is
COMPARED, COMMON = 500, 0.99  # test pictures, and the share of them that is not called unlike
MOST_OCCLUDED = 64  # pictures that occlusion, which answers each many times, explains


@dataclass(frozen=True)
class Neighbour:
    """A training picture like a test picture.

    Attributes:
        position: its place in the training set, from 0.
        label: its class, 0 .. K-1.
        distance: the distance between the two in the model's features.
    """

    position: int
    label: int
    distance: float


@dataclass(frozen=True)
class Training:
    """The training pictures among which the nearest ones are sought.

    Attributes:
        data: the training pictures.
        rows: (N,) int64, which of them.
        features: (N, D) float32, theirs.
    """

    data: ImageData
    rows: Tensor
    features: Tensor


def evidence_for(classifier: Classifier, pictures: Tensor, said: Tensor) -> tuple[Tensor, str]:
    """Returns maps of the first pictures, by Grad-CAM, or by occlusion where the model has no maps; and of what.

    Args:
        classifier: the model.
        pictures: (B, C, H, W) uint8.
        said: (B,) int64, the classes whose evidence is sought.
    """
    try:
        attribution = grad_cam(classifier, pictures, said)
    except SettingError:
        attribution = occlusion(classifier, pictures[:MOST_OCCLUDED], said[:MOST_OCCLUDED])
    return attribution.maps, attribution.layer


def look_at_training(
    classifier: Classifier, train: ImageData, machine: Machine, progress: Callable[[int], None] = lambda _: None
) -> Training | None:
    """Returns training pictures with their features, as many as take no minutes; None where a model tells no features.

    Args:
        classifier: the model.
        train: all training pictures.
        machine: how to compute features: as a run's answers are, in bfloat16 where that is fast.
        progress: told now and then how many pictures are done; what it raises ends the work.
    """
    rows = sought_among(len(train), operations(classifier.model, classifier.spec))
    try:
        with machine.autocast():
            seen = train if len(rows) == len(train) else train.images[rows]
            return Training(train, rows, features_of(classifier, seen, progress))
    except SettingError:
        return None


def sought_among(count: int, work: int) -> Tensor:
    """Returns which of so many training pictures the nearest ones are sought among: as many as take no minutes.

    Args:
        count: training pictures.
        work: floating-point operations for each.

    Returns:
        (N,) int64 positions, evenly spread and in rising order.
    """
    most = min(count, max(LEAST_SEEN, MOST_WORK // max(1, work)))
    return torch.arange(most) * count // most


def like(classifier: Classifier, pictures: Tensor, training: Training, machine: Machine) -> list[list[Neighbour]]:
    """Returns for each of (B, C, H, W) uint8 pictures the training pictures most like it, the most alike first."""
    with machine.autocast():
        features = features_of(classifier, pictures)
    found = nearest(features, training.features, min(NEIGHBOURS, len(training.rows)))
    labels = training.data.labels
    return [
        [Neighbour(n, int(labels[n]), distance) for n, distance in zip(row, distances, strict=True)]
        for row, distances in zip(training.rows[found.positions].tolist(), found.distances.tolist(), strict=True)
    ]


def usual_distance(classifier: Classifier, test: ImageData, training: Training, machine: Machine) -> float:
    """Returns how far the nearest training picture is from 99 of 100 test pictures.

    What is further away than that is unlike all that the model has learnt from.
    """
    near = like(classifier, test.images[:COMPARED], training, machine)
    return float(np.quantile([each[0].distance for each in near], COMMON))
