"""Batch norm over the whole batch when several processes each hold a part of it.

PyTorch's own `SyncBatchNorm` needs a GPU; this one computes the same on every device, from the library's fused kernels.

Legend: B pictures of this process's part, C channels.
"""

from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn

from muslin.distributed.world import sum_over_all

__all__ = ["SyncedBatchNorm", "synchronise_norms"]


def synchronise_norms(model: nn.Module) -> nn.Module:
    """Returns the model, its batch norms replaced by ones over all processes; names of weights and buffers stay."""
    if isinstance(model, nn.BatchNorm1d | nn.BatchNorm2d):
        return SyncedBatchNorm(model)
    for name, child in model.named_children():
        setattr(model, name, synchronise_norms(child))
    return model


class SyncedBatchNorm(nn.Module):
    """A batch norm whose statistics are those of all processes' parts together.

    Args:
        norm: the batch norm whose weights, buffers and settings it takes over.
    """

    def __init__(self, norm: nn.BatchNorm1d | nn.BatchNorm2d) -> None:
        super().__init__()
        self.eps, self.momentum, self.training = norm.eps, norm.momentum, norm.training
        self.weight, self.bias = norm.weight, norm.bias
        for name in ("running_mean", "running_var", "num_batches_tracked"):
            self.register_buffer(name, getattr(norm, name))  # each may be None
        self.running_mean: Tensor | None
        self.running_var: Tensor | None
        self.num_batches_tracked: Tensor | None

    def forward(self, x: Tensor) -> Tensor:
        """Returns (B, C, ...) values normalised, of the same shape and type."""
        if not self.training:  # each process scores pictures of its own, in as many batches as it needs
            from_batch = self.running_mean is None
            return F.batch_norm(
                x, self.running_mean, self.running_var, self.weight, self.bias, training=from_batch, eps=self.eps
            )
        y, mean, variance, count = WholeBatchNorm.apply(x, self.weight, self.bias, self.eps)  # type: ignore[no-untyped-call]
        self.track(mean, variance, count)
        return y  # type: ignore[no-any-return]

    @torch.no_grad()
    def track(self, mean: Tensor, variance: Tensor, count: Tensor) -> None:
        """Takes the batch's (C,) statistics into the running ones."""
        if self.running_mean is None or self.running_var is None or self.num_batches_tracked is None:
            return
        self.num_batches_tracked += 1
        share = self.momentum if self.momentum is not None else 1 / self.num_batches_tracked
        self.running_mean.lerp_(mean, share)
        self.running_var.lerp_(variance * (count / (count - 1)), share)  # unbiased, as torch keeps it


class WholeBatchNorm(torch.autograd.Function):
    """Ioffe and Szegedy, "Batch Normalization", 2015, 1502.03167, over the parts of a batch that processes hold."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Returns the normalised x, its (C,) mean and biased variance, and the values that each is over."""
        exact = torch.promote_types(x.dtype, torch.float32)
        unused = x.new_zeros(x.shape[1], dtype=exact)  # running statistics more exact than x, for results so
        local_mean, local_variance = torch.batch_norm_update_stats(x, unused, unused, 0.0)
        count = unused.new_tensor([x.numel() // x.shape[1]])
        gathered = all_gather(torch.cat([local_mean, local_variance, count]))  # (processes, 2 C + 1)
        means, variances, counts = gathered.split([x.shape[1], x.shape[1], 1], dim=1)
        share = counts / counts.sum()
        mean = (share * means).sum(0)
        variance = (share * (variances + (means - mean) ** 2)).sum(0)
        ctx.save_for_backward(x, weight, mean, variance)
        ctx.eps, ctx.count = eps, counts.sum()
        y = F.batch_norm(x, mean, variance, weight, bias, eps=eps)
        ctx.mark_non_differentiable(mean, variance, ctx.count)
        return y, mean, variance, ctx.count

    @staticmethod
    def backward(ctx: Any, gradient: Tensor, *_: Tensor) -> tuple[Tensor, Tensor | None, Tensor | None, None]:
        """Returns the gradients of x, weight and bias; the latter two over this process's part, as for any layer."""
        x, weight, mean, variance = ctx.saved_tensors
        inverse = (variance + ctx.eps).rsqrt()
        scale = inverse if weight is None else weight * inverse
        # with fixed statistics dx = scale * gradient; d_weight and d_bias sum gradient * x_hat and gradient
        dx, d_weight, d_bias = torch.ops.aten.native_batch_norm_backward(
            gradient, x, weight, mean, variance, None, None, 0, ctx.eps, (True,) * 3
        )
        sums = torch.cat([d_weight, d_bias])
        sum_over_all(sums)
        along, across = (sums / ctx.count).chunk(2)  # (C,) mean of gradient * x_hat, of gradient
        # dx -= scale * (across + x_hat * along), a multiple of x and a constant: one pass of the same kernel
        correction = F.batch_norm(x, mean, variance, along * scale, across * scale, eps=ctx.eps)
        dx -= correction
        return dx, None if weight is None else d_weight, None if weight is None else d_bias, None


def all_gather(values: Tensor) -> Tensor:
    """Returns every process's (D,) values as rows: (processes, D)."""
    gathered = values.new_zeros(dist.get_world_size(), len(values))
    gathered[dist.get_rank()] = values
    sum_over_all(gathered)
    return gathered
