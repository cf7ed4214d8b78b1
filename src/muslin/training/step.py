"""One training step, whole.

Legend: B pictures of a batch, K classes.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from muslin.config import FitSettings
from muslin.data.batches import Batch
from muslin.distributed.world import ALONE, World
from muslin.machine.device import Machine
from muslin.training.optimizers import scale_learning_rates
from muslin.training.schedules import learning_rate_factor
from muslin.training.state import TrainingState

__all__ = ["train_step"]

PRIMES = (1_000_003, 8_191)  # keep the seeds of steps and processes apart


def train_step(
    state: TrainingState,
    batch: Batch,
    share: float,
    settings: FitSettings,
    machine: Machine,
    world: World = ALONE,
    class_weights: Tensor | None = None,
) -> Tensor:
    """Steps the weights once against the gradient of one batch's loss.

    Args:
        state: what the step moves on.
        batch: pictures of the whole batch, or this process's part of them.
        share: share of the training that is done, in [0, 1): the learning rate follows from it.
        settings: optimizer, rates, schedule and label smoothing.
        machine: where and how to compute.
        world: the processes that train together.
        class_weights: (K,) float32, how much a picture of each class counts; None for all alike.

    Returns:
        The (B,) float32 losses of the batch's pictures before the step, in nats, without a gradient.
    """
    reseed(settings.seed, state.step, world.rank)
    factor = learning_rate_factor(share, settings)
    scale_learning_rates(state.optimizers, factor)
    with machine.autocast():
        logits = state.model(batch.images)  # (B, K)
    losses = F.cross_entropy(
        logits.float(), batch.labels, class_weights, label_smoothing=settings.label_smoothing, reduction="none"
    )  # (B,)
    loss = losses.sum() / batch.whole_count
    for optimizer in state.optimizers:
        optimizer.zero_grad()
    loss.backward()
    world.sum_gradients(state.model)
    for optimizer in state.optimizers:
        optimizer.step()
    state.average.update()
    losses = losses.detach()
    state.hardness.note(batch.indices, losses)
    state.count_step(loss.detach(), batch.whole_count, factor)
    return losses


def reseed(seed: int, step: int, rank: int) -> None:
    """Starts PyTorch's own generators anew: dropout and its like become a function of seed, step and process.

    So a resumed run needs no generator's state: step 1,000 draws the same numbers whatever went before. Cheap enough
    to be called before each step.
    """
    value = (seed * PRIMES[0] + step) * PRIMES[1] + rank
    torch.default_generator.manual_seed(value)
    if torch.cuda.is_initialized():
        torch.cuda.manual_seed(value)
