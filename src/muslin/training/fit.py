"""The training loop, from top to bottom.

Legend: B pictures of a batch, C channels, H x W pixels, K classes.
"""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Protocol

import torch.nn.functional as F
from torch import Tensor, nn

from muslin.config import FitSettings
from muslin.data.batches import Balance, Batch, TrainingBatches
from muslin.data.images import ImageData, Splits
from muslin.data.split import class_weights
from muslin.distributed.world import ALONE, World
from muslin.machine.device import Machine
from muslin.prediction.scoring import score
from muslin.run.checkpoints import Checkpoint
from muslin.training.averaging import WeightAverage
from muslin.training.checkpoint import capture, restore
from muslin.training.hardness import Hardness
from muslin.training.losses import LossWatch
from muslin.training.optimizers import make_optimizers, scale_learning_rates
from muslin.training.plan import Plan
from muslin.training.schedules import learning_rate_factor
from muslin.training.seeding import reseed
from muslin.training.state import EpochResult, FitResult, Progress

__all__ = ["fit"]

LOOK_EVERY = 25  # steps between two looks at the losses: a look waits for the device


Report = Callable[[Progress | EpochResult], None]


def fit(
    model: nn.Module,
    data: Splits,
    settings: FitSettings,
    machine: Machine,
    plan: Plan,
    report: Report = lambda _: None,
    interrupted: Callable[[], bool] = lambda: False,
    saver: "Saver | None" = None,
    world: World = ALONE,
) -> FitResult:
    """Trains a model in place; at the end it holds the last weights, averaged if the settings say so.

    Args:
        model: (B, C, H, W) float pictures to (B, K) logits, on the machine's device.
        data: its test set is not touched.
        settings: what to do.
        machine: where and how to compute.
        plan: how long to train.
        report: told of progress every few steps, and of every epoch.
        interrupted: asked after each step; once true, training stops there.
        saver: where to go on from, and where to save; by default nothing is saved.
        world: the processes that train together.

    Raises:
        TrainingError: the loss became NaN or infinite; the model then holds the last finite weights.
        DiskFullError: no room for a checkpoint; the one before is whole.
    """
    train, validation = data.train.to(machine.device), data.validation.to(machine.device)
    drawn: Balance = "sample" if settings.balance == "sample" else "none"
    batches = TrainingBatches(train, settings.batch_size, settings.augmentation, settings.seed, balance=drawn)
    loop = Loop(model, settings, machine, plan, report, world, len(train))
    if settings.balance == "weights":
        loop.class_weights = class_weights(train.labels, len(data.spec.classes)).to(machine.device)
    if saver is not None:
        loop.go_on(saver.start)
    while loop.epoch_step or not loop.is_over():
        shown = loop.choose_shown()
        loop.epoch_steps = batches.steps(loop.epoch, shown)
        for batch in batches.epoch(loop.epoch, loop.epoch_step, world.part, shown):
            if plan.is_over(loop.epochs_done):
                break
            loop.train_step(batch)
            stop, save = world.any(interrupted(), saver is not None and saver.is_due())
            if saver is not None and (stop or save):
                saver.save(loop.checkpoint(), loop.best_step)
            if stop:
                loop.average.swap()
                return FitResult(tuple(loop.results), "interrupted")
        report(validate(loop, validation))
        if saver is not None:
            saver.save(loop.checkpoint(), loop.best_step)
    loop.average.swap()
    return FitResult(tuple(loop.results), "early" if loop.has_stalled() else "done")


class Saver(Protocol):
    """Where checkpoints come from and go to."""

    start: Checkpoint | None

    def is_due(self) -> bool:
        """Whether it is time to save."""
        ...

    def save(self, checkpoint: Checkpoint, best: int) -> None:
        """Saves, and keeps the checkpoint of step `best` besides."""
        ...


