"""What changes from step to step."""

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["EpochResult", "FitResult", "Progress"]


@dataclass(frozen=True)
class Progress:
    """Where a run is; reported every few steps.

    Attributes:
        epoch: from 1.
        share: of the run that is done, in [0, 1].
        loss: mean training loss of the last few steps, in nats.
        remaining: seconds, estimated.
    """

    epoch: int
    share: float
    loss: float
    remaining: float

    def as_json(self) -> dict[str, Any]:
        """Returns what JSON tells of it."""
        return {"event": "progress"} | asdict(self)


@dataclass(frozen=True)
class EpochResult:
    """What one epoch gave; reported after its validation.

    Attributes:
        epoch: from 1.
        step: optimizer steps so far.
        train_loss: mean over the epoch's pictures as they were trained on, smoothed labels included, in nats.
        validation_loss: mean cross-entropy in nats.
        validation_accuracy: in [0, 1].
        learning_rate_factor: share of the highest learning rate, at the epoch's end.
        pictures_per_second: training alone.
        seconds: since the run started.
        pictures: that were trained on; 0 in runs of older versions, which did not tell.
    """

    epoch: int
    step: int
    train_loss: float
    validation_loss: float
    validation_accuracy: float
    learning_rate_factor: float
    pictures_per_second: float
    seconds: float
    pictures: int = 0

    def as_json(self) -> dict[str, Any]:
        """Returns what JSON tells of it."""
        return {"event": "epoch"} | asdict(self)


@dataclass(frozen=True)
class FitResult:
    """How training ended.

    Attributes:
        epochs: one result for each epoch that was finished.
        ended: `done`, `early` (no more progress), or `interrupted`.
    """

    epochs: tuple[EpochResult, ...]
    ended: str
