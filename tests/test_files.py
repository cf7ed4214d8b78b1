import errno
import os
import stat
import subprocess

import pytest

from muslin import files
from muslin.errors import RunError
from muslin.files import write_sums, write_whole


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
