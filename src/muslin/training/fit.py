"""The training loop, from top to bottom.

Legend: B pictures of a batch, C channels, H x W pixels, K classes.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from muslin.config import FitSettings
from muslin.data.batches import TrainingBatches
from muslin.data.images import ImageData, Splits
from muslin.errors import TrainingError
from muslin.training.averaging import WeightAverage
from muslin.training.machine import Machine
from muslin.training.optimizers import make_optimizers, scale_learning_rates
from muslin.training.plan import Plan
from muslin.training.schedules import learning_rate_factor
from muslin.training.scoring import score

__all__ = ["EpochResult", "FitResult", "Progress", "fit"]

LOOK_EVERY = 25  # steps between two looks at the losses: a look waits for the device


@dataclass(frozen=True)
class Progress:
    """Where a run is; reported every few steps.

    Attributes:
        epoch: from 1.
        share: of the run that is done, in [0, 1].
        loss: mean training loss of the last few steps, in nats.
        remaining: seconds, estimated.
    """

    epoch: int
    share: float
    loss: float
    remaining: float


@dataclass(frozen=True)
class EpochResult:
    """What one epoch gave; reported after its validation.

    Attributes:
        epoch: from 1.
        step: optimizer steps so far.
        train_loss: mean over the epoch's pictures as they were trained on, smoothed labels included, in nats.
        validation_loss: mean cross-entropy in nats.
        validation_accuracy: in [0, 1].
        learning_rate_factor: share of the highest learning rate, at the epoch's end.
        pictures_per_second: training alone.
        seconds: since the run started.
    """

    epoch: int
    step: int
    train_loss: float
    validation_loss: float
    validation_accuracy: float
    learning_rate_factor: float
    pictures_per_second: float
    seconds: float


@dataclass(frozen=True)
class FitResult:
    """How training ended.

    Attributes:
        epochs: one result for each epoch that was finished.
        ended: `done`, `early` (no more progress), or `interrupted`.
    """

    epochs: tuple[EpochResult, ...]
    ended: str


Report = Callable[[Progress | EpochResult], None]


def fit(
    model: nn.Module,
    data: Splits,
    settings: FitSettings,
    machine: Machine,
    plan: Plan,
    report: Report = lambda _: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> FitResult:
    """Trains a model in place; at the end it holds the last weights, averaged if the settings say so.

    Args:
        model: (B, C, H, W) float pictures to (B, K) logits, on the machine's device.
        data: its test set is not touched.
        settings: what to do.
        machine: where and how to compute.
        plan: how long to train.
        report: told of progress every few steps, and of every epoch.
        interrupted: asked before each step; once true, training stops there.

    Raises:
        TrainingError: the loss became NaN or infinite; the model then holds the last finite weights.
    """
    batches = TrainingBatches(data.train.to(machine.device), settings.batch_size, settings.augmentation, settings.seed)
    validation = data.validation.to(machine.device)
    loop = Loop(model, settings, machine, plan, report)
    results: list[EpochResult] = []
    ended = "done"
    while not plan.is_over(loop.step):
        start = time.perf_counter()
        for images, labels in batches.epoch(len(results)):
            if interrupted() or plan.is_over(loop.step):
                break
            loop.train_step(images, labels, epoch=len(results) + 1)
        loop.watch.look()
        if interrupted():
            ended = "interrupted"
            break
        speed = loop.watch.pictures / (time.perf_counter() - start)
        results.append(validate(loop, validation, len(results) + 1, speed))
        report(results[-1])
        if no_more_progress(results, settings.patience):
            ended = "early"
            break
    loop.average.swap()
    return FitResult(tuple(results), ended)


class Loop:
    """What changes from step to step."""

    def __init__(self, model: nn.Module, settings: FitSettings, machine: Machine, plan: Plan, report: Report) -> None:
        self.model, self.settings, self.machine, self.plan, self.report = model, settings, machine, plan, report
        self.optimizers = make_optimizers(model, settings)
        self.average = WeightAverage(model, settings.average)
        self.watch = LossWatch(model)
        self.step = 0
        self.factor = 1.0  # share of the highest learning rate, last used

    def train_step(self, images: Tensor, labels: Tensor, epoch: int) -> None:
        """Steps the weights once against the gradient of one batch's loss: (B, C, H, W) pictures, (B,) labels."""
        self.factor = learning_rate_factor(self.plan.share(self.step), self.settings)
        scale_learning_rates(self.optimizers, self.factor)
        with self.machine.autocast():
            logits = self.model(images)  # (B, K)
        loss = F.cross_entropy(logits.float(), labels, label_smoothing=self.settings.label_smoothing)
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in self.optimizers:
            optimizer.step()
        self.average.update()
        self.step += 1
        self.watch.add(loss.detach(), len(labels), self.step)
        if self.step % LOOK_EVERY == 0:
            recent = self.watch.look()
            self.report(Progress(epoch, self.plan.share(self.step), recent, self.plan.remaining(self.step)))


