"""Grad-CAM: where a convolutional network sees its evidence for a class, cell by cell.

Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", 2017, 1610.02391,
weighs each channel by its mean slope. That is right for the last layer, whose mean the head sees, but there a small
picture has 3 x 3 cells. In finer layers a channel helps in one place and harms in another, so each cell is weighed by
its own slope here, as Draelos and Carin do ("Use HiResCAM instead of Grad-CAM", 2020, 2011.08891); in the last layer
both are the same. docs/explanations.md has what either is worth.

Legend: B pictures, C channels, H x W pixels, h x w cells of a map, K classes.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from muslin.data.spec import DataSpec
from muslin.errors import SettingError
from muslin.evaluation.explain.attribution import Attribution, scaled
from muslin.evaluation.explain.pictures import answering, check_classes, check_pictures, largest_batch, prepared
from muslin.models.backbone import as_backbone
from muslin.models.footprint import training_bytes
from muslin.prediction.classifier import Classifier

__all__ = ["grad_cam"]

ROOM = 256 << 20  # bytes for what the backward pass needs of a batch
CELLS = 14  # on the shorter side: a coarser map is a few blobs


def grad_cam(classifier: Classifier, images: Tensor, classes: Tensor | None = None) -> Attribution:
    """Returns where the evidence for a class lies: relu(sum over channels of slope * feature map), cell by cell.

    The slope is that of the class's logit with respect to the map. The map is the last one, and so the one that knows
    most, of those with at least 14 cells on the shorter side; where none has so many, the last of the finest.

    Args:
        classifier: one whose model has feature maps, as a `Backbone` has them; its mode and its weights stay.
        images: (B, C, H, W) uint8 of the size that the classifier takes.
        classes: (B,) int64, the classes to explain; by default the likeliest ones by one view.

    Raises:
        SettingError: the pictures or classes do not fit the classifier, or its model has no feature maps.
    """
    check_pictures(classifier, images)
    if classes is not None:
        check_classes(classifier, images, classes)
    model, spec = as_backbone(classifier.model, "Grad-CAM"), classifier.spec
    with answering(classifier.model), torch.inference_mode(mode=False), torch.enable_grad():
        kept = max(1, training_bytes(classifier.model, spec))
        batch = min(largest_batch(classifier), max(1, ROOM // kept))
        name, (h, w) = layer_of(classifier)
        found = [torch.zeros(0, h, w)]
        explained = [torch.zeros(0, dtype=torch.int64)]
        for start in range(0, len(images), batch):
            maps, features = model.feature_maps(prepared(classifier, images[start : start + batch]).requires_grad_())
            logits = model.head(features)  # (B, K)
            chosen = logits.argmax(1) if classes is None else classes[start : start + batch].to(logits.device)
            (slope,) = torch.autograd.grad(logits.gather(1, chosen[:, None]).sum(), maps[name])  # (B, C, h, w)
            found.append((slope * maps[name]).sum(1).relu().detach().float().cpu())
            explained.append(chosen.cpu())
    evidence = enlarged(torch.cat(found), spec.height, spec.width)
    return Attribution(scaled(evidence), torch.cat(explained), f"{name}, {h} x {w}")


@torch.no_grad()
def layer_of(classifier: Classifier) -> tuple[str, tuple[int, int]]:
    """Returns the name of the map that serves, and its (h, w).

    Raises:
        SettingError: the model has no maps.
    """
    spec: DataSpec = classifier.spec
    blank = torch.zeros(1, spec.channels, spec.height, spec.width, dtype=torch.uint8)
    maps, _ = as_backbone(classifier.model, "Grad-CAM").feature_maps(prepared(classifier, blank))
    sizes = {name: (each.shape[2], each.shape[3]) for name, each in maps.items()}
    if not sizes:
        raise SettingError(
            f"a model of type {type(classifier.model).__name__} has no feature maps, which Grad-CAM needs; occlusion "
            "explains any model, and template scores a linear one"
        )
    least = min(CELLS, max(min(size) for size in sizes.values()))
    return [(name, size) for name, size in sizes.items() if min(size) >= least][-1]


def enlarged(evidence: Tensor, height: int, width: int) -> Tensor:
    """Brings evidence from cells to pixels: (B, h, w) to (B, H, W).

    Networks that halve a picture round up, so that the last cells may lie partly outside of it. Where that explains the
    cells' number, they are a power of two pixels apart, and what is outside is cut off.
    """
    sides = (height, width)
    size = [round(n * pixels_between(n, side)) for n, side in zip(evidence.shape[1:], sides, strict=True)]
    return F.interpolate(evidence[:, None], size, mode="bilinear")[:, 0, :height, :width]


def pixels_between(cells: int, pixels: int) -> float:
    """Returns how many pixels apart the cells of a map are.

    >>> pixels_between(14, 28), pixels_between(15, 29), pixels_between(4, 28), pixels_between(9, 27)
    (2, 2, 8, 3.0)
    """
    step = 1
    while cells * step < pixels:
        step *= 2
    return step if -(-pixels // step) == cells else pixels / cells
