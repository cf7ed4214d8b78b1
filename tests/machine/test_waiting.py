import os
import sys

import pytest

from muslin.machine import waiting
from muslin.machine.waiting import is_busy, wait_briefly_if_busy


@pytest.fixture
def running(tmp_path, monkeypatch):
    """Says how many threads run on a machine of four cores, of which this process may use two."""
    monkeypatch.setattr(waiting, "RUNNING", tmp_path / "loadavg")
    monkeypatch.setattr(waiting, "available_threads", lambda: 2)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    for name in waiting.TOLD:
        monkeypatch.setenv(name, "")  # so that it is set back after the test
        monkeypatch.delenv(name)
    return lambda count: (tmp_path / "loadavg").write_text(f"0.10 0.20 0.30 {count}/321 4711\n")


@pytest.mark.parametrize(("count", "busy"), [(1, False), (2, False), (3, False), (4, True), (9, True)])
def test_a_machine_is_busy_when_others_leave_too_few_cores(running, count, busy):
    running(count)
    assert is_busy() is busy
    wait_briefly_if_busy()
    assert os.environ.get("GOMP_SPINCOUNT") == ("1000" if busy else None)


@pytest.mark.parametrize("text", ["", "garbage", "1 2 3", "a b c d/e f"])
def test_where_nothing_sensible_is_told_nothing_is_set(running, text, tmp_path):
    (tmp_path / "loadavg").write_text(text)
    assert not is_busy()
    (tmp_path / "loadavg").unlink()
    assert not is_busy()


@pytest.mark.parametrize("name", waiting.TOLD)
def test_a_persons_choice_stays(running, monkeypatch, name):
    running(9)
    monkeypatch.setenv(name, "7")
    wait_briefly_if_busy()
    assert [os.environ.get(one) for one in waiting.TOLD if one != name] == [None]


def test_nothing_is_set_once_torch_is_loaded(running, monkeypatch):
    running(9)
    monkeypatch.setitem(sys.modules, "torch", os)
    wait_briefly_if_busy()
    assert "GOMP_SPINCOUNT" not in os.environ
