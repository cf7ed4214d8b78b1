"""Choose how the weights step: Nesterov's SGD, AdamW, or Muon for the filters.

Norms and biases never decay.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW

from muslin.config import FitSettings
from muslin.distributed.sync_norm import SyncedBatchNorm

__all__ = ["AnyOptimizer", "make_optimizers", "scale_learning_rates"]

Group = dict[str, Any]


class Optimizer(ABC):
    """Steps parameters in groups, each with its learning rate, and keeps what it must know of each parameter's past.

    It has the face of PyTorch's `torch.optim.Optimizer`. To make one of those brings PyTorch's compiler in, which takes
    two seconds of every run.

    Args:
        groups: dicts with `params` and `lr`, and what else the optimizer asks for.
    """

    def __init__(self, groups: list[Group]) -> None:
        self.param_groups = groups
        self.state: defaultdict[Tensor, dict[str, Tensor]] = defaultdict(dict)

    def zero_grad(self) -> None:
        """Forgets all gradients."""
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Moves every parameter that has a gradient."""
        for group in self.param_groups:
            stepped: list[Tensor] = [parameter for parameter in group["params"] if parameter.grad is not None]
            if stepped:
                self.step_group(stepped, [parameter.grad for parameter in stepped if parameter.grad is not None], group)

    @abstractmethod
    def step_group(self, parameters: list[Tensor], gradients: list[Tensor], group: Group) -> None:
        """Moves the parameters of one group that have gradients."""

    def buffer(self, name: str, parameter: Tensor) -> Tensor:
        """Returns the tensor that is kept for a parameter under a name; zeros at first."""
        state = self.state[parameter]
        if name not in state:
            state[name] = torch.zeros_like(parameter)
        return state[name]


AnyOptimizer = Optimizer | AdamW


def make_optimizers(model: nn.Module, settings: FitSettings, *, bf16: bool = False) -> list[AnyOptimizer]:
    """Returns the optimizers that together step every trainable parameter once.

    Args:
        model: any model.
        settings: the optimizer's name, its rates, momentum and decay.
        bf16: whether to compute Muon's directions in bfloat16, for machines where that is fast.
    """
    trainable = [p for p in model.parameters() if p.requires_grad]
    vectors = [p for p in trainable if p.ndim < 2]  # norms and biases
    if settings.optimizer == "muon":
        filters = [p for p in trainable if p.ndim == 4]
        matrices = [p for p in trainable if p.ndim >= 2 and p.ndim != 4]
        muon: list[AnyOptimizer] = [Muon(filters, settings.muon_lr, bf16=bf16)] if filters else []
        groups = [_decaying(matrices, settings), *_by_kind(vectors, norm_parameters(model), settings)]
        return [*muon, SGD(groups, settings.momentum)]
    weights = [p for p in trainable if p.ndim >= 2]
    groups = [_decaying(weights, settings), {"params": vectors, "lr": settings.lr, "weight_decay": 0.0}]
    if settings.optimizer == "sgd":
        return [SGD(groups, settings.momentum)]
    return [AdamW(groups, betas=(settings.momentum, 0.999), fused=True)]


