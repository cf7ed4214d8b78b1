import json

import pytest

from muslin.errors import RunError
from muslin.run import folder as folder_module
from muslin.run import journal
from muslin.run.folder import RunFolder, find_run, list_runs, write_config


def make_run(path, started, *events):
    path.mkdir(parents=True)
    config = {"started": started, "recipe": "coffee", "data": {"name": "bars"}, "settings": {"model": "mlp"}}
    (path / "config.json").write_text(json.dumps(config))
    for event, values in events:
        journal.append(path, event, **values)
    return path


def test_names_are_fresh(here):
    with RunFolder(None, "coffee") as first, RunFolder(None, "coffee") as second:
        assert first.path != second.path
        assert first.path.parent.name == "runs"
        assert "coffee" in first.path.name


def test_two_runs_in_one_folder_are_refused(here):
    with RunFolder(here / "out", "x"), pytest.raises(RunError, match="in use by another run"):
        RunFolder(here / "out", "x")


def test_a_folder_with_files_is_left_alone(here):
    (here / "out").mkdir()
    (here / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(RunError, match="already holds files"):
        RunFolder(here / "out", "x")
    assert [p.name for p in (here / "out").iterdir()] == ["thesis.txt"]


def test_a_file_is_no_folder(here):
    (here / "out").write_text("x")
    with pytest.raises(RunError, match="is a file; give --out a folder"):
        RunFolder(here / "out", "x")
    with pytest.raises(RunError, match="cannot write in .*; choose another --out"):
        RunFolder(here / "out" / "deeper", "x")


def test_a_folder_that_is_not_writable(here, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(folder_module.FileLock, "acquire", refuse)
    with pytest.raises(RunError, match="cannot write in .*out: Permission denied; choose another --out"):
        RunFolder(here / "out", "x")


def test_an_error_before_any_result_leaves_nothing(here):
    with pytest.raises(ValueError, match="no"), RunFolder(here / "out", "x") as run:
        write_config(run.path, {"started": "now"})
        raise ValueError("no")
    assert not (here / "out").exists()


def test_an_error_after_a_result_keeps_it(here):
    with pytest.raises(ValueError, match="no"), RunFolder(here / "out", "x") as run:
        journal.append(run.path, "epoch", epoch=1)
        raise ValueError("no")
    assert [p.name for p in (here / "out").iterdir()] == ["metrics.jsonl"]


def test_runs_are_listed_newest_first_and_other_folders_are_not(here):
    old = make_run(
        here / "runs" / "z",
        "2026-01-01T10:00:00+00:00",
        ("epoch", {}),
        ("test", {"accuracy": 0.5}),
        ("end", {"seconds": 9.0}),
    )
    new = make_run(here / "runs" / "a", "2026-01-02T10:00:00+00:00", ("epoch", {}), ("epoch", {}))
    (here / "runs" / "other").mkdir()
    (here / "runs" / "broken").mkdir()
    (here / "runs" / "broken" / "config.json").write_text("{")
    listed = list_runs()
    assert [here / r.path for r in listed] == [new, old]
    assert (listed[0].epochs, listed[0].test_accuracy, listed[0].seconds) == (2, None, None)
    assert (listed[1].epochs, listed[1].test_accuracy, listed[1].seconds) == (1, 0.5, 9.0)


def test_a_run_is_found_by_path_name_and_latest(here):
    run = make_run(here / "runs" / "a", "2026-01-02T10:00:00+00:00")
    assert find_run(run) == run
    assert here / find_run("a") == here / find_run("latest") == run


def test_no_run_says_what_to_do(here):
    with pytest.raises(RunError, match="make one with `muslin fit`"):
        find_run("latest")
    with pytest.raises(RunError, match="no run at nothing; `muslin runs` lists"):
        find_run("nothing")
