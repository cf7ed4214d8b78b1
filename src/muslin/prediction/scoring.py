"""Score a model on a data set the way this machine computes fastest.

Legend: B pictures of a batch, C channels, H x W pixels, K classes.
"""

from functools import partial

import torch
from torch import nn

from muslin.data.batches import sequential_batches
from muslin.data.images import ImageData
from muslin.distributed.world import ALONE, World
from muslin.machine.device import Machine
from muslin.prediction.metrics import Metrics, evaluate
from muslin.prediction.views import predict_logits

__all__ = ["score"]

BATCH = 500  # with 1,000, a third of the time goes into memory that comes afresh from the system


def score(model: nn.Module, data: ImageData, machine: Machine, views: int = 1, world: World = ALONE) -> Metrics:
    """Evaluates a model on every picture of a data set.

    Args:
        model: on the machine's device; its mode is left as it was.
        data: anywhere.
        machine: how to compute.
        views: as in `predict_logits`.
        world: processes that share the work; all get the scores of all pictures.
    """
    was_training = model.training
    model.eval()
    predict = partial(predict_logits, model, machine, views)
    batches = sequential_batches(data.to(machine.device), BATCH, world.part)
    result = evaluate(predict, batches, len(data.spec.classes))
    model.train(was_training)
    return result if world.size == 1 else joined_metrics(result, len(data), world)


def joined_metrics(part: Metrics, count: int, world: World) -> Metrics:
    """Adds the scores of all processes' parts up to those of `count` pictures."""
    confusion = world.sum(part.confusion)
    loss = world.sum(torch.tensor(part.loss * part.count, dtype=torch.float64)).item() / count
    return Metrics(
        loss,
        int(confusion.trace()) / count,
        confusion,
        world.concatenate(part.predicted, count),
        world.concatenate(part.confidence, count),
    )
