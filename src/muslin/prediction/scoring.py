"""Score a model on a data set the way this machine computes fastest.

Legend: N pictures, B pictures of a batch, C channels, H x W pixels, K classes.
"""

import torch
from torch import Tensor, nn

from muslin.data.batches import sequential_batches
from muslin.data.images import ImageData
from muslin.distributed.world import ALONE, World
from muslin.machine.device import Machine
from muslin.models.footprint import answering_bytes
from muslin.prediction.metrics import Metrics, measure
from muslin.prediction.views import Logits, predict_logits

__all__ = ["batch_that_fits", "score"]

BATCH = 500  # with 1,000, a third of the time goes into memory that comes afresh from the system
ENOUGH = 256 << 20  # bytes for a model's largest layer: more makes no answer faster
MOST_PROBABILITIES = 128 << 20  # bytes of float16: room for the 50,000 pictures and 1,000 classes of ImageNet


def score(
    model: nn.Module,
    data: ImageData,
    machine: Machine,
    views: int = 1,
    world: World = ALONE,
    rows: Tensor | None = None,
) -> Metrics:
    """Measures a model on the pictures of a data set, by one view and by several in one go.

    Probabilities are kept unless they take more than 128 MiB, at 2 K bytes a picture.

    Args:
        model: (B, C, H, W) to (B, K) logits, on the machine's device; its mode is left as it was.
        data: N pictures, on any device.
        machine: how to compute.
        views: 1, 2 or 10, as in `predict_logits`.
        world: processes that share the work; all get the scores of all pictures.
        rows: (n,) int64 on the CPU, which pictures to measure it on; by default all.
    """

    def answer(images: Tensor) -> Logits:
        with machine.autocast():
            return predict_logits(model, images, views)

    classes = len(data.spec.classes)
    count = len(data) if rows is None else len(rows)
    keeps = count * classes * torch.float16.itemsize <= MOST_PROBABILITIES
    was_training = model.training
    model.eval()
    data = data.to(machine.device)
    most = batch_that_fits(model, data.spec.normalise(data.images[:1]), machine.room)
    batches = sequential_batches(data, most, world.part, rows)
    result = measure(answer, batches, classes, views=views, keep_probabilities=keeps)
    model.train(was_training)
    return result if world.size == 1 else gather_metrics(result, count, world)


def batch_that_fits(model: nn.Module, image: Tensor, room: int = ENOUGH) -> int:
    """Returns how many pictures a model may answer at a time: up to 500, fewer of those that take more memory.

    Args:
        model: (B, C, H, W) to (B, K) logits, in the mode to answer in.
        image: (1, C, H, W) float32, one of the pictures, normalised, where the model is.
        room: bytes for the model's largest layer; more than enough is not taken.
    """
    return max(1, min(BATCH, min(room, ENOUGH) // answering_bytes(model, image)))


def gather_metrics(part: Metrics, count: int, world: World) -> Metrics:
    """Adds the scores of all processes' parts up to those of `count` pictures, and joins their answers."""
    assert part.accuracy_one_view is not None
    assert part.loss_one_view is not None
    confusion = world.sum(part.confusion)
    loss = world.sum(torch.tensor(part.loss * part.count, dtype=torch.float64)).item() / count
    sums = [round(part.accuracy_one_view * part.count), part.loss_one_view * part.count]
    right_one_view, loss_one_view = world.sum(torch.tensor(sums, dtype=torch.float64)).tolist()
    probabilities = part.probabilities
    if probabilities is not None:  # float32 is what processes can sum, and holds every float16
        probabilities = world.concatenate(probabilities.float(), count).half()
    return Metrics(
        accuracy=int(confusion.trace()) / count,
        loss=loss,
        views=part.views,
        accuracy_one_view=right_one_view / count,
        loss_one_view=loss_one_view / count,
        confusion=confusion,
        predicted=world.concatenate(part.predicted, count),
        confidence=world.concatenate(part.confidence, count),
        probabilities=probabilities,
    )
