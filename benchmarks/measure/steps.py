"""A training step as `muslin fit` takes it, to be timed."""

import time
from collections.abc import Callable, Iterator

import torch.nn.functional as F
from torch import nn

from muslin.config import FitSettings
from muslin.data.batches import Batch, TrainingBatches
from muslin.data.images import ImageData
from muslin.machine.device import Machine
from muslin.training.averaging import WeightAverage
from muslin.training.optimizers import make_optimizers

__all__ = ["Step", "speed", "training_step"]

Step = Callable[[], int]  # gives the number of pictures


def training_step(model: nn.Module, data: ImageData, settings: FitSettings, machine: Machine) -> Step:
    """Prepares one step: batch, augmentation, forward, backward, optimizers, average."""
    model = model.to(memory_format=machine.memory_format)  # type: ignore[call-overload]
    batches = forever(TrainingBatches(data, settings.batch_size, settings.augmentation, seed=0))
    optimizers = make_optimizers(model, settings, bf16=machine.bf16)
    average = WeightAverage(model, settings.average)

    def step() -> int:
        images, labels, *_ = next(batches)
        with machine.autocast():
            logits = model(images)
        loss = F.cross_entropy(logits.float(), labels, label_smoothing=settings.label_smoothing)
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        average.update()
        return len(labels)

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
