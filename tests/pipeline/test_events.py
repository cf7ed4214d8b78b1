import json
from dataclasses import replace
from pathlib import Path

import pytest

from muslin.config import FitSettings
from muslin.pipeline import events
from muslin.pipeline.events import Ended, EpochResult, Notice, Packing, Progress, Started, tell_packing
from tests.report.records import make_score

START = Started(
    folder=Path("runs/it"), recipe="coffee", settings=FitSettings(), data="bars", classes=("a", "b"),
    sizes={"train": 7, "validation": 3, "test": 5}, parameters=9, machine="2 threads", length="20 epochs",
    resumed_step=None, seconds=0.5,
)  # fmt: skip
EPOCH = EpochResult(1, 9, 0.5, 0.4, 0.875, 0.5, 1234.5, 65.0, 7)


def test_little_is_told_in_a_short_time_but_each_end(monkeypatch):
    times = iter([10.0, 10.05, 10.12, 10.13, 10.14])
    monkeypatch.setattr(events.time, "monotonic", lambda: next(times))
    told = []
    tell = tell_packing(told.append)
    for done in (64, 128, 192, 200):
        tell("reading", done, 200)
    tell("decoding", 64, 200)
    assert told == [Packing("reading", 64, 200), Packing("reading", 192, 200), Packing("reading", 200, 200)]


@pytest.mark.parametrize(
    ("event", "keys"),
    [
        (START, "event folder recipe settings data train validation test parameters seconds"),
        (Packing("reading", 64, 200), "event stage done total"),
        (Progress(1, 0.25, 0.75, 12.0), "event epoch share loss remaining"),
        (
            EPOCH,
            (
                "event epoch step train_loss validation_loss validation_accuracy learning_rate_factor "
                "pictures_per_second seconds pictures"
            ),
        ),
        (Notice("one"), "event text"),
        (
            Ended(Path("runs/it"), "done", 2, 70.0, make_score()),
            (
                "event ended folder seconds test_accuracy test_loss views test_accuracy_one_view test_loss_one_view "
                "report findings"
            ),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_programs_find_in_json_what_they_always_found(event, keys):
    assert list(json.loads(json.dumps(event.as_json()))) == keys.split()


def test_json_has_the_values():
    start = START.as_json()
    assert (start["event"], start["folder"], start["train"], start["test"]) == ("start", "runs/it", 7, 5)
    assert start["settings"]["augmentation"]["flip"] == "alternate"
    assert FitSettings.restored(start["settings"]) == START.settings
    assert EPOCH.as_json()["validation_accuracy"] == 0.875
    end = Ended(Path("runs/it"), "interrupted", 2, 70.0)
    assert end.as_json()["test_accuracy"] is None
    assert replace(end, test=make_score()).as_json()["test_accuracy_one_view"] == 0.5
