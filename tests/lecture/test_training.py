"""One training at a time, told to all that look from its first epoch, and ended with whoever wanted it."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from muslin.lecture.training import Training
from muslin.run.folder import list_runs
from tests.lecture.runs import write_bars
from tests.lecture.served import served

MLP = {"model": "mlp", "epochs": 2, "seed": 3}
LONG = MLP | {"epochs": 30, "model": "resnet_slim"}


@pytest.fixture(scope="module")
def bars(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_bars(tmp_path_factory.mktemp("bars")))


@contextmanager
def looking(address: str) -> Iterator[Iterator[dict]]:
    """The events that a page is told, while it looks."""
    connection = http.client.HTTPConnection(address, timeout=60)
    connection.request("GET", "/live/fit/events")
    reply = connection.getresponse()
    assert reply.getheader("content-type") == "text/event-stream; charset=utf-8"
    yield (json.loads(line[6:]) for line in reply if line.startswith(b"data: "))
    reply.close()
    connection.close()


def ask(address: str, what: str, question: object) -> tuple[int, dict]:
    connection = http.client.HTTPConnection(address, timeout=60)
    connection.request("POST", f"/live/fit/{what}", json.dumps(question))
    reply = connection.getresponse()
    content = json.loads(reply.read())
    connection.close()
    return reply.status, content


def until(events: Iterator[dict], *kinds: str) -> list[dict]:
    """Reads up to the first event of one of these kinds."""
    read = []
    for event in events:
        read.append(event)
        if event["event"] in kinds:
            return read
    raise AssertionError(f"no {kinds} in {read}")


def test_all_pages_see_one_training_from_its_first_epoch_and_its_run_is_looked_into(here, bars):
    with served(training=Training(bars)) as url:
        address = url.removeprefix("http://").rstrip("/")
        with looking(address) as events:
            assert next(events) == {"event": "none"}
            assert ask(address, "begin", MLP) == (200, {})
            status, refusal = ask(address, "begin", MLP)
            assert status == 400
            assert "a training is under way" in refusal["error"]
            told = until(events, "end", "problem")
        assert told[0] == {"event": "begin", **MLP}
        epochs = [event for event in told if event["event"] == "epoch"]
        assert [event["epoch"] for event in epochs] == [1, 2]
        (run,) = list_runs()
        assert told[-1] | {"seconds": 0} == {
            "event": "end", "ended": "done", "folder": str(run.path), "seconds": 0, "test_accuracy": run.test_accuracy,
        }  # fmt: skip
        assert (run.model, run.settings["seed"]) == ("mlp", 3)
        with looking(address) as again:
            later = until(again, "end")
        assert [event for event in later if event["event"] != "progress"] == [
            event for event in told if event["event"] != "progress"
        ]
        connection = http.client.HTTPConnection(address, timeout=60)
        connection.request("GET", "/packs/run.json")
        assert json.loads(connection.getresponse().read())["run"] == run.path.name
        connection.close()


def test_it_stops_when_asked_and_goes_on_elsewhere(here, bars):
    with served(training=Training(bars)) as url:
        address = url.removeprefix("http://").rstrip("/")
        with looking(address) as events:
            ask(address, "begin", LONG)
            until(events, "epoch")
            assert ask(address, "stop", {}) == (200, {})
            told = until(events, "end", "problem")
        assert {"event": "stopped", "text": "A page stopped it."} in told
        assert told[-1]["ended"] == "interrupted"
        (run,) = list_runs()
        assert (run.ended, str(run.path)) == ("interrupted", told[-1]["folder"])


def test_it_stops_once_nobody_looks(here, bars):
    with served(training=Training(bars, alone=0)) as url:
        address = url.removeprefix("http://").rstrip("/")
        with looking(address) as events:
            ask(address, "begin", LONG)
            folder = until(events, "start")[-1]["folder"]
            until(events, "epoch")
        with FileLock(Path(folder) / ".lock", timeout=60):  # the run's own, until it has ended
            (run,) = list_runs()
    assert run.ended == "interrupted"


def test_the_servers_end_ends_it_and_what_pages_listen_to(here, bars):
    with served(training=Training(bars)) as url, looking(url.removeprefix("http://").rstrip("/")) as events:
        ask(url.removeprefix("http://").rstrip("/"), "begin", LONG)
        until(events, "epoch")
    (run,) = list_runs()
    assert run.ended == "interrupted"


def test_a_server_that_is_killed_takes_its_training_along(here, bars):
    command = [sys.executable, "-m", "muslin.lecture.trainer"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdin.write(json.dumps({"data": bars, "recipe": "espresso", **LONG}).encode() + b"\n")
        process.stdin.flush()
        events = (json.loads(line) for line in process.stdout)
        until(events, "epoch")
        process.stdin.close()
        assert until(events, "end")[-1]["ended"] == "interrupted"


def test_what_a_person_can_mend_is_told_as_a_sentence(here):
    with served(training=Training("nowhere")) as url:
        address = url.removeprefix("http://").rstrip("/")
        with looking(address) as events:
            ask(address, "begin", MLP)
            assert "nowhere" in until(events, "end", "problem")[-1]["text"]


@pytest.mark.parametrize(
    "question",
    [None, [], {}, MLP | {"model": "resnet_wide"}, MLP | {"model": ["mlp"]}, MLP | {"epochs": 0}, MLP | {"epochs": 31},
     MLP | {"epochs": 1.0}, MLP | {"seed": -1}, MLP | {"seed": True}, MLP | {"seed": 2**31}],
)  # fmt: skip
def test_what_is_no_training_is_a_sentence(question):
    with served() as url:
        status, refusal = ask(url.removeprefix("http://").rstrip("/"), "begin", question)
    assert status == 400
    assert "it must be" in refusal["error"]
