"""What a checkpoint holds of training: the weights, their average, and what is kept of the past.

Random choices need no state: augmentation, order and dropout are functions of seed, epoch and step.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from muslin.run.checkpoints import AVERAGE, MODEL
from muslin.training.averaging import WeightAverage
from muslin.training.hardness import Hardness
from muslin.training.optimizers import AnyOptimizer

__all__ = ["capture", "restore"]

HARDNESS = "hardness."  # begins the names of what is known of the training pictures


def capture(
    model: nn.Module, optimizers: Sequence[AnyOptimizer], average: WeightAverage, hardness: Hardness
) -> dict[str, Tensor]:
    """Copies all tensors that training goes on from, by name, to the CPU."""
    tensors = {MODEL + name: tensor for name, tensor in model.state_dict().items()}
    tensors |= {AVERAGE + name: tensor for name, tensor in average.named().items()}
    tensors |= kept_by(optimizers)
    tensors |= {HARDNESS + name: tensor for name, tensor in hardness.state().items()}
    return {name: tensor.detach().to("cpu", copy=True).contiguous() for name, tensor in tensors.items()}


@torch.no_grad()
def restore(
    tensors: dict[str, Tensor],
    model: nn.Module,
    optimizers: Sequence[AnyOptimizer],
    average: WeightAverage,
    hardness: Hardness,
) -> None:
    """Puts captured tensors back where they came from, in the layout that the parameters have here."""
    model.load_state_dict(of_kind(tensors, MODEL))
    hardness.go_on(of_kind(tensors, HARDNESS))
    for name, mean in average.named().items():
        mean.copy_(tensors[AVERAGE + name])
    for number, optimizer in enumerate(optimizers):
        for index, parameter in enumerate(parameters_of(optimizer)):
            prefix = f"optimizer.{number}.{index}."
            for name, tensor in tensors.items():
                if name.startswith(prefix):
                    optimizer.state[parameter][name.removeprefix(prefix)] = like(parameter, tensor)


def of_kind(tensors: dict[str, Tensor], kind: str) -> dict[str, Tensor]:
    """Picks out the tensors whose names begin so, by the rest of their names."""
    return {name.removeprefix(kind): tensor for name, tensor in tensors.items() if name.startswith(kind)}


def kept_by(optimizers: Sequence[AnyOptimizer]) -> dict[str, Tensor]:
    """Names what optimizers keep for each parameter."""
    return {
        f"optimizer.{number}.{index}.{key}": value
        for number, optimizer in enumerate(optimizers)
        for index, parameter in enumerate(parameters_of(optimizer))
        for key, value in optimizer.state.get(parameter, {}).items()
        if value is not None
    }


def parameters_of(optimizer: AnyOptimizer) -> list[nn.Parameter]:
    """Lists an optimizer's parameters in its order."""
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def like(parameter: Tensor, tensor: Tensor) -> Tensor:
    """Moves a tensor to a parameter's device, in its layout where they have the same shape."""
    if tensor.shape != parameter.shape:
        return tensor.to(parameter.device)
    return torch.empty_like(parameter, dtype=tensor.dtype).copy_(tensor)
