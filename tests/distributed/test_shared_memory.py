import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from muslin.distributed import shared_memory
from muslin.distributed.shared_memory import SharedMemory, can_share_memory

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux")
ENDED = RuntimeError("a process has ended")


@pytest.fixture
def members(tmp_path, monkeypatch, request):
    """Several members in one process: each in a thread of its own, as they wait for each other."""
    monkeypatch.setattr(shared_memory, "PLACE", tmp_path)
    monkeypatch.setattr(shared_memory, "CAPACITY", 256)
    file = SharedMemory.make_file(request.param)
    memories = [SharedMemory(file, rank, [os.getpid()] * request.param) for rank in range(request.param)]
    yield memories
    for memory in memories:
        memory.close()


@pytest.mark.parametrize("members", [1, 2, 3], indirect=True)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.int32, torch.int64])
def test_sums_are_right_in_every_process(members, dtype):
    generator = torch.Generator().manual_seed(0)
    shapes = [(), (1,), (0,), (3, 5), (64,), (65,), (40, 11)]  # below, at and above what is summed at once
    values = [[torch.randint(-99, 99, shape, generator=generator).to(dtype) for shape in shapes] for _ in members]
    expected = [torch.stack(tensors).sum(0, dtype=dtype) for tensors in zip(*values, strict=True)]

    def sum_all(rank):
        for tensor in values[rank]:
            members[rank].sum(tensor, lambda: ENDED)

    with ThreadPoolExecutor(len(members)) as pool:
        list(pool.map(sum_all, range(len(members))))
    for summed in values:
        assert all(map(torch.equal, summed, expected))


@pytest.mark.parametrize("members", [3], indirect=True)
def test_sums_of_broken_numbers_have_the_same_bits_everywhere(members):
    values = [torch.randn(500, generator=torch.Generator().manual_seed(rank)) for rank in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda memory, tensor: memory.sum(tensor, lambda: ENDED), members, values))
    assert torch.equal(values[0], values[1])
    assert torch.equal(values[0], values[2])


def test_a_process_that_ended_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(shared_memory, "PLACE", tmp_path)
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    memory = SharedMemory(SharedMemory.make_file(2), 0, [os.getpid(), other.pid])
    assert not memory.has_ended(1)
    other.kill()  # and nobody has asked for its exit status yet
    with pytest.raises(RuntimeError, match="has ended"):
        memory.sum(torch.ones(3), lambda: ENDED)
    other.communicate()
    memory.close()


def test_only_processes_of_one_machine_share_memory(monkeypatch):
    monkeypatch.setattr(shared_memory.platform, "machine", lambda: "x86_64")
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    assert can_share_memory(2) == shared_memory.PLACE.is_dir()
    assert not can_share_memory(4)
    monkeypatch.setattr(shared_memory.platform, "machine", lambda: "aarch64")  # may reorder what it writes
    assert not can_share_memory(2)


def test_a_full_memory_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(shared_memory, "PLACE", tmp_path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space"):
        SharedMemory.make_file(2)
    assert not list(tmp_path.iterdir())
