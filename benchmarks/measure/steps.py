"""A training step of `muslin fit`, to be timed: batch, augmentation, and `muslin.training.step.train_step`."""

import time
from collections.abc import Callable, Iterator

from torch import nn

from muslin.config import FitSettings
from muslin.data.batches import Batch, TrainingBatches
from muslin.data.images import ImageData
from muslin.machine.device import Machine
from muslin.training.fit import LOOK_EVERY
from muslin.training.plan import TimePlan
from muslin.training.state import TrainingState
from muslin.training.step import train_step

__all__ = ["Step", "speed", "training_step"]

Step = Callable[[], int]  # gives the number of pictures


def training_step(model: nn.Module, data: ImageData, settings: FitSettings, machine: Machine) -> Step:
    """Prepares one step after the other, at the schedule's beginning, with the loop's looks at the losses."""
    model = model.to(memory_format=machine.memory_format)  # type: ignore[call-overload]
    batches = forever(TrainingBatches(data, settings.batch_size, settings.augmentation, seed=0))
    plan = TimePlan(settings, time.monotonic(), final_cost=1)
    state = TrainingState.begin(model, settings, machine, plan, len(data))

    def step() -> int:
        batch = next(batches)
        train_step(state, batch, 0.0, settings, machine)
        if state.step % LOOK_EVERY == 0:
            state.look()
        return batch.whole_count

    return step


def forever(batches: TrainingBatches) -> Iterator[Batch]:
    """Yields epoch after epoch."""
    epoch = 0
    while True:
        yield from batches.epoch(epoch)
        epoch += 1


def speed(step: Step, steps: int) -> float:
    """Returns pictures/s over some steps."""
    start = time.perf_counter()
    pictures = sum(step() for _ in range(steps))
    return pictures / (time.perf_counter() - start)
