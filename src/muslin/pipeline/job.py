"""What is known before the first step."""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from torch import nn

from muslin.config import FitSettings
from muslin.data.images import Splits
from muslin.distributed.world import World
from muslin.machine.device import Machine
from muslin.models.pretrained import PRETRAINED_WEIGHTS
from muslin.pipeline.events import Started
from muslin.pipeline.request import Request
from muslin.run.checkpoints import Checkpoint, Checkpoints
from muslin.text import duration, plural

__all__ = ["Job"]


@dataclass(frozen=True)
class Job:
    """Everything that is ready before the first step.

    Attributes:
        request: what is asked for.
        splits: the data.
        machine: where and how to compute.
        world: the processes that train together.
        model: the model, on the machine's device.
        folder: the run's folder.
        checkpoints: the run's checkpoints; None in processes that write nothing.
        start: the checkpoint where a resumed run goes on; None at the beginning.
        started: `time.monotonic()` at the start, of a resumed run as if it had never stopped.
        date: the local time at the start.
    """

    request: Request
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
        """Returns the recipe's name."""
        return self.request.recipe

    @property
    def settings(self) -> FitSettings:
        """Returns what training does."""
        return self.request.settings

    @property
    def resumed_step(self) -> int:
        """Returns the optimizer steps that earlier processes took."""
        return self.start.step if self.start else 0

    @property
    def parameters(self) -> int:
        """Returns how many numbers the model learns."""
        return sum(p.numel() for p in self.model.parameters())

    @property
    def sizes(self) -> dict[str, int]:
        """Returns how many pictures each split holds."""
        return {name: len(getattr(self.splits, name)) for name in ("train", "validation", "test")}

    @property
    def learns_head(self) -> bool:
        """Whether a pretrained model's last layer is to be fitted first."""
        return self.settings.model in PRETRAINED_WEIGHTS and not self.settings.init and self.start is None

    def epochs_in_words(self, epochs: int) -> str:
        """Returns in words what so many epochs are."""
        words, skipped = plural(epochs, "epoch"), self.settings.skip_easy
        if not skipped or epochs == 1:
            return words
        return f"{words}, all but the first on the hardest {100 - 100 * skipped:g} % of the pictures"

    def length_in_words(self) -> str:
        """Returns in words how long it trains, and what."""
        budget = self.settings.time_budget
        length = f"in {duration(budget)}" if budget else self.epochs_in_words(self.settings.epochs)
        if not self.learns_head:
            return length
        return f"last layer, then all of it for {length}" if self.settings.unfreeze else "last layer"

    def elapsed(self) -> float:
        """Returns the seconds since the start."""
        return time.monotonic() - self.started

    def as_event(self) -> Started:
        """Returns what is told of it before the first step."""
        return Started(
            folder=self.folder,
            recipe=self.recipe,
            settings=self.settings,
            data=self.splits.name,
            classes=self.splits.spec.classes,
            sizes=self.sizes,
            parameters=self.parameters,
            machine=self.machine.summary,
            length=self.length_in_words(),
            resumed_step=self.resumed_step if self.request.resumes else None,
            seconds=self.elapsed(),
        )
