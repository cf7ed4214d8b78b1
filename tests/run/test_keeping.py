import shutil

import pytest

import muslin
from muslin.errors import RunError, SettingError
from muslin.run.folder import RunFolder, find_run, list_runs
from muslin.run.keeping import delete_run, held_by, name_run, note_run
from muslin.run.notes import NOTES, Notes, read_notes, write_notes
from tests.run.examples import make_run
from tests.samples import QUICK

DAY = "2026-01-01T10:00:00+00:00"


@pytest.fixture
def run(here):
    return make_run(here / "runs" / "a", DAY)


def test_a_run_is_found_by_the_name_that_a_person_gave_it(here, run):
    other = make_run(here / "runs" / "b", "2026-01-02T10:00:00+00:00")
    name_run(run, " the café one ")
    assert here / find_run("the café one") == run
    assert here / find_run("the cafe\u0301 one") == run  # coded with an accent of its own
    assert here / find_run("runs/the café one") == run
    note_run(run, "slow, but sure\n")
    assert read_notes(run) == Notes("the café one", "slow, but sure")
    assert {(r.path.name, r.name, r.note) for r in list_runs()} == {
        ("a", *vars(read_notes(run)).values()),
        ("b", "", ""),
    }
    name_run(run, "")
    assert read_notes(run) == Notes("", "slow, but sure")
    with pytest.raises(RunError, match="no run at the café one"):
        find_run("the café one")
    assert read_notes(other) == Notes()


@pytest.mark.parametrize("name", ["", ".", "runs"])
def test_no_name_is_not_a_name(here, run, name):
    with pytest.raises(RunError, match="no run at"):
        find_run(name)


def test_runs_elsewhere_are_found_by_name_beside_them(here):
    run = make_run(here / "far" / "away", DAY)
    name_run(run, "best")
    assert here / find_run("far/best") == run
    with pytest.raises(RunError, match="no run at best"):
        find_run("best")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("latest", "'latest' stands for the newest run"),
        ("x" * 61, "is longer than 60 letters"),
        ("a/b", "has a slash"),
        ("a\\b", "has a slash"),
        ("..", "begins with '.'"),
        ("--yes", "begins with '-'"),
        ("two\nlines", "cannot be printed"),
        ("caf\udce9", "cannot be printed"),
    ],
)
def test_a_name_that_will_not_do(run, name, problem):
    with pytest.raises(SettingError, match=f"{problem}.*choose another"):
        name_run(run, name)
    assert not (run / NOTES).exists()


def test_two_runs_have_no_name_in_common(here, run):
    other = make_run(here / "runs" / "b", DAY)
    name_run(run, "best")
    name_run(run, "best")
    for taken in ("best", "a"):
        with pytest.raises(SettingError, match=f"runs/a is called {taken} already"):
            name_run(other, taken)
    shutil.copytree(run, here / "runs" / "copy")
    with pytest.raises(RunError, match="2 runs are called best: .*runs/(a|copy) and runs/(a|copy); give a folder"):
        find_run("best")


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'{"name": 5, "note": null}', b"[" * 100_000])
def test_damaged_notes_are_none(run, content):
    (run / NOTES).write_bytes(content)
    assert read_notes(run) == Notes()
    assert [r.name for r in list_runs()] == [""]


def test_what_is_no_run_has_no_name(here):
    (here / "photos").mkdir()
    for change in (name_run, note_run):
        with pytest.raises(RunError, match="is .*photos a run's folder"):
            change(here / "photos", "x")
    assert list((here / "photos").iterdir()) == []


def test_all_that_a_run_writes_is_deleted_with_it_and_nothing_else(here, idx_folder):
    run = muslin.fit(idx_folder, "espresso", **QUICK)
    (run.folder / ".model.json.abc.tmp").write_text("a write that was killed")
    write_notes(run.folder, Notes("x", "y"))
    before = sum(path.is_file() for path in run.folder.rglob("*"))
    held = delete_run(run.folder)
    assert len(held.files) == before
    assert held.bytes > 0
    assert not run.folder.exists()
    assert idx_folder.is_dir()
    assert run.folder.parent.is_dir()


def test_links_are_removed_and_never_followed(here, run):
    (here / "mine").mkdir()
    (here / "mine" / "step-000000001.safetensors").write_text("precious")
    (run / "checkpoints").symlink_to(here / "mine")
    (run / "model.safetensors").symlink_to(here / "mine" / "step-000000001.safetensors")
    link = here / "link"
    link.symlink_to(run)
    with pytest.raises(RunError, match="link is a link to .*runs/a; delete the run there"):
        delete_run(link)
    assert (run / "config.json").is_file()
    delete_run(run)
    assert not run.exists()
    assert (here / "mine" / "step-000000001.safetensors").read_text() == "precious"


@pytest.mark.parametrize("name", ["thesis.txt", "checkpoints/thesis.txt", "pictures/a.png", "model.json/a", ".hidden"])
def test_a_folder_with_something_of_a_persons_stays_whole(run, name):
    (run / name).parent.mkdir(exist_ok=True)
    (run / name).write_text("mine")
    before = sorted(run.rglob("*"))
    for act in (held_by, delete_run):
        with pytest.raises(RunError, match="is not deleted: it holds what Muslin did not write .*take that out first"):
            act(run)
    assert sorted(run.rglob("*")) == before


def test_what_is_no_run_is_not_deleted(here):
    (here / "photos").mkdir()
    (here / "photos" / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(RunError, match="is not a run's"):
        delete_run(here / "photos")
    with pytest.raises(RunError, match="is .*nowhere a run's folder"):
        delete_run(here / "nowhere")
    assert (here / "photos" / "config.json").is_file()


def test_a_run_in_use_is_not_deleted(run):
    with RunFolder(run, "x", resumes=True):
        with pytest.raises(RunError, match="is in use: it is not deleted"):
            delete_run(run)
        assert (run / "config.json").is_file()
    delete_run(run)
    assert not run.exists()


def test_a_deletion_that_was_cut_short_can_be_done_again(run, monkeypatch):
    (run / "README.md").write_text("card")
    (run / "SHA256SUMS").write_text("sums")

    def refuse(path, *_):
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(type(run), "unlink", refuse)
        with pytest.raises(RunError, match="cannot delete .*README.md: Permission denied"):
            delete_run(run)
    (run / "README.md").unlink()
    delete_run(run)
    assert not run.exists()
