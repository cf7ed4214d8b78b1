"""`muslin predict` as typed: a folder, a pattern, a table; lines and tables; drawings of why."""

import csv
import json
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console

import muslin
from muslin.report import explaining
from muslin.report.explaining import explain_answers
from muslin.run.description import add_to_description
from tests.samples import QUICK, bars, write_pictures


@pytest.fixture
def run(here, idx_folder):
    """A run in `run`, and twelve pictures and a broken one in `new`."""
    muslin.fit(idx_folder, "espresso", out="run", **QUICK | {"epochs": 1})
    write_pictures(here / "new", *bars(12, 1, 12, 3, seed=5))
    (here / "new" / "bad.png").write_bytes(b"\x89PNG")
    (here / "new" / "read.me.txt").touch()


def test_a_folder_into_a_table(here, run, type_):
    code, out, err = type_("predict", "run", "new", "--out", "said.csv")
    assert (code, out) == (1, "")
    assert "Note: new: files passed over because they are no pictures: 1 .txt" in err
    assert "13 pictures in " in err
    assert "1 could not be read" in err
    rows = list(csv.DictReader((here / "said.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["path"] for row in rows] == sorted(row["path"] for row in rows)
    assert len(rows) == 13
    assert [row["path"] for row in rows if row["error"]] == ["new/bad.png"]
    classifier = muslin.load("run")
    for row in rows:
        if not row["error"]:
            answer = classifier.predict(row["path"])
            assert (row["label"], row["runner_up"]) == (answer.label, answer.runner_up)
            assert float(row["probability"]) == pytest.approx(answer.probability, abs=2e-6)
            assert row["sure"] == ("yes" if answer.is_sure else "no")
    (here / "again.csv").write_text("path\nnew/bar 0/0.png\nsaid.png\n")
    code, out, err = type_("predict", "run", "again.csv", "--format", "json")
    first, second = json.loads(out)
    assert (code, first["label"]) == (1, next(row["label"] for row in rows if row["path"] == "new/bar 0/0.png"))
    assert second["error"] == "no picture at said.png"


def test_a_pattern_and_a_threshold(run, type_):
    code, out, err = type_("predict", "run", "new/bar */[03].png", "--threshold", "1")
    assert (code, err) == (0, "")
    assert [line.split(": ")[:2] for line in out.splitlines()] == [
        ["new/bar 0/0.png", "not sure"],
        ["new/bar 0/3.png", "not sure"],
    ]
    assert "not sure" not in type_("predict", "run", "new/bar 0/*.png", "--threshold", "0")[1]
    code, out, err = type_("predict", "run", "new/*.gif")
    assert (code, out) == (1, "")
    assert err.startswith("Error: 'new/*.gif' matches nothing; ")
    for wrong in ("nan", "1.5", "-1"):
        code, _, err = type_("predict", "run", "new", "--threshold", wrong)
        assert code == 2
        assert "a probability from 0 to 1 is needed" in err


def test_drawings_of_why(here, run, type_, idx_folder):
    code, out, err = type_("predict", "run", "new/bar 1", "new/bar 2/2.png", "new/bad.png", "--explain", "why")
    assert code == 1
    assert len(out.splitlines()) == 5
    assert "Why, in 5 drawings: why" in err
    assert "Note" not in err
    names = ["1", "10", "2", "4", "7"]
    assert sorted(path.name for path in (here / "why").iterdir()) == [f"{name}-explained.png" for name in names]
    with Image.open(here / "why" / "1-explained.png") as drawing:
        whole = drawing.width
    idx_folder.rename(here / "moved")
    code, _, err = type_("predict", "run", "new/bar 1/1.png", "--explain", "why")
    assert code == 0
    assert err.count("There are no nearest training pictures: no data at ") == 1
    assert str(here) in err, "the terminal is told where they were looked for"
    with Image.open(here / "why" / "1-explained.png") as drawing:
        assert drawing.width < whole
    for place, pictures, message in (
        ("new/why", ["new"], "lies among the pictures of new"),
        ("why.png", ["new/bar 1/1.png", "new/bar 1/4.png"], "is one file, and there are 2 pictures; name a folder"),
        ("new/bar 1/1.png", ["new/bar 1/1.png"], "is the picture itself"),
        ("run/model.json", ["new/bar 1/1.png"], "is a file; name a folder"),
    ):
        code, out, err = type_("predict", "run", *pictures, "--explain", place)
        assert (code, out) == (2, "")
        assert f"--explain {place} {message}" in err
    code, _, err = type_("predict", "run", "new/bar 1/1.png", "--explain", "made/boot.png")
    assert code == 0
    assert "Why, in 1 drawing: made/boot.png" in err
    assert (here / "made" / "boot.png").read_bytes() == (here / "why" / "1-explained.png").read_bytes()


def test_a_drawing_shows_no_path_of_the_machine(here, run, idx_folder):
    drawn = []
    idx_folder.rename(here / "moved")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(explaining, "draw_explained", lambda explained: drawn.append(explained) or b"")
        answered = [("new/bar 1/1.png", muslin.load("run").predict("new/bar 1/1.png"))]
        told = list(explain_answers(answered, muslin.load("run"), "run", here / "why"))
    assert str(here) in told[0]
    assert str(here) not in drawn[0].missing
    assert drawn[0].missing.startswith("There are no nearest training pictures: the data that the run")


def test_a_run_without_a_threshold_says_so(run, type_):
    add_to_description(Path("run"), "calibration", {})
    assert "Note: this run never says that it is not sure" in type_("predict", "run", "new/bar 1/1.png")[2]
    assert type_("predict", "run", "new/bar 1/1.png", "--threshold", "0.5")[2] == ""


def test_lines_go_to_a_file_while_the_bar_is_on_the_terminal(here, run, type_, monkeypatch):
    monkeypatch.setattr("muslin.terminal.bars.Console", partial(Console, force_terminal=True))
    for form, lines in (("", 12), ("--json", 12), ("--format=csv", 14)):
        code, out, err = type_("predict", "run", "new", *filter(None, [form]))
        assert code == 1
        assert len(out.splitlines()) == lines
        assert "answering pictures" in err
        assert "bar 1/1.png" not in err
