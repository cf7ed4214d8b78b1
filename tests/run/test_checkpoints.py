"""A checkpoint is whole, checked, or not used."""

import hashlib
import random

import pytest
import torch

from muslin.errors import DiskFullError, RunError
from muslin.run import checkpoints as module
from muslin.run.checkpoints import Checkpoint, Checkpoints, decode, encode, read_checkpoint


def checkpoint(step: int) -> Checkpoint:
    return Checkpoint(step, {"model.weight": torch.full((3, 2), float(step))}, {"results": [1.5, None], "step_in": 2})


def write(folder, *steps, keep=9, best=0):
    with Checkpoints(folder, keep) as saver:
        for step in steps:
            saver.save(checkpoint(step), best)


def names(folder):
    return sorted(p.name for p in (folder / "checkpoints").iterdir())


def newest_step(folder):
    warnings = []
    content = Checkpoints(folder, 2).newest(warnings.append)
    return (decode(content).step if content else None), warnings


def test_what_is_saved_comes_back(tmp_path):
    write(tmp_path, 7)
    content = Checkpoints(tmp_path, 2).newest(pytest.fail)
    again = decode(content)
    assert (again.step, again.values) == (7, {"results": [1.5, None], "step_in": 2})
    assert torch.equal(again.tensors["model.weight"], torch.full((3, 2), 7.0))
    assert read_checkpoint(tmp_path, 7).step == 7


def test_no_checkpoint_yet(tmp_path):
    assert newest_step(tmp_path) == (None, [])


def test_keeps_the_newest_and_the_best(tmp_path):
    write(tmp_path, 1, 2, 3, 4, keep=2, best=1)
    assert [n for n in names(tmp_path) if n.endswith("safetensors")] == [
        "step-000000001.safetensors", "step-000000003.safetensors", "step-000000004.safetensors",
    ]  # fmt: skip
    assert len(names(tmp_path)) == 6


def test_a_run_that_is_done_keeps_the_best(tmp_path):
    with Checkpoints(tmp_path, 3) as saver:
        for step in (1, 2, 3):
            saver.save(checkpoint(step), best=2)
        saver.clear()
    assert names(tmp_path) == ["step-000000002.safetensors", "step-000000002.sha256"]


def test_any_damage_is_found_and_the_one_before_is_used(tmp_path):
    write(tmp_path, 1, 2)
    path = tmp_path / "checkpoints" / "step-000000002.safetensors"
    whole, generator = path.read_bytes(), random.Random(0)  # noqa: S311 - nothing is secret here
    for _ in range(100):
        damaged = bytearray(whole)
        if generator.random() < 0.5:
            damaged[generator.randrange(len(whole))] ^= 1 << generator.randrange(8)
        else:
            del damaged[generator.randrange(len(whole)) :]
        path.write_bytes(damaged)
        step, (warning,) = newest_step(tmp_path)
        assert step == 1
        assert "step-000000002.safetensors is damaged" in warning
        assert "the checkpoint before it is used" in warning


def test_a_damaged_digest_counts_as_damage(tmp_path):
    write(tmp_path, 1, 2)
    (tmp_path / "checkpoints" / "step-000000002.sha256").write_text("0")
    assert newest_step(tmp_path)[0] == 1


def test_what_a_crash_left_is_cleared_away(tmp_path):
    write(tmp_path, 1, 2)
    folder = tmp_path / "checkpoints"
    (folder / "step-000000002.sha256").unlink()  # the crash came between the two files
    (folder / ".step-000000003.safetensors.xyz.tmp").write_bytes(b"half")
    assert newest_step(tmp_path) == (1, [])
    assert names(tmp_path) == ["step-000000001.safetensors", "step-000000001.sha256"]


def test_a_full_disk_is_reported_with_the_next_save(tmp_path, monkeypatch):
    def full(path, _content):
        raise DiskFullError(f"cannot write {path}: No space left on device")

    write(tmp_path, 1)
    monkeypatch.setattr(module, "write_whole", full)
    with pytest.raises(DiskFullError, match="No space left"), Checkpoints(tmp_path, 2) as saver:
        saver.save(checkpoint(2), best=1)
        saver.save(checkpoint(3), best=1)
    assert newest_step(tmp_path) == (1, [])


@pytest.mark.parametrize("content", [b"", b"\0" * 8, b"\xff" * 100, b"\2\0\0\0\0\0\0\0{}", encode(checkpoint(1))[:-1]])
def test_other_content_is_refused(content):
    with pytest.raises(RunError, match="no checkpoint"):
        decode(content)


def test_a_hostile_checkpoint_with_a_fitting_digest_is_passed_over_by_name(tmp_path):
    write(tmp_path, 1, 2)
    path = tmp_path / "checkpoints" / "step-000000002.safetensors"
    for content in (b"cposix\nsystem\n.", (150_000).to_bytes(8, "little") + b"[" * 150_000):
        path.write_bytes(content)
        path.with_suffix(".sha256").write_text(hashlib.sha256(content).hexdigest())
        step, (warning,) = newest_step(tmp_path)
        assert step == 1
        assert "step-000000002.safetensors is no checkpoint" in warning


def test_a_missing_checkpoint(tmp_path):
    with pytest.raises(RunError, match="cannot read .*step-000000005"):
        read_checkpoint(tmp_path, 5)
