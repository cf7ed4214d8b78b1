"""Which runs of a list to show, and in which order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from muslin.config import FitSettings
from muslin.errors import SettingError, unknown_name
from muslin.run.folder import RunSummary, time_of

__all__ = ["Choice", "sort_runs"]

ORDERS: dict[str, Callable[[RunSummary], Any]] = {  # the best, the newest and the quickest first; None goes last
    "time": lambda run: -time_of(run.started),
    "accuracy": lambda run: None if run.test_accuracy is None else -run.test_accuracy,
    "seconds": lambda run: run.seconds,
    "epochs": lambda run: run.epochs,
    "name": lambda run: (run.name or run.path.name).casefold(),
    "data": lambda run: run.data.casefold(),
    "recipe": lambda run: run.recipe.casefold(),
    "model": lambda run: run.model.casefold(),
}


def sort_runs(runs: Sequence[RunSummary], by: str, *, reverse: bool = False) -> list[RunSummary]:
    """Returns runs in an order; those that lack what it goes by are last either way, and ties stay as they were.

    Args:
        runs: in any order.
        by: `time` (the newest first), `accuracy` (the best first), `seconds`, `epochs`, `name`, `data`, `recipe` or
            `model`.
        reverse: whether to turn the order round.

    Raises:
        SettingError: there is no such order.
    """
    if by not in ORDERS:
        raise unknown_name("order", by, ORDERS)
    keys = [(ORDERS[by](run), run) for run in runs]
    known = sorted((pair for pair in keys if pair[0] is not None), key=lambda pair: pair[0], reverse=reverse)
    return [run for _, run in known] + [run for key, run in keys if key is None]


@dataclass(frozen=True)
class Choice:
    """Which runs to show: those that fit all that is given.

    Attributes:
        data: the data's name; None for any.
        recipe: the recipe's name; None for any.
        model: the model's name; None for any.
        finished: whether the run came to its end; None for both.
        settings: values of other settings by name, as typed; those of `Augmentation` go by their own names.

    Raises:
        SettingError: a setting is unknown, or a value is outside its range.
    """

    data: str | None = None
    recipe: str | None = None
    model: str | None = None
    finished: bool | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        FitSettings().changed(**self.settings)

    def fits(self, run: RunSummary) -> bool:
        """Whether a run is among those to show."""
        named = ((self.data, run.data), (self.recipe, run.recipe), (self.model, run.model))
        if any(wanted not in (None, value) for wanted, value in named):
            return False
        return self.finished in (None, run.is_finished) and (not self.settings or self._has_settings(run))

    def _has_settings(self, run: RunSummary) -> bool:
        try:
            settings = FitSettings.restored(dict(run.settings))
        except SettingError:  # of another version
            return False
        return settings.changed(**self.settings) == settings
