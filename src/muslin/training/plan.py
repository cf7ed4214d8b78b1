"""How long to train: a number of epochs, or a budget of seconds."""

import time
from collections.abc import Callable

from muslin.config import FitSettings

__all__ = ["TimePlan"]

FINISHING = 4.0  # seconds for the pictures and files after training


class TimePlan:
    """How long to train, and what share of it is done, so that the schedule ends annealed either way.

    How far training has come is told in epochs, a number that grows with every step: 2.5 in the middle of the third.

    Args:
        settings: `epochs`, or `time_budget` in seconds from the start.
        started: `time.monotonic()` when the run began.
        final_cost: cost of the last validation and the test together, in validations.
        agree: a function that returns, in all processes that train together, the share that one found by its clock.
    """

    def __init__(
        self, settings: FitSettings, started: float, final_cost: float, agree: Callable[[float], float] = float
    ) -> None:
        self.budget, self.started, self.final_cost = settings.time_budget, started, final_cost
        self.epochs, self.skip_easy = settings.epochs, settings.skip_easy
        self.agree = agree
        self.training_started = time.monotonic()
        self.validation_seconds = 0.0

    def elapsed(self) -> float:
        """Returns the seconds since the run began."""
        return time.monotonic() - self.started

    def share(self, epochs: float) -> float:
        """Returns the share of the training that is done after so many epochs, in [0, 1]."""
        if not self.budget:
            return self._work(epochs) / self._work(self.epochs)
        begun = self.training_started - self.started
        return self.agree(min(1.0, (self.elapsed() - begun) / max(self._end() - begun, 1e-9)))

    def _work(self, epochs: float) -> float:
        """Returns the cost of so many epochs, in whole ones: all but the first leave easy pictures out."""
        return min(epochs, 1) + (1 - self.skip_easy) * max(epochs - 1, 0)

    def is_over(self, epochs: float) -> bool:
        """Whether no step is left."""
        return self.share(epochs) >= 1

    def remaining(self, epochs: float) -> float:
        """Returns an estimate of the seconds until training ends."""
        if self.budget:
            return max(0.0, self._end() - self.elapsed())
        done = self.share(epochs)
        return (time.monotonic() - self.training_started) * (1 - done) / max(done, 1e-9)

    def note_validation(self, seconds: float) -> None:
        """Takes in what a validation costs: the last one and the final test must fit in the budget."""
        self.validation_seconds = seconds

    def state(self) -> dict[str, float]:
        """Returns the seconds that a resumed run has to know of."""
        return {
            "elapsed": self.elapsed(), "training": time.monotonic() - self.training_started,
            "validation": self.validation_seconds,
        }  # fmt: skip

    def resume(self, state: dict[str, float]) -> None:
        """Takes up what `state` gave: seconds that passed while nothing ran do not count."""
        now = time.monotonic()
        self.started, self.training_started = now - state["elapsed"], now - state["training"]
        self.validation_seconds = state["validation"]

    def _end(self) -> float:
        return self.budget - FINISHING - self.final_cost * self.validation_seconds
