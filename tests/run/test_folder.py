import pytest

from muslin.errors import RunError
from muslin.run import folder as folder_module
from muslin.run import journal
from muslin.run.folder import KNOWN, RunFolder, find_run, list_runs, read_config, write_config
from tests.run.examples import make_run


def test_names_are_fresh(here):
    with RunFolder(None, "coffee") as first, RunFolder(None, "coffee") as second:
        assert first.path != second.path
        assert first.path.parent.name == "runs"
        assert "coffee" in first.path.name


def test_two_runs_in_one_folder_are_refused(here):
    with RunFolder(here / "out", "x"), pytest.raises(RunError, match="in use by another run"):
        RunFolder(here / "out", "x")


def test_a_run_that_was_killed_before_it_had_its_settings_can_begin_again(here):
    (here / "out").mkdir()
    (here / "out" / KNOWN).write_bytes(b"of the run before")
    with RunFolder(here / "out", "x") as begun:
        assert begun.path == here / "out"


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
        (run.path / KNOWN).write_bytes(b"digests")
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


FOREIGN = [
    "[]", "1", "null", '"text"', "{", "[" * 100_000, "{}", '{"model_type": "bert"}', '{"started": 5, "recipe": "x"}',
    '{"started": "yesterday", "recipe": "x", "data": {"name": "x", "source": "x"}, "settings": {"model": "x"}}',
    '{"started": "2027-01-01T00:00:00+00:00", "recipe": "x", "data": "x", "settings": []}',
    '{"started": "2027-01-01", "recipe": "x", "data": {"name": 1, "source": "x"}, "settings": {"model": "x"}}',
]  # fmt: skip


@pytest.mark.parametrize("content", [*FOREIGN, b"\xff\xfe"], ids=lambda content: str(content[:20]))
def test_what_another_program_wrote_is_passed_over(here, content):
    run = make_run(here / "runs" / "a", "2026-01-02T10:00:00+00:00")
    for other in (here / "runs" / "x", here / "a"):
        other.mkdir()
        (other / "config.json").write_bytes(content.encode() if isinstance(content, str) else content)
    assert [summary.path.name for summary in list_runs()] == ["a"]
    assert here / find_run("latest") == here / find_run("a") == run
    with pytest.raises(RunError, match="is runs/x a run's folder"):
        read_config(find_run("x"))


@pytest.mark.parametrize("content", [b'{"loss": 1}\n', b"[]\n", b"\xff\n"])
def test_what_another_program_logged_is_passed_over(here, content):
    (make_run(here / "runs" / "a", "2026-01-02T10:00:00+00:00") / "metrics.jsonl").write_bytes(content)
    assert list_runs() == []


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("2026-10-25T02:50:00+02:00", "2026-10-25T02:10:00+01:00"),  # the end of summer time
        ("2026-01-02T09:00:00+09:00", "2026-01-01T20:00:00-05:00"),
        ("2026-01-01T10:00:00+00:00", "2026-01-01T10:00:00.000001+00:00"),
    ],
)
def test_the_latest_is_the_newest_in_time(here, older, newer):
    make_run(here / "runs" / "older", older)
    make_run(here / "runs" / "newer", newer)
    assert find_run("latest").name == "newer"
