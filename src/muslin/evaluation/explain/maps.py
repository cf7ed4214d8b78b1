"""What a model has learnt to look for, and what it sees of pictures on the way: first filters and feature maps.

Legend: B pictures, C channels, H x W pixels, F filters, h x w cells.
"""

import torch
from torch import Tensor

from muslin.errors import SettingError
from muslin.evaluation.explain.pictures import answering, check_pictures, largest_batch, prepared
from muslin.models.backbone import as_backbone, first_filters
from muslin.prediction.classifier import Classifier

__all__ = ["feature_maps", "filters"]


def filters(classifier: Classifier, _images: Tensor | None = None) -> Tensor:
    """Returns the filters of the first convolution, (F, channels that each looks at, h, w) float32 on the CPU.

    Args:
        classifier: one whose model has a convolution, learnt or fixed.
        _images: not looked at: filters are the same for all pictures.

    Raises:
        SettingError: the model has no convolution.
    """
    found = first_filters(classifier.model)
    if found is None:
        raise SettingError(
            f"a model of type {type(classifier.model).__name__} has no convolution, and so no filters; template scores "
            "show what a linear model looks for"
        )
    return found.float().cpu()


@torch.no_grad()
def feature_maps(classifier: Classifier, images: Tensor) -> dict[str, Tensor]:
    """Returns the maps on the way to the features, (B, F, h, w) float32 each, by names such as "group 2".

    They come in the order in which they are computed; on the CPU.

    Args:
        classifier: one whose model has feature maps, as a `Backbone` has them; its mode stays.
        images: (B, C, H, W) uint8 of the size that the classifier takes.

    Raises:
        SettingError: the pictures do not fit the classifier, or its model has no feature maps.
    """
    check_pictures(classifier, images)
    model = as_backbone(classifier.model, "feature maps")
    with answering(classifier.model):
        parts = [model.feature_maps(prepared(classifier, part))[0] for part in images.split(largest_batch(classifier))]
    if not parts[0]:
        raise SettingError(
            f"a model of type {type(classifier.model).__name__} has no feature maps; occlusion explains any model, and "
            "template scores a linear one"
        )
    return {name: torch.cat([each[name].float().cpu() for each in parts]) for name in parts[0]}
