"""Runs are listed, named, described and deleted as a person types it."""

import json
import subprocess

import pytest

from tests.run.examples import make_run


@pytest.fixture
def runs(here):
    done = {"ended": "done"}
    for day, (name, accuracy) in enumerate({"a": 0.5, "b": 0.75, "name": 0.25}.items(), 1):
        make_run(here / "runs" / name, f"2026-01-0{day}T10:00:00+00:00", ("epoch", {}),
                 ("test", {"accuracy": accuracy}), ("end", done | {"seconds": 9.0}), seed=day)  # fmt: skip
    make_run(here / "other" / "c", "2026-01-09T10:00:00+00:00")


def listed(type_, *arguments):
    code, out, err = type_("runs", *arguments, "--json")
    assert (code, err) == (0, "")
    return [json.loads(line)["path"] for line in out.splitlines()]


def test_the_list_alone_or_by_its_name(runs, type_):
    assert listed(type_) == listed(type_, "list") == listed(type_, "runs") == ["runs/name", "runs/b", "runs/a"]
    assert listed(type_, "--sort", "accuracy") == ["runs/b", "runs/a", "runs/name"]
    assert listed(type_, "--where", "seed=2") == ["runs/b"]
    assert listed(type_, "other") == listed(type_, "other", "--unfinished") == ["other/c"]
    assert type_("runs", "--recipe", "lunch")[:2] == (0, "None of the 3 runs in runs/ fits; ask for less\n")
    code, out, _ = type_("runs")
    assert (code, len(out.splitlines())) == (0, 4)
    code, out, _ = type_("runs", "--help")
    assert code == 0
    assert all(command in out for command in ("list", "name", "note", "delete"))
    assert type_("runs", "--where", "seed")[2].startswith("Error: --where 'seed': write it as NAME=VALUE")


def test_names_and_notes_stand_in_the_list(runs, type_):
    assert "note" not in type_("runs")[1]
    assert type_("runs", "name", "a", "the [first] one")[:2] == (0, "runs/a is called the [first] one now\n")
    assert type_("runs", "note", "the [first] one", "see page 3")[:2] == (0, "runs/a has your note now\n")
    _, out, _ = type_("runs", "--sort", "name")
    heading, *rows = out.splitlines()
    assert heading.split()[:2] == ["run", "name"]
    assert [("[first]" in row, "see page 3" in row) for row in rows] == [(False, False), (False, False), (True, True)]
    line = json.loads(type_("runs", "--where", "seed=1", "--json")[1])
    assert (line["name"], line["note"]) == ("the [first] one", "see page 3")
    assert type_("runs", "name", "a", "")[1] == "runs/a has no name of yours now\n"
    assert type_("runs", "note", "a", " ")[1] == "runs/a has no note now\n"
    assert type_("runs", "name", "a", "latest")[0] == 2


def test_deletion_asks_first(here, runs, type_, monkeypatch):
    answers = iter(["n", "y"])
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: next(answers))
    code, out, _ = type_("runs", "delete", "a", "name", "runs/a")
    assert code == 1
    assert out.splitlines()[-1] == "Nothing was deleted"
    assert len(listed(type_)) == 3
    code, out, _ = type_("runs", "delete", "a", "name", "runs/a")
    assert code == 0
    assert out.count("Deleted runs/") == 2
    assert "Deleted runs/a: 2 files, 0.0 MB" in out
    assert listed(type_) == ["runs/b"]
    assert type_("runs", "delete", "--yes", "latest")[0] == 0
    assert list((here / "runs").iterdir()) == []


def test_one_that_cannot_be_deleted_keeps_all(here, runs, type_):
    (here / "runs" / "b" / "thesis.txt").write_text("mine")
    code, out, err = type_("runs", "delete", "a", "b", "--yes")
    assert (code, out) == (1, "")
    assert "thesis.txt" in err
    assert len(listed(type_)) == 3


def test_the_sums_hold_whatever_a_person_says(here, idx_folder, type_):
    quick = ["--model", "mlp", "--epochs", "1", "--batch-size", "32", "--set", "flip=none", "--quiet"]
    run = type_("fit", idx_folder, *quick)[1].strip()
    check = ["sha256sum", "--quiet", "--strict", "--check", "SHA256SUMS"]
    type_("runs", "name", run, "first")
    subprocess.run(check, cwd=run, check=True)
    (here / run / "SHA256SUMS").unlink()
    assert type_("fit", "--resume", "first", "--quiet")[0] == 0
    type_("runs", "note", "first", "went on")
    subprocess.run(check, cwd=run, check=True)
