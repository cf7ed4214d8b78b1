"""Choose how the weights step: Nesterov's SGD, AdamW, or Muon for the filters.

Norms and biases never decay.
"""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn
from torch.optim import SGD, AdamW, Optimizer

from muslin.config import FitSettings

__all__ = ["Muon", "make_optimizers", "orthogonalise", "scale_learning_rates"]


def make_optimizers(model: nn.Module, settings: FitSettings, *, bf16: bool = False) -> list[Optimizer]:
    """Builds the optimizers that together step every trainable parameter once.

    Args:
        model: any.
        settings: names the optimizer, its rates, momentum and decay.
        bf16: compute Muon's directions in bfloat16, for machines where that is fast.
    """
    trainable = [p for p in model.parameters() if p.requires_grad]
    vectors = [p for p in trainable if p.ndim < 2]  # norms and biases
    if settings.optimizer == "muon":
        filters = [p for p in trainable if p.ndim == 4]
        matrices = [p for p in trainable if p.ndim >= 2 and p.ndim != 4]
        muon: list[Optimizer] = [Muon(filters, settings.muon_lr, bf16=bf16)] if filters else []
        return [*muon, _sgd(matrices, vectors, settings)]
    weights = [p for p in trainable if p.ndim >= 2]
    if settings.optimizer == "sgd":
        return [_sgd(weights, vectors, settings)]
    groups = _groups(weights, vectors, settings.weight_decay)
    return [AdamW(groups, lr=settings.lr, betas=(settings.momentum, 0.999), fused=True)]


def scale_learning_rates(optimizers: Iterable[Optimizer], factor: float) -> None:
    """Sets every group's learning rate to `factor` times the one it was made with."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = factor * group.setdefault("highest_lr", group["lr"])


class Muon(Optimizer):
    """Steps each filter bank by its orthogonalised momentum (Jordan et al., "Muon", 2024).

    A bank (O, I, h, w) is treated as a matrix (O, I h w). Before each step it is brought back to the norm sqrt(O):
    under a batch norm only its direction matters, and the learning rate is about the angle that it turns, in radians.

    Args:
        filters: parameters with 4 dimensions.
        lr: > 0.
        momentum: in [0, 1), Nesterov's form.
        bf16: compute the directions in bfloat16, which is exact enough and twice as fast where processors have it.
    """

    def __init__(self, filters: list[nn.Parameter], lr: float, momentum: float = 0.6, *, bf16: bool = False) -> None:
        super().__init__(filters, {"lr": lr, "momentum": momentum})
        self.dtype = torch.bfloat16 if bf16 else torch.float32

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Moves every filter bank that has a gradient."""
        assert closure is None
        for group in self.param_groups:
            for bank in group["params"]:
                if bank.grad is not None:
                    self._step_one(bank, group["lr"], group["momentum"])

    def _step_one(self, bank: Tensor, lr: float, momentum: float) -> None:
        state = self.state[bank]
        if not state:
            state["momentum"] = torch.zeros_like(bank)
        velocity = state["momentum"].mul_(momentum).add_(bank.grad)
        direction = bank.grad.add(velocity, alpha=momentum)  # type: ignore[union-attr]
        update = orthogonalise(direction.flatten(1).to(self.dtype)).view_as(bank)
        bank.mul_(len(bank) ** 0.5 / bank.norm().clamp(min=1e-7)).add_(update, alpha=-lr)


def orthogonalise(matrix: Tensor, steps: int = 3) -> Tensor:
    """Brings all singular values of a matrix near 1 by a quintic Newton-Schulz iteration (Jordan et al., 2024).

    Args:
        matrix: (R, C).
        steps: of the iteration; 3 leave the singular values between about 0.3 and 1.3, close enough for a direction.

    Returns:
        (R, C) of the same type.
    """
    x = matrix / (matrix.norm() + 1e-7)
    wide = x.T if len(matrix) > matrix.shape[1] else x
    for _ in range(steps):
        gram = wide @ wide.T
        wide = 3.4445 * wide + (-4.7750 * gram + 2.0315 * gram @ gram) @ wide
    result: Tensor = wide.T if len(matrix) > matrix.shape[1] else wide
    return result


def _sgd(weights: list[nn.Parameter], vectors: list[nn.Parameter], settings: FitSettings) -> SGD:
    groups = _groups(weights, vectors, settings.weight_decay)
    return SGD(groups, lr=settings.lr, momentum=settings.momentum, nesterov=settings.momentum > 0, foreach=True)


def _groups(weights: list[nn.Parameter], vectors: list[nn.Parameter], decay: float) -> list[dict[str, object]]:
    return [{"params": weights, "weight_decay": decay}, {"params": vectors, "weight_decay": 0.0}]
