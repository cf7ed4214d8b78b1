"""What every logger does with a run's events."""

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import ClassVar, Self

from muslin.errors import MuslinError, SettingError
from muslin.pipeline.events import Ended, EpochResult, Event, Started

__all__ = ["PROJECT", "Logger", "Value"]

PROJECT = "muslin"  # what the tools that group runs file them under
PICTURES = ("curves", "predictions")

Value = int | float | str


class Logger(ABC):
    """Passes a run's numbers on to one tool: a context manager, and a `report` for `muslin.fit`.

    A run that is resumed goes on in the same log, and no step is logged twice: what the log already holds is passed
    over. A log that cannot begin stops the run before it trains; one that fails later is warned of, and the run goes on
    without it, since `metrics.jsonl` in the run's folder holds the same numbers.

    Attributes:
        name: its name, as after `--log`.
        is_open: whether a run is being logged.
        last_step: the last step in the log, 0 for none.
    """

    name: ClassVar[str]

    def __init__(self) -> None:
        self.is_open = False
        self.last_step = 0

    @abstractmethod
    def begin(self, folder: Path, settings: Mapping[str, Value]) -> int:
        """Opens the run's log, or opens it again; returns the last step in it, 0 for none.

        Args:
            folder: the run's folder.
            settings: what the run is made of, by name.
        """

    @abstractmethod
    def add(self, values: Mapping[str, float], step: int) -> None:
        """Logs numbers at a step, so that they outlast a crash.

        Args:
            values: the numbers, by name.
            step: the optimizer steps so far.
        """

    @abstractmethod
    def add_picture(self, name: str, path: Path) -> None:
        """Logs a PNG, at the last step."""

    @abstractmethod
    def close(self, ended: str) -> None:
        """Closes the log of a run that ended `done`, `early`, `interrupted` or `failed`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the log of a run that did not reach its end."""
        if self.is_open:
            self._attempt(lambda: self._close("failed"))

    def __call__(self, event: Event) -> None:
        """Logs one event.

        Raises:
            SettingError: the log cannot begin.
        """
        match event:
            case Started():
                self._begin(event)
            case EpochResult() if self.is_open:
                self._attempt(lambda: self._add_epoch(event))
            case Ended() if self.is_open:
                self._attempt(lambda: self._end(event))

    def _begin(self, start: Started) -> None:
        try:
            self.last_step = self.begin(start.folder, settings_of(start))
        except MuslinError:
            raise
        except Exception as error:  # a tool, its store or its server can fail in any way
            raise SettingError(
                f"logger {self.name} cannot begin: {type(error).__name__}: {error}; mend that, or train without it"
            ) from error
        self.is_open = True

    def _attempt(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:  # as above; a log is not worth a run
            self.is_open = False
            warnings.warn(
                f"logger {self.name} stopped: {type(error).__name__}: {error}. The run goes on; its numbers are in "
                "metrics.jsonl",
                stacklevel=3,
            )

    def _add_epoch(self, epoch: EpochResult) -> None:
        if epoch.step > self.last_step:
            self.last_step = epoch.step
            self.add(values_of(epoch), epoch.step)

    def _end(self, end: Ended) -> None:
        if end.test is not None:
            self.add({"test_accuracy": end.test.accuracy, "test_loss": end.test.loss}, self.last_step)
        for name in PICTURES:
            path = end.folder / f"{name}.png"
            if path.is_file():
                self.add_picture(name, path)
        self._close(end.ended)

    def _close(self, ended: str) -> None:
        self.is_open = False
        self.close(ended)


def settings_of(start: Started) -> dict[str, Value]:
    """Returns what a run is made of: recipe, data, each setting by its own name, sizes."""
    settings = asdict(start.settings)
    settings |= settings.pop("augmentation")
    return {
        "recipe": start.recipe,
        "data": start.data,
        **{name: value if isinstance(value, Value) else str(value) for name, value in settings.items()},
        **{f"{split}_pictures": count for split, count in start.sizes.items()},
        "parameters": start.parameters,
    }


def values_of(epoch: EpochResult) -> dict[str, float]:
    """Returns what is drawn over the steps."""
    return {
        "train_loss": epoch.train_loss,
        "validation_loss": epoch.validation_loss,
        "validation_accuracy": epoch.validation_accuracy,
        "learning_rate_factor": epoch.learning_rate_factor,
        "pictures_per_second": epoch.pictures_per_second,
    }
