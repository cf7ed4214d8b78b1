"""What a model shows of its inside, for a new head, for explanations and for neighbours: said once for all models.

Legend: B pictures, C channels, H x W pixels, D features, K classes.
"""

from collections.abc import Sequence
from typing import Protocol, cast

import torch
from torch import Tensor, nn

from muslin.errors import SettingError

__all__ = ["Backbone", "as_backbone", "head_prefix", "maps_by_group"]


class Backbone(Protocol):
    """A model whose logits are `head(features(images))`; every model in `MODELS` is one, and tests hold it to that.

    Pictures are (B, C, H, W) float, normalised by the data's statistics. Both methods compute as the model does in the
    mode that it is in: call `eval()` first for answers that do not depend on the batch.
    """

    @property
    def head(self) -> nn.Linear:
        """The last layer, from D features to K logits."""

    def features(self, images: Tensor) -> Tensor:
        """Returns what the head sees of pictures: (B, D)."""

    def feature_maps(self, images: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Returns the maps on the way to the features, and the features, from one pass.

        The maps are (B, C, H, W) each, after the activation, at least one for each resolution, in the order in which
        they are computed: no map is finer than the one before. Their names are for people, such as "group 2". The
        features are those of `features`, (B, D), and follow from each of the maps, so that the logits' gradient with
        respect to any map is `torch.autograd.grad(head(features)[:, k].sum(), maps[name])`; give pictures that require
        gradients for it, since a model can be frozen and a stem fixed. A model that has no maps gives none.
        """


def as_backbone(model: nn.Module, purpose: str) -> Backbone:
    """Returns the model itself, once it has all that a `Backbone` has.

    Args:
        model: any, a person's own too.
        purpose: what needs it, for the message, such as "a new head".

    Raises:
        SettingError: something is missing; the message lists all of it.
    """
    missing = [] if isinstance(getattr(model, "head", None), nn.Linear) else ["head that is a torch.nn.Linear"]
    names = ("features", "feature_maps")
    missing += [f"method {name}(images)" for name in names if not callable(getattr(model, name, None))]
    if missing:
        raise SettingError(
            f"a model of type {type(model).__name__} has no {', no '.join(missing)}, which {purpose} needs; "
            "take one of Muslin's own, such as efficientnet_lite0, or add what is missing"
        )
    return cast("Backbone", model)


def head_prefix(model: nn.Module) -> str:
    """Returns what the names of the head's tensors begin with in a backbone's state dict, such as "head."."""
    head = as_backbone(model, "telling the head's weights from others").head
    return next(f"{name}." for name, module in model.named_modules() if module is head)


def first_filters(model: nn.Module) -> Tensor | None:
    """Returns the filters of a model's first convolution, learnt or fixed; None where there is no convolution.

    Args:
        model: any, a person's own too; the first convolution is the one that was registered first.

    Returns:
        (filters, channels that each looks at, H, W) float, on the model's device, outside of any graph.
    """
    weights = (getattr(module, "weight", None) for module in model.modules())
    return next((w.detach() for w in weights if isinstance(w, torch.Tensor) and w.ndim == 4), None)


def maps_by_group(x: Tensor, blocks: nn.Sequential, depths: Sequence[int], word: str = "group") -> dict[str, Tensor]:
    """Sends maps through blocks, and returns what each group of them gives, by names such as "group 1".

    Args:
        x: (B, C, H, W).
        blocks: all groups' blocks, one after another.
        depths: the number of blocks in each group.
        word: what a group is called.
    """
    maps, done = {}, 0
    for group, depth in enumerate(depths, 1):
        x = blocks[done : done + depth](x)
        maps[f"{word} {group}"] = x
        done += depth
    return maps
