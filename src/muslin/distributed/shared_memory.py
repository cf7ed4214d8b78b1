"""Sums over the processes of one machine, through memory that they share.

A message by socket wakes sleeping threads at both ends, which takes a virtual machine a millisecond or two, and a step
of a small ResNet sends fifteen. Here every process writes its numbers where the others read them, and waits awake.
"""

import mmap
import os
import platform
import select
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

__all__ = ["SharedMemory", "can_share_memory"]

PLACE = Path("/dev/shm")  # noqa: S108 - a file system in memory, where Linux keeps what processes share
CAPACITY = 1 << 20  # bytes of a process's numbers that are summed at once
LINE = 64  # bytes of a processor's cache line: two processes' turns never share one
SPINS = 1000  # looks between two checks that the other process lives, about a millisecond
AWAKE = 20 * SPINS  # looks before the waiting process begins to nap
NAP = 5e-4  # seconds


def can_share_memory(size: int) -> bool:
    """Whether all of `size` processes are on this machine, and the machine keeps the order of its writes."""
    here = os.environ.get("LOCAL_WORLD_SIZE") == str(size)
    return here and hasattr(os, "pidfd_open") and PLACE.is_dir() and platform.machine() in ("x86_64", "AMD64")


class SharedMemory:
    """A place where processes sum tensors together.

    Each process has a turn counter and two slots. It writes to the slots in turns: the others may still read its
    last numbers while it writes the next; none is ever more than one turn ahead, for it waits for all.

    Args:
        file: a file of `length(size)` bytes, the same for all processes.
        rank: this process's rank, from 0.
        processes: the ids of all processes, by rank.

    Raises:
        OSError: the file cannot be mapped, or a process cannot be watched.
    """

    def __init__(self, file: Path, rank: int, processes: list[int]) -> None:
        size = len(processes)
        with file.open("r+b") as opened:
            self.memory = mmap.mmap(opened.fileno(), self.length(size))
        self.rank, self.turn = rank, 0
        self.turns = memoryview(self.memory)[: size * LINE].cast("q")
        self.slots = torch.frombuffer(self.memory, dtype=torch.uint8, offset=size * LINE).view(2, size, CAPACITY)
        self.watches = [os.pidfd_open(process) for process in processes]  # readable once the process has ended

    @staticmethod
    def length(size: int) -> int:
        """Returns the bytes that `size` processes need."""
        return size * (LINE + 2 * CAPACITY)

    @classmethod
    def make_file(cls, size: int) -> Path:
        """Returns a new file for `size` processes; whoever made it deletes it once all have it open.

        Raises:
            OSError: no memory is left for it.
        """
        handle, name = tempfile.mkstemp(prefix="muslin-", dir=PLACE)
        try:
            os.posix_fallocate(handle, 0, cls.length(size))
        except OSError:
            Path(name).unlink()
            raise
        finally:
            os.close(handle)
        return Path(name)

    def sum(self, values: Tensor, lost: Callable[[], Exception]) -> None:
        """Adds up a contiguous CPU tensor over the processes, in place; the sum has the same bits in all of them.

        Args:
            values: a tensor of the same shape and type in every process.
            lost: a function that returns the error to raise where a process has ended.
        """
        flat = values.view(-1)
        for part in flat.split(CAPACITY // values.element_size()):
            self.turn += 1
            slots = self.slots[self.turn % 2, :, : part.numel() * part.element_size()]
            slots[self.rank] = part.view(torch.uint8)
            self.turns[self.rank * LINE // 8] = self.turn
            for rank in range(len(self.watches)):
                if not self.wait_for(rank):
                    raise lost()
            torch.sum(slots.view(values.dtype), 0, dtype=values.dtype, out=part)

    def wait_for(self, rank: int) -> bool:
        """Waits for a process, and returns whether it came to this one's turn: False if it ended before."""
        looks = 0
        while self.turns[rank * LINE // 8] < self.turn:
            looks += 1
            os.sched_yield()
            if looks % SPINS == 0 and self.has_ended(rank):
                return bool(self.turns[rank * LINE // 8] >= self.turn)
            if looks > AWAKE:
                time.sleep(NAP)
        return True

    def has_ended(self, rank: int) -> bool:
        """Whether a process is no more."""
        watch = select.poll()
        watch.register(self.watches[rank], select.POLLIN)
        return bool(watch.poll(0))

    def close(self) -> None:
        """Ends the watching; the memory goes with the last process."""
        for watch in self.watches:
            os.close(watch)