class Loop:
    """What changes from step to step."""

    def __init__(
        self,
        model: nn.Module,
        settings: FitSettings,
        machine: Machine,
        plan: Plan,
        report: Report,
        world: World,
        pictures: int,
    ) -> None:
        self.model, self.settings, self.machine, self.plan = model, settings, machine, plan
        self.report, self.world = report, world
        self.optimizers = make_optimizers(model, settings, bf16=machine.bf16)
        self.average = WeightAverage(model, settings.average)
        self.watch = LossWatch(model, world)
        self.hardness = Hardness(pictures, settings.skip_easy, machine.device, world)
        self.results: list[EpochResult] = []
        self.class_weights: Tensor | None = None  # (K,)
        self.step = self.epoch_step = 0  # taken in all, and since the epoch began
        self.epoch_steps = 1  # of this epoch in all
        self.factor = 1.0  # share of the highest learning rate, last used

    @property
    def epoch(self) -> int:
        """The epoch that is under way, from 0."""
        return len(self.results)

    @property
    def epochs_done(self) -> float:
        """How far training has come: whole epochs, and the part of the one that is under way."""
        return self.epoch + self.epoch_step / self.epoch_steps

    @property
    def best_step(self) -> int:
        """The step after which the validation loss was lowest; 0 before the first validation."""
        return min(self.results, key=lambda result: result.validation_loss).step if self.results else 0

    def is_over(self) -> bool:
        """Whether no epoch is to come."""
        return self.plan.is_over(self.epochs_done) or self.has_stalled()

    def has_stalled(self) -> bool:
        """Whether the last `patience` epochs all failed to better the validation loss."""
        return no_more_progress(self.results, self.settings.patience)

    def choose_shown(self) -> Tensor | None:
        """Tells which pictures the epoch shows: (N,) bool, or None for all."""
        return self.hardness.hardest() if self.settings.skip_easy and self.epoch else None

    def train_step(self, batch: Batch) -> None:
        """Steps the weights once against the gradient of one batch's loss."""
        reseed(self.settings.seed, self.step, self.world.rank)
        self.factor = learning_rate_factor(self.plan.share(self.epochs_done), self.settings)
        scale_learning_rates(self.optimizers, self.factor)
        with self.machine.autocast():
            logits = self.model(batch.images)  # (B, K)
        losses = F.cross_entropy(
            logits.float(), batch.labels, self.class_weights,
            label_smoothing=self.settings.label_smoothing, reduction="none",
        )  # (B,)  # fmt: skip
        self.hardness.note(batch.indices, losses.detach())
        loss = losses.sum() / batch.whole_count
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss.backward()
        self.world.sum_gradients(self.model)
        for optimizer in self.optimizers:
            optimizer.step()
        self.average.update()
        self.step += 1
        self.epoch_step += 1
        self.watch.add(loss.detach(), batch.whole_count, self.step)
        if self.step % LOOK_EVERY == 0:
            recent = self.look()
            done = self.epochs_done
            self.report(Progress(self.epoch + 1, self.plan.share(done), recent, self.plan.remaining(done)))

    def look(self) -> float:
        """Reads the losses since the last look; see `LossWatch.look`."""
        return self.watch.look(f" (epoch {self.epoch + 1}, up to its batch {self.epoch_step})")

    def checkpoint(self) -> Checkpoint:
        """Copies all that training needs to go on from here, bit for bit."""
        self.look()
        values = {
            "epoch_step": self.epoch_step, "loss_total": self.watch.total, "pictures": self.watch.pictures,
            "average_updates": self.average.updates, "results": [asdict(result) for result in self.results],
            "plan": self.plan.state(),
        }  # fmt: skip
        return Checkpoint(self.step, capture(self.model, self.optimizers, self.average, self.hardness), values)

    def go_on(self, start: Checkpoint | None) -> None:
        """Takes a checkpoint up."""
        if start is None:
            return
        restore(start.tensors, self.model, self.optimizers, self.average, self.hardness)
        values = start.values
        self.step, self.epoch_step = start.step, values["epoch_step"]
        self.watch = LossWatch(self.model, self.world, self.step)
        self.watch.total, self.watch.pictures = values["loss_total"], values["pictures"]
        self.average.updates = values["average_updates"]
        self.results = [EpochResult(**result) for result in values["results"]]
        self.plan.go_on(values["plan"])


def validate(loop: Loop, validation: ImageData) -> EpochResult:
    """Scores the (averaged) weights at an epoch's end, and closes the epoch."""
    loop.look()
    speed, pictures = loop.watch.pictures_per_second(), loop.watch.pictures
    start = time.perf_counter()
    with loop.average.applied():
        scores = score(loop.model, validation, loop.machine, world=loop.world)
    loop.plan.note_validation(time.perf_counter() - start)
    loop.hardness.end_epoch()
    result = EpochResult(
        epoch=loop.epoch + 1,
        step=loop.step,
        train_loss=loop.watch.end_epoch(),
        validation_loss=scores.loss,
        validation_accuracy=scores.accuracy,
        learning_rate_factor=loop.factor,
        pictures_per_second=speed,
        seconds=loop.plan.elapsed(),
        pictures=pictures,
    )
    loop.results.append(result)
    loop.epoch_step = 0
    return result


def no_more_progress(results: list[EpochResult], patience: int) -> bool:
    """Whether the last `patience` epochs all failed to better the validation loss; never with patience 0."""
    if not patience or len(results) <= patience:
        return False
    best = min(range(len(results)), key=lambda i: results[i].validation_loss)
    return len(results) - 1 - best >= patience
