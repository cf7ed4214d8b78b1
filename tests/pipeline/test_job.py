from types import SimpleNamespace

import pytest

from muslin.config import FitSettings
from muslin.pipeline.job import Job


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
    assert Job.epochs_in_words(SimpleNamespace(settings=FitSettings(skip_easy=skip_easy)), epochs) == words
