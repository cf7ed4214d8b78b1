import sys

import pytest

from muslin.errors import RunError, SettingError
from muslin.loggers import LOGGERS, Logger, make_logger
from muslin.loggers.logger import settings_of
from muslin.pipeline.events import Ended, EpochResult, Started


class Listing(Logger):
    name = "listing"

    def __init__(self, last_step=0, fails=()):
        super().__init__()
        self.begun_at, self.fails, self.calls = last_step, dict(fails), []

    def note(self, *call):
        if call[0] in self.fails:
            raise self.fails[call[0]]
        self.calls.append(call)

    def begin(self, folder, settings):  # noqa: ARG002
        self.note("begin", folder)
        return self.begun_at

    def add(self, values, step):
        self.note("add", next(iter(values)), step)

    def add_picture(self, name, path):  # noqa: ARG002
        self.note("picture", name)

    def close(self, ended):
        self.note("close", ended)


@pytest.fixture
def steps(recorded):
    return [event.step for event in recorded if isinstance(event, EpochResult)]


def log(logger, events):
    with logger:
        for event in events:
            logger(event)
    return logger.calls


def test_what_a_whole_run_logs(recorded, steps):
    assert log(Listing(), recorded) == [
        ("begin", recorded[0].folder), ("add", "train_loss", steps[0]), ("add", "train_loss", steps[1]),
        ("add", "test_accuracy", steps[1]), ("picture", "curves"), ("picture", "predictions"), ("close", "done"),
    ]  # fmt: skip


def test_what_the_log_holds_already_is_not_logged_again(recorded, steps):
    calls = log(Listing(last_step=steps[0]), recorded)
    assert calls[1:3] == [("add", "train_loss", steps[1]), ("add", "test_accuracy", steps[1])]


def test_an_interrupted_run_has_no_test(recorded, tmp_path):
    end = Ended(tmp_path, "interrupted", 0, 1.0)
    assert log(Listing(), [recorded[0], end])[1:] == [("close", "interrupted")]


def test_a_run_that_stops_in_between_is_closed_as_failed(recorded):
    logger = Listing()

    def fail():
        with logger:
            logger(recorded[0])
            raise ValueError

    with pytest.raises(ValueError, match="^$"):
        fail()
    assert logger.calls[-1] == ("close", "failed")


def test_a_run_that_never_began_is_not_closed():
    assert log(Listing(), []) == []


def test_a_log_that_cannot_begin_stops_the_run(recorded):
    with pytest.raises(SettingError, match=r"^logger listing cannot begin: OSError: no such server; mend that"):
        log(Listing(fails={"begin": OSError("no such server")}), recorded)
    with pytest.raises(RunError, match="^disk full$"):
        log(Listing(fails={"begin": RunError("disk full")}), recorded)


@pytest.mark.parametrize("where", ["add", "picture", "close"])
def test_a_log_that_fails_later_is_given_up_with_one_warning(recorded, where):
    logger = Listing(fails={where: OSError("server gone")})
    with pytest.warns(UserWarning, match="logger listing stopped: OSError: server gone. The run goes on") as warned:
        log(logger, recorded)
    assert len(warned) == 1
    assert ("close", "done") not in logger.calls


def test_settings_hold_every_setting_under_its_own_name(recorded):
    start = recorded[0]
    assert isinstance(start, Started)
    settings = settings_of(start)
    assert {"recipe", "data", "lr", "seed", "flip", "erase_share", "parameters", "test_pictures"} <= set(settings)
    assert "augmentation" not in settings
    assert all(isinstance(value, int | float | str) for value in settings.values())


def test_a_wrong_name_gets_a_suggestion():
    with pytest.raises(SettingError, match=r"unknown logger 'tensorbord'. Did you mean 'tensorboard'\? Known: mlflow"):
        make_logger("tensorbord")


@pytest.mark.parametrize("name", LOGGERS)
def test_a_missing_library_is_named_with_the_remedy(name, monkeypatch):
    for library in ("tensorboard", "torch.utils.tensorboard", "mlflow", "trackio"):
        monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(SettingError, match=rf"install it: pip install 'muslin\[{name}\]'"):
        make_logger(name)
