"""The views of a picture that a model answers by, and their average.

Legend: B pictures of a batch, C channels, H x W pixels, K classes.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from muslin.config import SIDE, VIEWS
from muslin.errors import SettingError

__all__ = ["MIRRORED", "check_views", "passes", "predict_logits", "traceable_logits"]

MIRRORED = {2, 10}  # numbers of views with mirror images among them
UNSURE = 0.5  # less than this between the probabilities of the two likeliest classes
UNSURE_SHARE = 0.2  # of the pictures, about
SHIFTS = ((0, 1), (2, 1), (1, 0), (1, 2))  # rows and columns to cut from a picture that grew by one on every side


class Logits(NamedTuple):
    """What a model answers of a batch, by one view and by all that were asked for.

    Attributes:
        one_view: (B, K) float32, each picture as it is.
        averaged: (B, K) float32, the mean over each picture's views; `one_view` itself where one was asked for.
    """

    one_view: Tensor
    averaged: Tensor


@torch.no_grad()
def predict_logits(model: nn.Module, images: Tensor, views: int) -> Logits:
    """Returns the logits of pictures by one view and by several, from one pass: the first view is one of the several.

    Args:
        model: (B, C, H, W) to (B, K) logits, in the mode to predict in.
        images: (B, C, H, W) float32, normalised, on the model's device.
        views: 1; 2 for each picture and its mirror image; 10 for these two and, where they leave the model unsure,
            both shifted by a pixel up, down, left and right; 5 for the same without mirror images.
    """
    one_view: Tensor = model(images).float()
    if views == 1:
        return Logits(one_view, one_view)
    look = with_mirror_image if views in MIRRORED else as_it_is
    averaged = look(model, images, one_view)
    if views > 2 and (unsure := is_unsure(averaged)).any():
        moved = torch.cat(shifts(images[unsure])).split(len(images))  # of few unsure ones all at once
        seen = torch.cat([look(model, some, model(some).float()) for some in moved])
        averaged[unsure] = torch.stack([averaged[unsure], *seen.chunk(len(SHIFTS))]).mean(0)
    return Logits(one_view, averaged)


def traceable_logits(model: nn.Module, images: Tensor, views: int) -> Tensor:
    """Returns the averaged logits of `predict_logits` as one graph, which an export needs.

    The model stands in it twice, before and after it is known which pictures are unsure, and not once for each view.
    """
    averaged = mean_logits(model, [images], views)
    if views <= 2:
        return averaged

    def moved(images: Tensor, averaged: Tensor) -> Tensor:
        rows = is_unsure(averaged).nonzero()[:, 0]
        torch._check(rows.shape[0] >= 1)  # the tracer cannot know it
        shifted = mean_logits(model, shifts(images[rows]), views)
        return averaged.index_put((rows,), (averaged[rows] + len(SHIFTS) * shifted) / (1 + len(SHIFTS)))

    logits: Tensor = torch.cond(is_unsure(averaged).any(), moved, lambda _, given: given.clone(), (images, averaged))
    return logits


def mean_logits(model: nn.Module, seen: list[Tensor], views: int) -> Tensor:
    """Returns the (B, K) mean logits of pictures, each (B, C, H, W), and of mirror images where views have them."""
    if views in MIRRORED:
        seen = [*seen, *(images.flip(-1) for images in seen)]
    logits: Tensor = model(torch.cat(seen)).float()
    mean: Tensor = logits.unflatten(0, (len(seen), -1)).mean(0)
    return mean


def as_it_is(_model: nn.Module, _images: Tensor, logits: Tensor) -> Tensor:
    """Returns a copy of the (B, K) logits of pictures."""
    return logits.clone()


def with_mirror_image(model: nn.Module, images: Tensor, logits: Tensor) -> Tensor:
    """Averages the (B, K) logits of pictures with those of their mirror images."""
    average: Tensor = (logits + model(images.flip(-1)).float()) / 2
    return average


def is_unsure(logits: Tensor) -> Tensor:
    """Returns where two classes are nearly as likely as each other: (B,) bool for (B, K) logits."""
    likeliest, second = logits.softmax(1).topk(2).values.unbind(1)
    return likeliest - second < UNSURE


def shifts(images: Tensor) -> list[Tensor]:
    """Returns pictures shifted by a pixel down, up, right and left; what comes in from outside repeats the edge.

    A pixel is one of a picture of 28 x 28: of larger ones it is as large a share.
    """
    height, width = images.shape[2:]
    step = max(1, round(min(height, width) / SIDE))
    larger = F.pad(images, (step, step, step, step), mode="replicate")
    return [larger[:, :, step * top : step * top + height, step * left : step * left + width] for top, left in SHIFTS]


def passes(views: int) -> float:
    """Returns about how many times a model sees a picture when so many views are asked for."""
    sure = 2 if views in MIRRORED else 1
    return sure + UNSURE_SHARE * max(0, views - 2 if sure == 2 else views - 1)


def check_views(views: int, *, mirrors: bool = True) -> None:
    """Raises SettingError unless a model can look at pictures by so many views; one may not know mirror images."""
    if views not in VIEWS:
        raise SettingError(
            f"views is {views}; it must be 1 (the picture), 2 (with its mirror image), 10 (also shifted) or 5 (shifted "
            "alone)"
        )
    if views in MIRRORED and not mirrors:
        raise SettingError(f"views is {views}, with mirror images, but the run tells left from right; 1 or 5 is needed")
