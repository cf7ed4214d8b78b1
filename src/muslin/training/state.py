"""What changes from step to step, and what training reports of it.

Legend: N training pictures.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import torch
from torch import Tensor, nn

from muslin.config import FitSettings
from muslin.distributed.world import ALONE, World
from muslin.machine.device import Machine
from muslin.prediction.metrics import Score
from muslin.run.checkpoints import AVERAGE, MODEL, Checkpoint
from muslin.training.averaging import WeightAverage
from muslin.training.hardness import Hardness
from muslin.training.losses import LossWatch
from muslin.training.optimizers import AnyOptimizer, make_optimizers
from muslin.training.plan import TimePlan

__all__ = ["EpochResult", "FitResult", "Progress", "TrainingState"]

HARDNESS = "hardness."  # begins the names of what is known of the training pictures


@dataclass(frozen=True)
class Progress:
    """Where a run is; reported every few steps.

    Attributes:
        epoch: the epoch under way, from 1.
        share: share of the run that is done, in [0, 1].
        loss: mean training loss of the last few steps, in nats.
        remaining: estimated seconds until training ends.
    """

    epoch: int
    share: float
    loss: float
    remaining: float

    def as_json(self) -> dict[str, Any]:
        """Returns what JSON tells of it."""
        return {"event": "progress"} | asdict(self)


@dataclass(frozen=True)
class EpochResult:
    """What one epoch gave; reported after its validation.

    Attributes:
        epoch: the epoch's number, from 1.
        step: optimizer steps so far.
        train_loss: mean over the epoch's pictures as they were trained on, smoothed labels included, in nats.
        validation_loss: mean cross-entropy in nats.
        validation_accuracy: share of the validation pictures that were answered right, in [0, 1].
        learning_rate_factor: share of the highest learning rate, at the epoch's end, in (0, 1].
        pictures_per_second: speed of training alone; a resumed epoch counts from there.
        seconds: time since the run started.
        pictures: number of pictures trained on; 0 in runs of older versions, which did not tell.
    """

    epoch: int
    step: int
    train_loss: float
    validation_loss: float
    validation_accuracy: float
    learning_rate_factor: float
    pictures_per_second: float
    seconds: float
    pictures: int = 0

    def as_json(self) -> dict[str, Any]:
        """Returns what JSON tells of it."""
        return {"event": "epoch"} | asdict(self)


@dataclass(frozen=True)
class FitResult:
    """How training ended.

    Attributes:
        epochs: one result for each epoch that was finished.
        ended: `done`, `early` (no more progress), or `interrupted`.
    """

    epochs: tuple[EpochResult, ...]
    ended: str


@dataclass
class TrainingState:
    """All that changes from step to step: what a checkpoint holds, no more and no less.

    Random choices need no state: augmentation, order and dropout are functions of seed, epoch and step.

    Attributes:
        model: the model in training.
        optimizers: the optimizers that together step each of its weights once.
        average: the moving average of its weights.
        hardness: what is known of each training picture.
        watch: the sum of the epoch's losses so far.
        plan: the clock, and how long to train.
        results: one result for each epoch that has ended.
        step: optimizer steps taken in all.
        epoch_step: optimizer steps taken since the epoch began.
        learning_rate_factor: share of the highest learning rate that the last step used, in (0, 1].
    """

    model: nn.Module
    optimizers: list[AnyOptimizer]
    average: WeightAverage
    hardness: Hardness
    watch: LossWatch
    plan: TimePlan
    results: list[EpochResult] = field(default_factory=list)
    step: int = 0
    epoch_step: int = 0
    learning_rate_factor: float = 1.0

    @classmethod
    def begin(
        cls,
        model: nn.Module,
        settings: FitSettings,
        machine: Machine,
        plan: TimePlan,
        pictures: int,
        world: World = ALONE,
    ) -> Self:
        """Returns the state before the first step.

        Args:
            model: the model to train, on the machine's device.
            settings: the optimizer, the average's decay, the share of easy pictures to leave out.
            machine: where and how to compute.
            plan: how long to train.
            pictures: N.
            world: the processes that train together.
        """
        return cls(
            model,
            make_optimizers(model, settings, bf16=machine.bf16),
            WeightAverage(model, settings.average),
            Hardness(pictures, settings.skip_easy, machine.device, world),
            LossWatch(model, world),
            plan,
        )

    @property
    def epoch(self) -> int:
        """The epoch that is under way, from 0."""
        return len(self.results)

    @property
    def best_step(self) -> int:
        """The step after which the validation loss was lowest; 0 before the first validation."""
        return min(self.results, key=lambda result: result.validation_loss).step if self.results else 0

    def epochs_done(self, steps: int) -> float:
        """Returns how far training has come, in epochs: 2.5 in the middle of the third, which has so many steps."""
        return self.epoch + self.epoch_step / steps

    def has_stalled(self, patience: int) -> bool:
        """Whether the last `patience` epochs all failed to better the validation loss; never with patience 0."""
        losses = [result.validation_loss for result in self.results]
        return bool(patience and losses) and len(losses) - 1 - losses.index(min(losses)) >= patience

    def count_step(self, loss: Tensor, pictures: int, factor: float) -> None:
        """Takes in that a step was taken, without waiting for the device.

        Args:
            loss: (), the loss of the batch, or this process's share of it.
            pictures: number of pictures in the whole batch.
            factor: share of the highest learning rate that was used.
        """
        self.step += 1
        self.epoch_step += 1
        self.learning_rate_factor = factor
        self.watch.add(loss, pictures, self.step)

    def look(self) -> float:
        """Reads the losses since the last look, which waits for the device, and returns their mean over steps.

        Raises:
            TrainingError: a loss or a weight is not finite; the model then holds its last finite weights.
        """
        return self.watch.look(f" (epoch {self.epoch + 1}, up to its batch {self.epoch_step})")

    def progress(self, steps: int) -> Progress:
        """Looks at the losses, and returns where an epoch of so many steps is; see `look`."""
        loss, done = self.look(), self.epochs_done(steps)
        return Progress(self.epoch + 1, self.plan.share(done), loss, self.plan.remaining(done))

    def end_epoch(self, scores: Score, began: float) -> EpochResult:
        """Closes the epoch, all of whose losses were looked at, and returns its result.

        Args:
            scores: the scores of the validation pictures.
            began: `time.perf_counter()` when scoring began.
        """
        self.plan.note_validation(time.perf_counter() - began)
        self.hardness.end_epoch()
        result = EpochResult(
            epoch=self.epoch + 1,
            step=self.step,
            train_loss=self.watch.mean,
            validation_loss=scores.loss,
            validation_accuracy=scores.accuracy,
            learning_rate_factor=self.learning_rate_factor,
            pictures_per_second=self.watch.pictures_per_second(began),
            seconds=self.plan.elapsed(),
            pictures=self.watch.pictures,
        )
        self.watch.begin_epoch()
        self.results.append(result)
        self.epoch_step = 0
        return result

    def checkpoint(self) -> Checkpoint:
        """Returns a copy, on the CPU, of all that training needs to go on from here, bit for bit.

        Raises:
            TrainingError: see `look`.
        """
        self.look()
        values = {
            "epoch_step": self.epoch_step, "loss_total": self.watch.total, "pictures": self.watch.pictures,
            "average_updates": self.average.updates, "learning_rate_factor": self.learning_rate_factor,
            "results": [asdict(result) for result in self.results], "plan": self.plan.state(),
        }  # fmt: skip
        tensors = {MODEL + name: tensor for name, tensor in self.model.state_dict().items()}
        tensors |= {AVERAGE + name: tensor for name, tensor in self.average.tensors().items()}
        tensors |= optimizer_tensors(self.optimizers)
        tensors |= {HARDNESS + name: tensor for name, tensor in self.hardness.tensors().items()}
        copies = {name: tensor.detach().to("cpu", copy=True).contiguous() for name, tensor in tensors.items()}
        return Checkpoint(self.step, copies, values)

    def resume(self, checkpoint: Checkpoint) -> None:
        """Takes a checkpoint up, each tensor in the layout that its parameter has here."""
        tensors, values = checkpoint.tensors, checkpoint.values
        self.model.load_state_dict(without_prefix(tensors, MODEL))
        self.average.resume(without_prefix(tensors, AVERAGE), values["average_updates"])
        resume_optimizers(self.optimizers, tensors)
        self.hardness.resume(without_prefix(tensors, HARDNESS))
        self.watch.resume(values["loss_total"], values["pictures"], checkpoint.step)
        self.plan.resume(values["plan"])
        self.results = [EpochResult(**result) for result in values["results"]]
        self.step, self.epoch_step = checkpoint.step, values["epoch_step"]
        self.learning_rate_factor = values.get("learning_rate_factor", 1.0)  # older checkpoints did not tell


def without_prefix(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Returns the tensors whose names begin so, by the rest of their names."""
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def optimizer_tensors(optimizers: Iterable[AnyOptimizer]) -> dict[str, Tensor]:
    """Returns what optimizers keep for each parameter, by name."""
    return {
        f"{prefix}{key}": value
        for prefix, optimizer, parameter in numbered_parameters(optimizers)
        for key, value in optimizer.state.get(parameter, {}).items()
        if value is not None
    }


def resume_optimizers(optimizers: Iterable[AnyOptimizer], tensors: dict[str, Tensor]) -> None:
    """Puts back what `optimizer_tensors` named; other tensors are passed over."""
    for prefix, optimizer, parameter in numbered_parameters(optimizers):
        for key, tensor in without_prefix(tensors, prefix).items():
            optimizer.state[parameter][key] = copy_in_layout(tensor, parameter)


def numbered_parameters(optimizers: Iterable[AnyOptimizer]) -> Iterator[tuple[str, AnyOptimizer, nn.Parameter]]:
    """Yields every parameter after its name's prefix in a checkpoint and its optimizer, in the optimizers' order."""
    for number, optimizer in enumerate(optimizers):
        parameters = (parameter for group in optimizer.param_groups for parameter in group["params"])
        for index, parameter in enumerate(parameters):
            yield f"optimizer.{number}.{index}.", optimizer, parameter


def copy_in_layout(tensor: Tensor, parameter: Tensor) -> Tensor:
    """Returns a tensor on a parameter's device, in the parameter's layout where they have the same shape."""
    if tensor.shape != parameter.shape:
        return tensor.to(parameter.device)
    return torch.empty_like(parameter, dtype=tensor.dtype).copy_(tensor)
