"""Watch the losses of a run, and keep the last weights that were seen to be finite."""

import math
import time

import torch
from torch import Tensor, nn

from muslin.distributed.world import ALONE, World
from muslin.errors import TrainingError

__all__ = ["LossWatch"]


class LossWatch:
    """Sums the losses of an epoch, and keeps a copy of the last weights that were seen to be finite.

    Args:
        model: the model whose weights to keep.
        world: the processes whose losses add up to the batch's.

    Attributes:
        total: sum of the losses over the epoch's pictures that were looked at, in nats.
        pictures: number of these pictures.
    """

    def __init__(self, model: nn.Module, world: World = ALONE) -> None:
        self.model, self.world = model, world
        self.unread: list[tuple[int, int, Tensor]] = []  # step, pictures, loss
        self.begin_epoch()
        self._keep_weights(step=0)

    def resume(self, total: float, pictures: int, step: int) -> None:
        """Takes up an epoch's sums, and the weights that the model has after so many steps."""
        self.begin_epoch(total, pictures)
        self._keep_weights(step)

    def begin_epoch(self, total: float = 0.0, pictures: int = 0) -> None:
        """Begins to sum anew, or from what was summed before."""
        self.total, self.pictures = total, pictures
        self.since, self.seen = time.perf_counter(), 0  # for the speed: a resumed epoch counts from there

    @property
    def mean(self) -> float:
        """The mean loss over the epoch's pictures that were looked at, in nats."""
        return self.total / max(self.pictures, 1)

    def pictures_per_second(self, until: float) -> float:
        """Returns the speed from the epoch's beginning, or its resumption, until a time by `time.perf_counter()`."""
        return self.seen / (until - self.since)

    def add(self, loss: Tensor, pictures: int, step: int) -> None:
        """Takes in a step's loss (), the mean over so many pictures, without waiting for it."""
        self.unread.append((step, pictures, loss))

    def look(self, where: str = "") -> float:
        """Reads the losses since the last look, and returns their mean over steps (nan if there was none).

        Args:
            where: words that tell where training is, for the message.

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
        last_step = self.unread[-1][0]
        if not all(bool(t.isfinite().all()) for t in self.model.state_dict().values()):
            self._fall_back(f"weights became infinite or NaN by step {last_step}{where}")
        self._keep_weights(last_step)
        self.unread.clear()
        return float(sum(values) / len(values))

    def _keep_weights(self, step: int) -> None:
        self.good = {name: t.clone() for name, t in self.model.state_dict().items()}
        self.good_step = step

    def _fall_back(self, problem: str) -> None:
        self.model.load_state_dict(self.good)
        raise TrainingError(
            f"{problem}: training diverged. The finite weights of step {self.good_step} were kept. "
            "Try a lower lr and muon_lr, or precision=fp32"
        )
