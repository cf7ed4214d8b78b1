"""How much memory a model takes for each picture: counted by what one or two take, before it is taken.

Legend: C channels, H x W pixels.
"""

import copy

import torch
from torch import Tensor, nn

from muslin.data.spec import DataSpec

__all__ = ["answering_bytes", "operations", "training_bytes"]

FLOAT = 4  # bytes


def training_bytes(model: nn.Module, spec: DataSpec) -> int:
    """Returns the bytes that a model in float32 keeps of each picture for the backward pass.

    They are counted by what autograd asks to keep, on a copy of the model that sees two pictures on the CPU: PyTorch's
    meta device would take no memory, but a second to import its compiler (decision 16).

    Args:
        model: (B, C, H, W) to (B, K) logits; it is left as it is.
        spec: the description of the pictures.

    Returns:
        The bytes; 0 for a model of which they cannot be counted, such as one that computes outside of PyTorch.
    """
    kept: dict[int, torch.UntypedStorage] = {}

    def keep(tensor: Tensor) -> None:  # in its place: a layer that kept its own output would be kept by it for ever
        kept[tensor.untyped_storage()._cdata] = tensor.untyped_storage()

    pictures = 2  # the least that a norm can be trained on
    try:
        twin = copy.deepcopy(model).cpu().train()
        own = {t.untyped_storage()._cdata for t in twin.state_dict(keep_vars=True).values()}
        with torch.random.fork_rng(devices=[]), torch.autograd.graph.saved_tensors_hooks(keep, lambda kept: kept):
            twin(torch.zeros(pictures, spec.channels, spec.height, spec.width))
    except Exception:  # a model of a person's own can do anything; then training tells
        return 0
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


@torch.no_grad()
def operations(model: nn.Module, spec: DataSpec) -> int:
    """Returns the floating-point operations of a model's convolutions and matrix products for one picture.

    A multiplication and an addition are two. PyTorch's own counter would import its compiler, which takes a second.

    Args:
        model: (B, C, H, W) to (B, K) logits, in the mode to answer in.
        spec: the description of the pictures.
    """
    total = 0

    def count(layer: nn.Module, _inputs: object, output: Tensor) -> None:
        nonlocal total
        weight = layer.weight
        assert isinstance(weight, Tensor)
        total += 2 * output.numel() * weight[0].numel()  # each output is a sum over so many products

    layers = [layer for layer in model.modules() if isinstance(getattr(layer, "weight", None), Tensor)]
    handles = [layer.register_forward_hook(count) for layer in layers if layer.weight.ndim > 1]  # type: ignore[operator]
    try:
        device = next((p.device for p in model.parameters()), torch.device("cpu"))
        model(torch.zeros(1, spec.channels, spec.height, spec.width, device=device))
    finally:
        for handle in handles:
            handle.remove()
    return total
