"""The views of a picture that a model answers by, and their average.

Legend: B pictures of a batch, C channels, H x W pixels, K classes.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from muslin.machine.device import Machine

__all__ = ["SHIFTS", "UNSURE", "UNSURE_SHARE", "both_sides", "is_unsure", "passes", "predict_logits", "shifts"]

UNSURE = 0.5  # less than this between the probabilities of the two likeliest classes


UNSURE_SHARE = 0.2  # of the pictures, about


SHIFTS = ((0, 1), (2, 1), (1, 0), (1, 2))  # rows and columns to cut from a picture that grew by one on every side


@torch.no_grad()
def predict_logits(model: nn.Module, machine: Machine, views: int, images: Tensor) -> Tensor:
    """Returns the (B, K) float32 logits of (B, C, H, W) normalised pictures, averaged over their views.

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
    """Returns pictures shifted by a pixel down, up, right and left; what comes in from outside repeats the edge."""
    height, width = images.shape[2:]
    larger = F.pad(images, (1, 1, 1, 1), mode="replicate")
    return [larger[:, :, top : top + height, left : left + width] for top, left in SHIFTS]


def passes(views: int) -> float:
    """Tells about how many times a model sees a picture when so many views are asked for."""
    return views if views <= 2 else 2 + UNSURE_SHARE * (views - 2)
