"""The sample project: short, helpful, and the same seed gives the same result."""

import runpy
import sys
from pathlib import Path

import pytest

from muslin.data import sources
from tests.samples import make_splits

MAIN = Path(__file__).parents[2] / "main.py"


@pytest.fixture
def run_main(monkeypatch, capsys):
    monkeypatch.setattr(sources, "load_splits", lambda *_, **__: make_splits())

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["main.py", *arguments])
        runpy.run_path(str(MAIN), run_name="__main__")
        return capsys.readouterr().out

    return run


def test_the_same_seed_gives_the_same_result(run_main):
    first, again, other = (run_main("--model", "mlp", "--epochs", "2", "--lr", "0.02", "--seed", s) for s in "001")
    assert first == again != other
    assert first.splitlines()[-1].startswith("test accuracy ")
    assert first.count("epoch ") == 2
    assert float(first.split()[-1].rstrip("%")) > 90


def test_help(run_main):
    with pytest.raises(SystemExit) as ended:
        run_main("--help")
    assert ended.value.code == 0


def test_is_one_page():
    assert len(MAIN.read_text().splitlines()) <= 95
