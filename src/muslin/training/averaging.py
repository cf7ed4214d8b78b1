"""An exponential moving average of the weights (Polyak and Juditsky, 1992), often better than the last step's."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

__all__ = ["WeightAverage"]


class WeightAverage:
    """Follows a model's weights and buffers.

    The decay rises with the number of updates, so that the first steps are forgotten.

    Args:
        model: the model to follow.
        decay: share of the average that one update keeps at the most, in [0, 1); 0 follows nothing.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay, self.updates = decay, 0
        followed = {name: t for name, t in model.state_dict().items() if decay and t.is_floating_point()}
        self.names, self.current = list(followed), list(followed.values())
        self.average = [t.clone() for t in self.current]

    def tensors(self) -> dict[str, Tensor]:
        """Returns the averages by the names that the model has for them."""
        return dict(zip(self.names, self.average, strict=True))

    def resume(self, tensors: dict[str, Tensor], updates: int) -> None:
        """Takes up what `tensors` gave after so many updates."""
        self.updates = updates
        for name, average in self.tensors().items():
            average.copy_(tensors[name])

    @torch.no_grad()
    def update(self) -> None:
        """Takes the model's present weights in."""
        if not self.decay:
            return
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        torch._foreach_lerp_(self.average, self.current, 1 - decay)

    @contextmanager
    def swapped_in(self) -> Iterator[None]:
        """Lends the model the averaged weights until the block ends."""
        self.swap()
        try:
            yield
        finally:
            self.swap()

    @torch.no_grad()
    def swap(self) -> None:
        """Exchanges the model's weights and the average."""
        for current, average in zip(self.current, self.average, strict=True):
            kept: Tensor = current.clone()
            current.copy_(average)
            average.copy_(kept)
