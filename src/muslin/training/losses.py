"""Watch the losses of a run, and keep the last weights that were seen to be finite."""

import math
import time

import torch
from torch import Tensor, nn

from muslin.distributed.world import ALONE, World
from muslin.errors import TrainingError

__all__ = ["LossWatch"]


class LossWatch:
    """Sums the losses, and keeps a copy of the last weights that were seen to be finite.

    Args:
        model: whose weights to keep.
        world: the processes whose losses add up to the batch's.
        step: that the model has come to.
    """

    def __init__(self, model: nn.Module, world: World = ALONE, step: int = 0) -> None:
        self.model, self.world = model, world
        self.unread: list[tuple[int, int, Tensor]] = []
        self.good = {name: t.clone() for name, t in model.state_dict().items()}
        self.good_step = step
        self.total, self.pictures = 0.0, 0
        self.since, self.seen = time.perf_counter(), 0  # for the speed: a resumed epoch counts from there

    def pictures_per_second(self) -> float:
        """Returns the speed since the epoch began, or was resumed."""
        return self.seen / (time.perf_counter() - self.since)

    def end_epoch(self) -> float:
        """Returns the mean loss over the epoch's pictures, and begins the next sum."""
        mean = self.total / max(self.pictures, 1)
        self.total, self.pictures = 0.0, 0
        self.since, self.seen = time.perf_counter(), 0
        return mean

    def add(self, loss: Tensor, pictures: int, step: int) -> None:
        """Takes a step's loss in, without waiting for it."""
        self.unread.append((step, pictures, loss))

    def look(self, where: str = "") -> float:
        """Reads the losses since the last look and gives their mean over steps (nan if there was none).

        Args:
            where: the training is, for the message.

        Raises:
            TrainingError: one is not finite; the model is given back its last finite weights.
        """
        if not self.unread:
            return math.nan
        values = self.world.sum(torch.stack([loss for _, _, loss in self.unread]).cpu()).tolist()
        for (step, pictures, _), value in zip(self.unread, values, strict=True):
            if not math.isfinite(value):
                self._fall_back(f"the loss became {value} at step {step}{where}")
            self.total += value * pictures
            self.pictures += pictures
            self.seen += pictures
        state = self.model.state_dict()
        if not all(bool(t.isfinite().all()) for t in state.values()):
            self._fall_back(f"weights became infinite or NaN by step {self.unread[-1][0]}{where}")
        self.good = {name: t.clone() for name, t in state.items()}
        self.good_step = self.unread[-1][0]
        self.unread.clear()
        return float(sum(values) / len(values))

    def _fall_back(self, problem: str) -> None:
        self.model.load_state_dict(self.good)
        raise TrainingError(
            f"{problem}: training diverged. The finite weights of step {self.good_step} were kept. "
            "Try a lower lr and muon_lr, or precision=fp32"
        )
