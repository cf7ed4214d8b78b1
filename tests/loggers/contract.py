"""What every logger must do; a class for each one says how its tool reads a log back."""

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import pytest

from muslin.loggers import make_logger
from muslin.pipeline.events import Ended, EpochResult, Started
from tests.samples import QUICK

# Trains and logs; the first attempt to reach another computer ends the process, whatever thread makes it.
OFFLINE = """
import os, socket, sys
def refuse(event, arguments):
    reaches_out = event == "socket.connect" and arguments[0].family != socket.AF_UNIX
    if reaches_out or event in ("socket.getaddrinfo", "socket.sendto", "webbrowser.open"):
        print(event, arguments[1:], file=sys.stderr, flush=True)
        os._exit(3)
sys.addaudithook(refuse)
import muslin
from muslin.loggers import make_logger
name, data, out = sys.argv[1:]
with make_logger(name) as logger:
    muslin.fit(data, "espresso", out=out, report=logger, model="linear", epochs=1, batch_size=32)
"""


@dataclass
class Log:
    """What a tool gives back: settings by name, (step, value) pairs by name, names of pictures."""

    settings: dict[str, object]
    values: dict[str, list[tuple[int, float]]]
    pictures: set[str]


class LoggerContract:
    name: ClassVar[str]
    library: ClassVar[str]

    def read(self, folder: Path) -> Log:
        raise NotImplementedError

    @pytest.fixture
    def events(self, runs, request, recorded):
        """A small run's events, moved to a folder of the test's own."""
        folder = runs / request.node.name
        folder.mkdir()
        for picture in recorded[-1].folder.glob("*.png"):
            (folder / picture.name).write_bytes(picture.read_bytes())
        return [moved(event, folder) for event in recorded]

    def test_every_number_can_be_read_back(self, events):
        with make_logger(self.name) as logger:
            for event in events:
                logger(event)
        self.check(self.read(events[-1].folder), events)

    def test_a_killed_run_goes_on_in_its_log_with_no_step_twice(self, events):
        start, first, second, end = (e for e in events if isinstance(e, Started | EpochResult | Ended))
        killed = make_logger(self.name)
        for event in (start, first):
            killed(event)
        with make_logger(self.name) as resumed:
            for event in (start, first, second, end):
                resumed(event)
        self.check(self.read(end.folder), events)

    def test_a_run_killed_at_its_start_goes_on_too(self, events):
        make_logger(self.name)(events[0])
        with make_logger(self.name) as resumed:
            for event in events:
                resumed(event)
        self.check(self.read(events[-1].folder), events)

    def test_a_failed_run_keeps_what_was_logged(self, events):
        start, first, *_ = (e for e in events if isinstance(e, Started | EpochResult))

        def fail() -> None:
            with make_logger(self.name) as logger:
                logger(start)
                logger(first)
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            fail()
        log = self.read(start.folder)
        assert [step for step, _ in log.values["train_loss"]] == [first.step]
        assert "test_accuracy" not in log.values

    def test_nothing_is_sent_to_another_computer(self, runs, data):
        # without what tells a library that it is under test, and with what would have it send things
        environment = {name: os.environ[name] for name in ("PATH", "TRACKIO_DIR")}
        environment |= {"HOME": str(runs), "HF_TOKEN": "hf_not_real", "TRACKIO_SPACE_ID": "someone/board"}
        process = subprocess.run(
            [sys.executable, "-c", OFFLINE, self.name, str(data), str(runs / "offline")],
            env=environment, cwd=runs, capture_output=True, text=True,
        )  # fmt: skip
        assert process.returncode == 0, process.stderr
        assert process.stdout == ""  # which belongs to `--json` and `--quiet`
        assert len(self.read(runs / "offline").values["test_accuracy"]) == 1

    def check(self, log: Log, events: list) -> None:
        assert log.settings["recipe"] == "espresso"
        assert log.settings["data"] == "bars"
        numbers = QUICK | {"train_pictures": 270, "validation_pictures": 30, "test_pictures": 60, "seed": 0}
        assert {name: type(value)(log.settings[name]) for name, value in numbers.items()} == numbers
        epochs = [e for e in events if isinstance(e, EpochResult)]
        assert len(epochs) == QUICK["epochs"]
        for name in (
            "train_loss", "validation_loss", "validation_accuracy", "learning_rate_factor", "pictures_per_second",
        ):  # fmt: skip
            assert log.values[name] == [(e.step, pytest.approx(getattr(e, name), rel=1e-6)) for e in epochs]
        last, end = epochs[-1].step, events[-1]
        assert log.values["test_accuracy"] == [(last, pytest.approx(end.test.accuracy, rel=1e-6))]
        assert log.values["test_loss"] == [(last, pytest.approx(end.test.loss, rel=1e-6))]
        assert log.pictures == {"curves", "predictions"}


def moved(event, folder: Path):
    return replace(event, folder=folder) if isinstance(event, Started | Ended) else event
