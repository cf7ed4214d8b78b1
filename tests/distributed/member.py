"""One of several processes that compute together: `python -m tests.distributed.member TASK FOLDER` (or `cli ...`).

What each computed is written to FOLDER/TASK-RANK.safetensors; the same functions compute it alone, in the tests.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor, nn

from muslin.config import Augmentation, FitSettings
from muslin.data.images import ImageData
from muslin.data.spec import DataSpec
from muslin.distributed.sync_norm import synchronise_norms
from muslin.distributed.world import World, process_group
from muslin.machine import measurement
from muslin.machine.device import Machine
from muslin.models import build
from muslin.prediction.scoring import score
from muslin.training.fit import fit
from muslin.training.plan import TimePlan
from tests.samples import make_splits

CPU = Machine(torch.device("cpu"), 1, bf16=False, channels_last=True, speeds={})
RUNS = [  # in float32, a deep network's kinks magnify the last bits: resnet20 differs as much between two layouts
    ("mlp", "sgd", torch.float32, 0.0), ("resnet_narrow", "sgd", torch.float32, 0.0),
    ("resnet_narrow", "muon", torch.float64, 0.0), ("resnet20", "sgd", torch.float64, 0.0),
    ("resnet_narrow", "adamw", torch.float64, 0.0), ("resnet_narrow", "muon", torch.float64, 0.5),
]  # fmt: skip
NORMS: dict[str, Callable[[], nn.Module]] = {
    "maps": lambda: nn.BatchNorm2d(3),
    "rows": lambda: nn.BatchNorm1d(3),
    "plain": lambda: nn.BatchNorm2d(3, affine=False),
    "mean of all": lambda: nn.BatchNorm2d(3, momentum=None),
    "bfloat16": lambda: nn.BatchNorm2d(3),
    "batch alone": lambda: nn.BatchNorm2d(3, track_running_stats=False),
}
LEFT_OVER = 10_001  # pictures, that two or three processes cannot share equally
Values = dict[str, Tensor]


class InType(nn.Module):
    """A model that computes in a type of its own."""

    def __init__(self, model: nn.Module, dtype: torch.dtype) -> None:
        super().__init__()
        self.model, self.dtype = model.to(dtype), dtype

    def forward(self, images: Tensor) -> Tensor:
        return self.model(images.to(self.dtype))


def train(world: World) -> Values:
    """Takes 20 steps of each run, and gives the weights."""
    values = {}
    splits = make_splits(count=193)  # 174 to train: batches of 18 and 17, of which two processes get 9 and 9, 8 and 9
    for name, optimizer, dtype, skip_easy in RUNS:
        settings = FitSettings(
            model=name, optimizer=optimizer, epochs=3 if skip_easy else 2, batch_size=18, lr=0.01, seed=world.rank,
            skip_easy=skip_easy, augmentation=Augmentation(flip="random", shift=1, erase=3),
        )  # fmt: skip
        torch.manual_seed(world.rank)  # differs on purpose: process 0 decides on the first weights
        model = InType(build(name, splits.spec).to(memory_format=torch.channels_last), dtype)
        world.broadcast_weights(model)
        if world.size > 1:
            synchronise_norms(model)
        settings = settings.changed(seed=0)
        plan = TimePlan(settings, time.monotonic(), final_cost=1, agree=world.broadcast)
        result = fit(model, splits.train, splits.validation, settings, CPU, plan, world=world)
        run = f"{name}, {optimizer}, {dtype}, {skip_easy}"
        values |= {f"{run}: {key}": tensor for key, tensor in model.state_dict().items()}
        losses = [(epoch.train_loss, epoch.validation_loss) for epoch in result.epochs]
        values[f"{run}: losses"] = torch.tensor(losses)
    return values


def evaluate(world: World) -> Values:
    """Scores 10,001 pictures, then 2, of which a third process gets none."""
    values = {}
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (LEFT_OVER, 1, 12, 12), dtype=torch.uint8, generator=generator)
    labels = torch.randint(0, 10, (LEFT_OVER,), generator=generator)
    spec = DataSpec(1, 12, 12, tuple("abcdefghij"), (0.5,), (0.25,))
    torch.manual_seed(0)
    model = build("resnet_narrow", spec).to(memory_format=torch.channels_last)
    for count in (LEFT_OVER, 2):
        scores = score(model, ImageData(images[:count], labels[:count], spec), CPU, views=2, world=world)
        values |= {
            f"{count} confusion": scores.confusion,
            f"{count} predicted": scores.predicted,
            f"{count} confidence": scores.confidence,
            f"{count} probabilities": scores.probabilities,
            f"{count} loss": torch.tensor([scores.loss, scores.accuracy]),
            f"{count} one view": torch.tensor([scores.loss_one_view, scores.accuracy_one_view]),
        }
    return values


def norm(world: World) -> Values:
    """Passes a batch of 11 through each norm, twice, forward and backward; then once more in evaluation."""
    values = {}
    for name, make in NORMS.items():
        generator = torch.Generator().manual_seed(0)
        shape = (11, 3) if name == "rows" else (11, 3, 4, 4)
        batches, gradients = torch.randn(2, 2, *shape, generator=generator, dtype=torch.float64)
        if name == "bfloat16":
            batches, gradients = batches.bfloat16(), gradients.bfloat16()
        layer = nn.Sequential(make()).to(torch.promote_types(batches.dtype, torch.float32))
        for parameter in layer.parameters():
            nn.init.normal_(parameter, generator=generator)
        if world.size > 1:
            synchronise_norms(layer)
        for number, (batch, gradient) in enumerate(zip(5 + 3 * batches, gradients, strict=True)):
            x = batch[world.part(len(batch))].requires_grad_()
            y = layer(x)
            y.backward(gradient[world.part(len(batch))])
            values |= {f"{name}: y {number}": y.detach(), f"{name}: dx {number}": x.grad}
        if list(layer.parameters()):
            world.sum_gradients(layer)
        values |= {f"{name}: d {key}": p.grad for key, p in layer.named_parameters()}
        values |= {f"{name}: {key}": buffer.double() for key, buffer in layer.named_buffers()}
        values[f"{name}: evaluated"] = layer.eval()(batches[0])
    return values


TASKS = {"train": train, "evaluate": evaluate, "norm": norm}


def main() -> None:
    task, *arguments = sys.argv[1:]
    if task == "cli":
        speeds = dict.fromkeys(measurement.WAYS, 1.0)
        measurement.measure = lambda _device: measurement.Measurement(speeds)  # spares the measuring
        from muslin.cli import main as command_line

        sys.argv = ["muslin", *arguments]
        command_line()
    torch.set_num_threads(1)
    with process_group() as world:
        for name in task.split(","):
            values = {
                key: tensor.clone(memory_format=torch.contiguous_format) for key, tensor in TASKS[name](world).items()
            }
            safetensors.torch.save_file(values, Path(arguments[0]) / f"{name}-{world.rank}.safetensors")


if __name__ == "__main__":
    main()
