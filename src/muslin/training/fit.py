"""The training loop, from top to bottom.

A step is in `step.py`; what changes from step to step, and goes into a checkpoint, in `state.py`.
Legend: B pictures of a batch, C channels, H x W pixels, K classes.
"""

import time
from collections.abc import Callable
from typing import Protocol

from torch import nn

from muslin.config import FitSettings
from muslin.data.batches import Balance, TrainingBatches
from muslin.data.images import ImageData
from muslin.data.split import class_weights
from muslin.distributed.world import ALONE, World
from muslin.machine.device import Machine
from muslin.prediction.scoring import score
from muslin.run.checkpoints import Checkpoint
from muslin.training.plan import TimePlan
from muslin.training.state import EpochResult, FitResult, Progress, TrainingState
from muslin.training.step import train_step

__all__ = ["LOOK_EVERY", "fit"]

LOOK_EVERY = 25  # steps between two looks at the losses: a look waits for the device


class CheckpointSink(Protocol):
    """Where checkpoints go."""

    def is_due(self) -> bool:
        """Whether it is time to save."""
        ...

    def save(self, checkpoint: Checkpoint, best: int) -> None:
        """Saves, and keeps the checkpoint of step `best` besides."""
        ...


def fit(
    model: nn.Module,
    train: ImageData,
    validation: ImageData,
    settings: FitSettings,
    machine: Machine,
    plan: TimePlan,
    *,
    report: Callable[[Progress | EpochResult], None] = lambda _: None,
    interrupted: Callable[[], bool] = lambda: False,
    start: Checkpoint | None = None,
    sink: CheckpointSink | None = None,
    world: World = ALONE,
) -> FitResult:
    """Trains a model in place; at the end it holds the last weights, averaged if the settings say so.

    Args:
        model: (B, C, H, W) float pictures to (B, K) logits, on the machine's device.
        train: pictures to learn from.
        validation: other pictures, scored after every epoch.
        settings: what to do.
        machine: where and how to compute.
        plan: how long to train.
        report: a function that is told of progress every few steps, and of every epoch.
        interrupted: a function that is asked after each step; once it says True, training stops there.
        start: the checkpoint to go on from; None to begin.
        sink: where checkpoints go; None to save nothing.
        world: the processes that train together.

    Raises:
        TrainingError: the loss became NaN or infinite; the model then holds the last finite weights.
        DiskFullError: no room for a checkpoint; the one before is whole.
    """
    train, validation = train.to(machine.device), validation.to(machine.device)
    balance: Balance = "sample" if settings.balance == "sample" else "none"
    batches = TrainingBatches(train, settings.batch_size, settings.augmentation, settings.seed, balance=balance)
    weights = None
    if settings.balance == "weights":
        weights = class_weights(train.labels, len(train.spec.classes)).to(machine.device)  # (K,)
    state = TrainingState.begin(model, settings, machine, plan, len(train), world)
    if start is not None:
        state.resume(start)
    while state.epoch_step or not (plan.is_over(state.epoch) or state.has_stalled(settings.patience)):
        shown = state.hardness.hardest() if settings.skip_easy and state.epoch else None  # (N,) bool; None for all
        steps = batches.steps(state.epoch, shown)
        for batch in batches.epoch(state.epoch, state.epoch_step, world.part, shown):
            share = plan.share(state.epochs_done(steps))
            if share >= 1:
                break
            train_step(state, batch, share, settings, machine, world, weights)
            if state.step % LOOK_EVERY == 0:
                report(state.progress(steps))
            stop, save = world.any(interrupted(), sink is not None and sink.is_due())
            if sink is not None and (stop or save):
                sink.save(state.checkpoint(), state.best_step)
            if stop:
                state.average.swap()
                return FitResult(tuple(state.results), "interrupted")
        report(validate(state, validation, machine, world))
        if sink is not None:
            sink.save(state.checkpoint(), state.best_step)
    state.average.swap()
    return FitResult(tuple(state.results), "early" if state.has_stalled(settings.patience) else "done")


def validate(state: TrainingState, validation: ImageData, machine: Machine, world: World) -> EpochResult:
    """Scores the (averaged) weights at an epoch's end, closes the epoch, and returns its result."""
    state.look()
    began = time.perf_counter()
    with state.average.swapped_in():
        scores = score(state.model, validation, machine, world=world)
    return state.end_epoch(scores, began)