def validate(loop: Loop, validation: ImageData, epoch: int, pictures_per_second: float) -> EpochResult:
    """Scores the (averaged) weights at an epoch's end."""
    start = time.perf_counter()
    with loop.average.applied():
        scores = score(loop.model, validation, loop.machine)
    loop.plan.note_validation(time.perf_counter() - start)
    return EpochResult(
        epoch=epoch,
        step=loop.step,
        train_loss=loop.watch.end_epoch(),
        validation_loss=scores.loss,
        validation_accuracy=scores.accuracy,
        learning_rate_factor=loop.factor,
        pictures_per_second=pictures_per_second,
        seconds=loop.plan.elapsed(),
    )


class LossWatch:
    """Sums the losses, and keeps a copy of the last weights that were seen to be finite."""

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.unread: list[tuple[int, int, Tensor]] = []
        self.good = {name: t.clone() for name, t in model.state_dict().items()}
        self.good_step = 0
        self.total, self.pictures = 0.0, 0

    def end_epoch(self) -> float:
        """Gives the mean loss over the epoch's pictures, and begins the next sum."""
        mean = self.total / max(self.pictures, 1)
        self.total, self.pictures = 0.0, 0
        return mean

    def add(self, loss: Tensor, pictures: int, step: int) -> None:
        """Takes a step's loss in, without waiting for it."""
        self.unread.append((step, pictures, loss))

    def look(self) -> float:
        """Reads the losses since the last look and gives their mean over steps (nan if there was none).

        Raises:
            TrainingError: one is not finite; the model is given back its last finite weights.
        """
        if not self.unread:
            return math.nan
        values = torch.stack([loss for _, _, loss in self.unread]).tolist()
        for (step, pictures, _), value in zip(self.unread, values, strict=True):
            if not math.isfinite(value):
                self._fall_back(f"the loss became {value} at step {step}")
            self.total += value * pictures
            self.pictures += pictures
        state = self.model.state_dict()
        if not all(bool(t.isfinite().all()) for t in state.values()):
            self._fall_back(f"weights became infinite or NaN by step {self.unread[-1][0]}")
        self.good = {name: t.clone() for name, t in state.items()}
        self.good_step = self.unread[-1][0]
        self.unread.clear()
        return float(sum(values) / len(values))

    def _fall_back(self, problem: str) -> None:
        self.model.load_state_dict(self.good)
        raise TrainingError(
            f"{problem}: training diverged. The finite weights of step {self.good_step} were kept. "
            "Try a lower lr and muon_lr, or precision=fp32"
        )


def no_more_progress(results: list[EpochResult], patience: int) -> bool:
    """Tells whether the last `patience` epochs all failed to better the validation loss; never with patience 0."""
    if not patience or len(results) <= patience:
        return False
    best = min(range(len(results)), key=lambda i: results[i].validation_loss)
    return len(results) - 1 - best >= patience
