import errno
import os
import stat
import subprocess
from pathlib import Path

import pytest

from muslin import files
from muslin.errors import RunError
from muslin.files import sync_problem, whole_folder, write_sums, write_whole


def test_writes_and_replaces(tmp_path):
    path = tmp_path / "a.txt"
    write_whole(path, "first")
    write_whole(path, b"second")
    assert path.read_bytes() == b"second"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_failure_leaves_the_old_content_and_no_rest(tmp_path, monkeypatch, failing):
    path = tmp_path / "a.txt"
    write_whole(path, "old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os if failing == "fsync" else files.Path, failing, full)
    with pytest.raises(RunError, match="cannot write .*a.txt: No space left on device; free some space"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


@pytest.fixture
def no_sync(monkeypatch):
    """A network share that cannot sync."""

    def refuse(_):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "fsync", refuse)


def test_where_nothing_can_be_synced_files_are_written_and_the_promise_is_not_made(tmp_path, no_sync):
    write_whole(tmp_path / "a.txt", "text")
    with whole_folder(tmp_path / "folder") as folder:
        (folder / "b.txt").write_text("more")
    assert (tmp_path / "a.txt").read_text() == "text"
    assert (tmp_path / "folder" / "b.txt").read_text() == "more"
    assert sync_problem(tmp_path) == os.strerror(errno.EINVAL)


def test_a_folder_that_may_not_be_opened_is_no_error_and_no_promise(tmp_path, monkeypatch):
    real = os.open

    def refuse_folders(path, *rest):
        if Path(path).is_dir():
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path, *rest)

    monkeypatch.setattr(os, "open", refuse_folders)
    monkeypatch.setattr(files.tempfile, "TemporaryFile", lambda **_: (tmp_path / "probe").open("wb"))
    write_whole(tmp_path / "a.txt", "text")
    assert (tmp_path / "a.txt").read_text() == "text"
    assert sync_problem(tmp_path) == os.strerror(errno.EACCES)


def test_a_place_where_modes_cannot_be_set_is_written_in(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(files.Path, "chmod", refuse)
    write_whole(tmp_path / "a.txt", "text")
    assert (tmp_path / "a.txt").read_text() == "text"


def test_an_ordinary_folder_can_be_synced(tmp_path):
    assert sync_problem(tmp_path) == ""
    assert list(tmp_path.iterdir()) == []


def test_a_folder_appears_whole_or_not_at_all(tmp_path):
    with pytest.raises(KeyError), whole_folder(tmp_path / "folder") as folder:
        (folder / "half.txt").write_text("half")
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(RunError, match=f"cannot write .*a.txt: {os.strerror(errno.ENOENT)}"):
        write_whole(tmp_path / "nowhere" / "a.txt", "x")


def test_sums_are_what_sha256sum_checks(tmp_path):
    (tmp_path / "b").write_bytes(b"b")
    (tmp_path / "a b").write_bytes(bytes(3_000_000))
    (tmp_path / ".hidden").write_bytes(b"no")
    write_sums(tmp_path)
    done = subprocess.run(
        ["sha256sum", "--check", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["a b: OK", "b: OK"]
