import json
import re

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from muslin.config import Augmentation
from muslin.data.batches import TrainingBatches
from muslin.distributed.world import ALONE, World, launch_name, restart_notes
from tests.distributed import member
from tests.distributed.together import together
from tests.samples import bars, make_splits

TOLERANCE = 1e-5  # of a tensor's largest value, after 20 steps


@pytest.fixture
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def loaded(folder, task, rank):
    return load_file(folder / f"{task}-{rank}.safetensors")


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_parts_cover_all_and_differ_by_one_at_most(size):
    for count in (0, 1, 6, 7, 500, 10_001):
        parts = [range(count)[World(rank, size).part(count)] for rank in range(size)]
        assert [i for part in parts for i in part] == list(range(count))
        assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize("balance", ["none", "sample"])
@pytest.mark.parametrize("size", [2, 3])
def test_processes_see_the_pictures_that_one_would_see(size, balance):
    train = make_splits(count=193).train
    augmentation = Augmentation(flip="random", shift=2, erase=4)
    batches = TrainingBatches(train, 18, augmentation, seed=5, balance=balance)
    ways = [batches.epoch(3), *(batches.epoch(3, part=World(rank, size).part) for rank in range(size))]
    for batch, *parts in zip(*ways, strict=True):
        for name in ("images", "labels", "indices"):
            assert torch.equal(getattr(batch, name), torch.cat([getattr(part, name) for part in parts]))
        assert {part.whole_count for part in parts} == {batch.whole_count}


@pytest.mark.usefixtures("one_thread")
def test_two_processes_train_as_one_does(pair):
    alone = member.train(ALONE)
    first, second = loaded(pair, "train", 0), loaded(pair, "train", 1)
    assert first.keys() == alone.keys()
    for name, value in alone.items():
        assert torch.equal(first[name], second[name]), name
        assert (first[name] - value).abs().max() <= TOLERANCE * value.abs().max(), name


@pytest.mark.usefixtures("one_thread")
def test_evaluation_is_exact_on_one_two_and_three_processes(pair, three):
    alone = member.evaluate(ALONE)
    assert alone["10001 confusion"].sum() == member.LEFT_OVER
    for folder, size in ((pair, 2), (three, 3)):
        for rank in range(size):
            shared = loaded(folder, "evaluate", rank)
            for name, value in alone.items():
                if value.is_floating_point():
                    torch.testing.assert_close(shared[name], value, rtol=1e-6, atol=1e-6)
                else:
                    assert torch.equal(shared[name], value), name


def test_a_launch_is_named_by_its_id_and_else_by_its_process(monkeypatch):
    monkeypatch.delenv("TORCHELASTIC_RUN_ID", raising=False)
    assert launch_name() is None
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "7f0a")
    assert launch_name() == "7f0a"
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "none")
    assert launch_name() not in (None, "none")


@pytest.fixture
def archive(tmp_path):
    images, labels = bars(200, 1, 12, 3, 0)
    path = tmp_path / "bars.npz"
    np.savez(path, images=images[:, 0].numpy(), labels=labels.numpy())
    return path


def test_the_first_process_alone_writes_and_prints(archive, tmp_path):
    command = ["cli", "fit", archive, "--model", "mlp", "--epochs", "2", "--batch-size", "25", "--out", "run", "--json"]
    first, second = together(2, *command, folder=tmp_path)
    assert (first.code, first.err, second.code, second.out, second.err) == (0, "", 0, "", "")
    assert [json.loads(line)["event"] for line in first.out.splitlines()].count("epoch") == 2
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert config["machine"]["processes"] == 2
    assert (tmp_path / "run" / "SHA256SUMS").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bars.npz", "run"]


def test_an_error_is_told_once_and_ends_all(archive, tmp_path):
    ended = together(2, "cli", "fit", archive, "--batch-size", "1", folder=tmp_path)
    (line,) = [line for e in ended for line in (e.out + e.err).splitlines()]
    assert re.match("Error: batch_size 1 cuts .* each of 2 processes", line)
    assert [e.code for e in ended] == [2, 2]
    assert not (tmp_path / "runs").exists()


def test_what_the_first_process_alone_meets_is_told_once_and_ends_all(tmp_path):
    ended = together(2, "cli", "fit", "nothing.npz", folder=tmp_path)
    assert "no data at nothing.npz" in ended[0].err
    assert len(ended[0].err.splitlines()) == 1
    assert (ended[0].out, ended[1].out, ended[1].err) == ("", "", "")
    assert ended[0].code == 1
    assert ended[1].code > 0


@pytest.mark.parametrize(("restarts", "own_store", "notes"), [("0", None, 0), ("3", None, 1), ("3", "1", 0)])
def test_a_restart_that_would_fail_is_told_beforehand(monkeypatch, restarts, own_store, notes):
    monkeypatch.setenv("TORCHELASTIC_MAX_RESTARTS", restarts)
    monkeypatch.delenv("TORCH_DISABLE_SHARE_RDZV_TCP_STORE", raising=False)
    if own_store:
        monkeypatch.setenv("TORCH_DISABLE_SHARE_RDZV_TCP_STORE", own_store)
    assert len(restart_notes()) == notes