def scale_learning_rates(optimizers: Iterable[AnyOptimizer], factor: float) -> None:
    """Sets every group's learning rate to `factor` times the one it was made with."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            if "highest_lr" not in group:
                group["highest_lr"] = group["lr"]
            group["lr"] = factor * group["highest_lr"]


class SGD(Optimizer):
    """Stochastic gradient descent with Nesterov's momentum, as Sutskever et al. (2013) write it, and coupled decay.

    Args:
        groups: dicts with `params`, `lr` and `weight_decay`.
        momentum: share of the velocity that one step keeps, in [0, 1).
    """

    def __init__(self, groups: list[Group], momentum: float) -> None:
        super().__init__(groups)
        self.momentum = momentum

    def step_group(self, parameters: list[Tensor], gradients: list[Tensor], group: Group) -> None:
        """Moves all parameters of a group at once."""
        if group["weight_decay"]:
            gradients = list(torch._foreach_add(gradients, parameters, alpha=group["weight_decay"]))
        if self.momentum:
            velocities = [self.buffer("momentum_buffer", parameter) for parameter in parameters]
            torch._foreach_mul_(velocities, self.momentum)
            torch._foreach_add_(velocities, gradients)
            gradients = list(torch._foreach_add(gradients, velocities, alpha=self.momentum))
        torch._foreach_add_(parameters, gradients, alpha=-group["lr"])


class Muon(Optimizer):
    """Steps each filter bank by its orthogonalised momentum (Jordan et al., "Muon", 2024).

    A bank (O, I, h, w) is treated as a matrix (O, I h w). Before each step it is brought back to the norm sqrt(O):
    under a batch norm only its direction matters, and the learning rate is about the angle that it turns, in radians.

    Args:
        filters: parameters with 4 dimensions.
        lr: highest learning rate, > 0.
        momentum: share of the velocity that one step keeps, in [0, 1); Nesterov's form.
        bf16: whether to compute the directions in bfloat16: exact enough, and twice as fast where processors have it.
    """

    def __init__(self, filters: list[nn.Parameter], lr: float, momentum: float = 0.6, *, bf16: bool = False) -> None:
        super().__init__([{"params": filters, "lr": lr}])
        self.momentum, self.dtype = momentum, torch.bfloat16 if bf16 else torch.float32

    def step_group(self, parameters: list[Tensor], gradients: list[Tensor], group: Group) -> None:
        """Moves one bank after the other."""
        for bank, gradient in zip(parameters, gradients, strict=True):
            velocity = self.buffer("momentum", bank).mul_(self.momentum).add_(gradient)
            direction = gradient.add(velocity, alpha=self.momentum)
            update = orthogonalise(direction.flatten(1).to(self.dtype)).view_as(bank)
            bank.mul_(len(bank) ** 0.5 / bank.norm().clamp(min=1e-7)).add_(update, alpha=-group["lr"])


def orthogonalise(matrix: Tensor, steps: int = 3) -> Tensor:
    """Returns a matrix with its singular values brought near 1, by a quintic iteration (Jordan et al., 2024).

    Args:
        matrix: (R, C), float.
        steps: number of Newton-Schulz steps; 3 leave the singular values between about 0.3 and 1.3, close enough for
            a direction.

    Returns:
        (R, C), of the same type.
    """
    x = matrix / (matrix.norm() + 1e-7)
    wide = x.T if len(matrix) > matrix.shape[1] else x
    for _ in range(steps):
        gram = wide @ wide.T
        polynomial = torch.addmm(gram, gram, gram, beta=-4.7750, alpha=2.0315)
        wide = torch.addmm(wide, polynomial, wide, beta=3.4445)
    result: Tensor = wide.T if len(matrix) > matrix.shape[1] else wide
    return result


def norm_parameters(model: nn.Module) -> set[nn.Parameter]:
    """Returns the scales and shifts of a model's norms."""
    norms = (nn.modules.batchnorm._NormBase, SyncedBatchNorm, nn.GroupNorm, nn.LayerNorm, nn.RMSNorm)
    return {p for module in model.modules() if isinstance(module, norms) for p in module.parameters(recurse=False)}


def _decaying(weights: list[nn.Parameter], settings: FitSettings) -> Group:
    return {"params": weights, "lr": settings.lr, "weight_decay": settings.weight_decay}


def _by_kind(vectors: list[nn.Parameter], norms: set[nn.Parameter], settings: FitSettings) -> list[Group]:
    """Groups neighbours that learn at the same rate; the order stays, by which checkpoints name them."""
    return [
        {"params": list(group), "lr": settings.norm_lr if are_norms else settings.lr, "weight_decay": 0.0}
        for are_norms, group in groupby(vectors, norms.__contains__)
    ]
