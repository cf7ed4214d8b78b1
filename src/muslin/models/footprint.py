"""How much memory a model takes for each picture: counted from its layers' shapes, before it is taken.

Legend: C channels, H x W pixels.
"""

import copy

import torch
from torch import Tensor, nn

from muslin.data.spec import DataSpec

__all__ = ["answering_bytes", "training_bytes"]

FLOAT = 4  # bytes


def training_bytes(model: nn.Module, spec: DataSpec) -> int | None:
    """Returns the bytes that a model in float32 keeps of each picture for the backward pass.

    They are counted on a copy of the model without values (PyTorch's meta device), by what autograd asks to keep.

    Args:
        model: (B, C, H, W) to (B, K) logits; it is left as it is.
        spec: the description of the pictures.

    Returns:
        The bytes; None for a model that computes outside of PyTorch, so that they cannot be counted.
    """
    kept: dict[int, torch.UntypedStorage] = {}

    def keep(tensor: Tensor) -> Tensor:
        kept[tensor.untyped_storage()._cdata] = tensor.untyped_storage()
        return tensor

    pictures = 2  # the least that a norm can be trained on
    try:
        hollow = copy.deepcopy(model).to("meta").train()
        own = {t.untyped_storage()._cdata for t in hollow.state_dict(keep_vars=True).values()}
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            hollow(torch.empty(pictures, spec.channels, spec.height, spec.width, device="meta"))
    except Exception:  # a model of a person's own can do anything; then training tells
        return None
    return sum(storage.nbytes() for key, storage in kept.items() if key not in own) // pictures


@torch.no_grad()
def answering_bytes(model: nn.Module, image: Tensor) -> int:
    """Returns the bytes of the input and output of a model's largest layer, for each picture, in float32.

    Args:
        model: (B, C, H, W) to (B, K) logits, in the mode to answer in; it answers the one picture.
        image: (1, C, H, W) float32, normalised, where the model is.
    """
    largest = image.numel()

    def note(_layer: nn.Module, inputs: tuple[object, ...], output: object) -> None:
        nonlocal largest
        largest = max(largest, sum(t.numel() for t in (*inputs, output) if isinstance(t, Tensor)))

    handles = [layer.register_forward_hook(note) for layer in model.modules() if not list(layer.children())]
    try:
        model(image)
    finally:
        for handle in handles:
            handle.remove()
    return FLOAT * largest
