"""Score a model on a data set the way this machine computes fastest.

Legend: B pictures of a batch, C channels, H x W pixels, K classes.
"""

from functools import partial

import torch
from torch import Tensor, nn

from muslin.data.batches import in_order
from muslin.data.images import ImageData
from muslin.metrics import Metrics, evaluate
from muslin.training.distributed import ALONE, World
from muslin.training.machine import Machine

__all__ = ["score"]

BATCH = 1000


def score(model: nn.Module, data: ImageData, machine: Machine, views: int = 1, world: World = ALONE) -> Metrics:
    """Evaluates a model on every picture of a data set.

    Args:
        model: on the machine's device; its mode is left as it was.
        data: anywhere.
        machine: how to compute.
        views: 1, or 2 to average the logits of each picture and its mirror image.
        world: processes that share the work; all get the scores of all pictures.
    """
    was_training = model.training
    model.eval()
    predict = partial(predict_logits, model, machine, views)
    batches = in_order(data.to(machine.device), BATCH, world.part)
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


@torch.no_grad()
def predict_logits(model: nn.Module, machine: Machine, views: int, images: Tensor) -> Tensor:
    """Gives the (B, K) float32 logits of (B, C, H, W) normalised pictures, averaged over their views."""
    with machine.autocast():
        logits: Tensor = model(images).float()
        if views == 2:
            logits = (logits + model(images.flip(-1)).float()) / 2
    return logits
