from types import SimpleNamespace

import pytest

from muslin.config import FitSettings
from muslin.pipeline.job import Job


def make_job(settings: FitSettings, **changes) -> Job:
    """A job of which only its settings and its start are known."""
    fields = dict.fromkeys(Job.__dataclass_fields__) | {"request": SimpleNamespace(settings=settings)} | changes
    return Job(**fields)


@pytest.mark.parametrize(
    ("epochs", "skip_easy", "words"),
    [
        (1, 0.0, "1 epoch"),
        (3, 0.0, "3 epochs"),
        (7, 0.65, "7 epochs, all but the first on the hardest 35 % of the pictures"),
        (1, 0.65, "1 epoch"),
    ],
)
def test_epochs_in_words(epochs, skip_easy, words):
    assert make_job(FitSettings(skip_easy=skip_easy)).epochs_in_words(epochs) == words


PRETRAINED = {"model": "efficientnet_lite0", "epochs": 5}


@pytest.mark.parametrize(
    ("settings", "start", "words"),
    [
        ({"epochs": 3}, None, "3 epochs"),
        ({"epochs": 3, "time_budget": 90.0}, None, "in 1:30"),
        (PRETRAINED, None, "last layer"),
        (PRETRAINED | {"unfreeze": True}, None, "last layer, then all of it for 5 epochs"),
        (PRETRAINED | {"unfreeze": True}, object(), "5 epochs"),
    ],
)
def test_how_long_it_trains_in_words(settings, start, words):
    assert make_job(FitSettings(**settings), start=start).length_in_words() == words
