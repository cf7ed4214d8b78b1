"""What models say of pictures that they were not trained on: each is judged by a model that learnt from the others.

Legend: N pictures, D features, K classes.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from muslin.config import FitSettings
from muslin.data.images import ImageData
from muslin.machine.device import Machine
from muslin.models.backbone import as_backbone
from muslin.pipeline.adapt import batch_within, fit_settings_to_pictures
from muslin.pipeline.model import prepare_model
from muslin.prediction.scoring import batch_that_fits
from muslin.prediction.views import MIRRORED
from muslin.recipes import SHORT, fit_to_pictures, settings_for
from muslin.training.fit import fit
from muslin.training.plan import TimePlan
from muslin.training.state import EpochResult, Progress

__all__ = ["FEW", "Judged", "cut_folds", "folds_of", "judge_by_others", "quick_settings"]

EPOCHS = 4  # with two folds of Fashion-MNIST as many pictures pass as in two runs of the shortest recipe
WATCHED = 500  # pictures that each model is scored on after an epoch: training asks for some
FEW, FOLDS_OF_FEW, FOLDS = 10_000, 4, 2  # half of few pictures teach much less than three quarters


@dataclass(frozen=True)
class Judged:
    """What was said of each picture by a model that was not trained on it.

    Attributes:
        logits: (N, K) float32.
        features: (N, D) float32, what the model's last layer saw; those of two models are not to be compared.
        folds: (N,) int64, the number of the model that the features are of.
    """

    logits: Tensor
    features: Tensor
    folds: Tensor


def quick_settings(data: ImageData, seed: int, *, is_own: bool) -> tuple[FitSettings, list[str]]:
    """Returns how the quick models are trained, and what a person should know of it.

    They are shown all pictures, wrong labels not more often than others, and labels as they are: a model that learns
    the hardest pictures again and again learns the wrong labels too.

    Args:
        data: all N pictures.
        seed: any int >= 0.
        is_own: whether they are others than Fashion-MNIST.
    """
    changes = {"epochs": EPOCHS, "skip_easy": 0.0, "label_smoothing": 0.0, "seed": seed}
    settings = settings_for(SHORT, changes)
    count = folds_of(len(data))
    settings = fit_to_pictures(settings, len(data) * (count - 1) // count, {"label_smoothing"})
    return fit_settings_to_pictures(settings, (), data, is_own=is_own)


def folds_of(pictures: int) -> int:
    """Returns into how many parts so many pictures are cut."""
    return FOLDS_OF_FEW if pictures < FEW else FOLDS


def judge_by_others(
    data: ImageData,
    groups: Tensor,
    settings: FitSettings,
    machine: Machine,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Judged:
    """Trains a model on all folds but one, for each in turn, and asks it for what is in that one.

    Args:
        data: N pictures in memory.
        groups: (N,) int64; pictures of one group, such as copies, come into one fold: a model that has seen a picture
            knows its label by heart.
        settings: how to train.
        machine: where and how to compute.
        progress: told how much of the work is done, and all of it.

    Raises:
        TrainingError: training diverged.
    """
    count = folds_of(len(data))
    folds = cut_folds(data.labels, groups, count, settings.seed)
    found: list[tuple[Tensor, Tensor, Tensor]] = []
    parts = [fold for fold in range(count) if (folds == fold).any()]
    for number, fold in enumerate(parts):
        inside, outside = ((folds == fold) == is_inside for is_inside in (True, False))
        rows = inside.nonzero().flatten()
        watched = rows[:WATCHED]

        def tell(event: Progress | EpochResult, done: int = number) -> None:
            if isinstance(event, Progress):
                progress(round(100 * (done + event.share)), 100 * len(parts))

        its = replace(settings, seed=settings.seed + fold)
        model = prepare_model(data.spec, its, machine)
        its = replace(its, batch_size=batch_within(model, data.spec, machine.room, its.batch_size))
        train = ImageData(data.images[outside], data.labels[outside], data.spec)
        validation = ImageData(data.images[watched], data.labels[watched], data.spec)
        fit(model, train, validation, its, machine, TimePlan(its, time.monotonic(), 1), report=tell)
        features, logits = answers_of(model, data, rows, machine, mirrors=its.tta in MIRRORED)
        found.append((rows, features, logits))
        progress(100 * (number + 1), 100 * len(parts))
    places = torch.cat([rows for rows, _, _ in found]).argsort()
    features, logits = (torch.cat([each[which] for each in found])[places] for which in (1, 2))
    return Judged(logits, features, folds)


def cut_folds(labels: Tensor, groups: Tensor, count: int, seed: int) -> Tensor:
    """Returns the fold of each picture, in 0 .. count-1: each class spread evenly, each group whole.

    Args:
        labels: (N,) int64.
        groups: (N,) int64.
        count: how many folds there are, >= 2.
        seed: any int.
    """
    generator = torch.Generator().manual_seed(seed)
    _, group_of = groups.unique(return_inverse=True)
    first = torch.full((int(group_of.max()) + 1,), len(labels)).scatter_reduce_(
        0, group_of, torch.arange(len(labels)), "amin"
    )
    order = first[torch.randperm(len(first), generator=generator)]  # one picture of each group
    order = order[labels[order].argsort(stable=True)]
    fold_of_group = torch.empty_like(first)
    fold_of_group[group_of[order]] = torch.arange(len(order)) % count
    return fold_of_group[group_of]


@torch.no_grad()
def answers_of(
    model: nn.Module, data: ImageData, rows: Tensor, machine: Machine, *, mirrors: bool
) -> tuple[Tensor, Tensor]:
    """Returns the (n, D) features and (n, K) logits of some pictures, the mean of both sides' where mirrors may be."""
    model.eval()
    backbone, images, found = as_backbone(model, "the data doctor"), data.images[rows], []
    for pixels in images.split(
        batch_that_fits(model, data.spec.normalise(images[:1].to(machine.device)), machine.room)
    ):
        batch = data.spec.normalise(pixels.to(machine.device)).contiguous(memory_format=machine.memory_format)
        with machine.autocast():
            features = backbone.features(batch).float()  # (B, D)
            if mirrors:
                features = (features + backbone.features(batch.flip(-1)).float()) / 2
        found.append(features)
    features = torch.cat(found)
    return features.cpu(), backbone.head(features).float().cpu()
