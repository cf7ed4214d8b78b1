"""Score a model on a data set the way this machine computes fastest.

Legend: B pictures of a batch, C channels, H x W pixels, K classes.
"""

from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from muslin.data.batches import in_order
from muslin.data.images import ImageData
from muslin.metrics import Metrics, evaluate
from muslin.training.distributed import ALONE, World
from muslin.training.machine import Machine

__all__ = ["passes", "predict_logits", "score"]

BATCH = 500  # with 1,000, a third of the time goes into memory that comes afresh from the system
UNSURE = 0.5  # less than this between the probabilities of the two likeliest classes
UNSURE_SHARE = 0.2  # of the pictures, about
SHIFTS = ((0, 1), (2, 1), (1, 0), (1, 2))  # rows and columns to cut from a picture that grew by one on every side


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
    """Gives the (B, K) float32 logits of (B, C, H, W) normalised pictures, averaged over their views.

    Args:
        model: in the mode to predict in.
        machine: how to compute.
        views: 1; 2 for each picture and its mirror image; 10 for these two and, where they leave the model unsure,
            both shifted by a pixel up, down, left and right.
        images: to look at.
    """
    with machine.autocast():
        logits: Tensor = model(images).float() if views == 1 else both_sides(model, images)
        if views > 2 and (unsure := is_unsure(logits)).any():
            shifted = both_sides(model, torch.cat(shifts(images[unsure])))
            logits[unsure] = torch.stack([logits[unsure], *shifted.chunk(len(SHIFTS))]).mean(0)
    return logits


def both_sides(model: nn.Module, images: Tensor) -> Tensor:
    """Averages the logits of pictures and their mirror images."""
    logits: Tensor = (model(images).float() + model(images.flip(-1)).float()) / 2
    return logits


def is_unsure(logits: Tensor) -> Tensor:
    """Tells where two classes are nearly as likely as each other: (B,) bool for (B, K) logits."""
    likeliest, second = logits.softmax(1).topk(2).values.unbind(1)
    return likeliest - second < UNSURE


def shifts(images: Tensor) -> list[Tensor]:
    """Gives pictures shifted by a pixel down, up, right and left; what comes in from outside repeats the edge."""
    height, width = images.shape[2:]
    larger = F.pad(images, (1, 1, 1, 1), mode="replicate")
    return [larger[:, :, top : top + height, left : left + width] for top, left in SHIFTS]


def passes(views: int) -> float:
    """Tells about how many times a model sees a picture when so many views are asked for."""
    return views if views <= 2 else 2 + UNSURE_SHARE * (views - 2)
