"""What is known before the first step, and what is told from then on."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from torch import nn

from muslin.config import FitSettings
from muslin.data.images import Splits
from muslin.distributed.world import World
from muslin.machine.device import Machine
from muslin.models.pretrained import PRETRAINED_WEIGHTS
from muslin.pipeline.events import Notice, Packing, Run
from muslin.pipeline.request import Order
from muslin.run.checkpoints import Checkpoint, Checkpoints
from muslin.training.state import EpochResult, Progress

__all__ = ["Job", "Report"]


@dataclass(frozen=True)
class Job:
    """Everything that is ready before the first step.

    Attributes:
        order: what is asked for.
        splits: the data.
        machine: where and how to compute.
        world: the processes that train together.
        model: on the machine's device.
        folder: of the run.
        checkpoints: of the run; None in processes that write nothing.
        start: where a resumed run goes on; None at the beginning.
        started: `time.monotonic()` at the start, of a resumed run as if it had never stopped.
        date: local time at the start.
    """

    order: Order
    splits: Splits
    machine: Machine
    world: World
    model: nn.Module
    folder: Path
    checkpoints: Checkpoints | None
    start: Checkpoint | None
    started: float
    date: datetime

    @property
    def recipe(self) -> str:
        """The recipe's name."""
        return self.order.recipe

    @property
    def settings(self) -> FitSettings:
        """What training does."""
        return self.order.settings

    @property
    def resumed_step(self) -> int:
        """Optimizer steps that an earlier process took."""
        return self.start.step if self.start else 0

    @property
    def parameters(self) -> int:
        """How many numbers the model learns."""
        return sum(p.numel() for p in self.model.parameters())

    @property
    def sizes(self) -> dict[str, int]:
        """Pictures of each split."""
        return {name: len(getattr(self.splits, name)) for name in ("train", "validation", "test")}

    @property
    def learns_head(self) -> bool:
        """Whether a pretrained model's last layer is to be fitted first."""
        return self.settings.model in PRETRAINED_WEIGHTS and not self.settings.init and self.start is None

    def told(self, epochs: int) -> str:
        """Says in words what so many epochs are."""
        words, skipped = f"{epochs} epoch{'s' * (epochs != 1)}", self.settings.skip_easy
        if not skipped or epochs == 1:
            return words
        return f"{words}, all but the first on the hardest {100 - 100 * skipped:g} % of the pictures"

    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started


Report = Callable[[Job | Packing | Progress | EpochResult | Notice | Run], None]
