"""How the learning rate changes over a run: pure functions of the share of the run that is done."""

import math

from muslin.config import FitSettings

__all__ = ["learning_rate_factor"]

START = 0.2  # of the highest rate, at the first step of a warm-up
END = 0.02  # of the highest rate, at the last step: never quite 0, so that the last steps still count


def learning_rate_factor(progress: float, settings: FitSettings) -> float:
    """Returns the share of the highest learning rate to use now.

    Args:
        progress: share of the run that is done, in [0, 1].
        settings: the schedule's name, and the share of the run that warms up.

    Returns:
        A number in (0, 1]: rising linearly over the warm-up, then by the schedule.
    """
    if progress < settings.warmup:
        return START + (1 - START) * progress / settings.warmup
    done = (progress - settings.warmup) / (1 - settings.warmup)
    if settings.schedule == "linear":
        return 1 - (1 - END) * done
    if settings.schedule == "cosine":
        return END + (1 - END) * (1 + math.cos(math.pi * done)) / 2
    return 1.0
