"""Several processes that train one model together, as `torchrun` starts them.

Every process holds the whole model and takes its part of each batch; gradients, batch statistics and scores are summed,
so that N processes compute what one would with the same batch. What must not differ, process 0 decides.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor, nn

__all__ = ["ALONE", "World", "is_restart", "joined", "launch_name"]


@dataclass(frozen=True)
class World:
    """The processes that train together.

    Attributes:
        rank: of this one, from 0; rank 0 alone writes files.
        size: how many there are.
        control: their group for small messages on the CPU.
    """

    rank: int = 0
    size: int = 1
    control: "dist.ProcessGroup | None" = None

    @property
    def is_first_here(self) -> bool:
        """Tells whether this process is the first of those on its machine."""
        return int(os.environ.get("LOCAL_RANK", "0")) == 0

    def wait(self) -> None:
        """Waits until all processes are here."""
        self.first(0)

    @property
    def is_first(self) -> bool:
        """Tells whether this process writes and reports."""
        return self.rank == 0

    def part(self, count: int) -> slice:
        """Gives this process's share of `count` things, of equal size but for one."""
        return slice(count * self.rank // self.size, count * (self.rank + 1) // self.size)

    def any(self, *flags: bool) -> tuple[bool, ...]:
        """Gives for each flag whether any process raised it."""
        if self.size == 1:
            return flags
        raised = torch.tensor(flags, dtype=torch.uint8)
        dist.all_reduce(raised, dist.ReduceOp.MAX, self.control)
        return tuple(bool(flag) for flag in raised)

    def first(self, value: float) -> float:
        """Gives every process the number that rank 0 has."""
        if self.size == 1:
            return value
        shared = torch.tensor(value, dtype=torch.float64)
        dist.broadcast(shared, 0, self.control)
        return shared.item()

    def first_bytes(self, content: bytes | None) -> bytes | None:
        """Gives every process the bytes that rank 0 has."""
        if self.size == 1:
            return content
        length = int(self.first(-1 if content is None else len(content)))
        if length <= 0:
            return None if length < 0 else b""
        shared = torch.frombuffer(bytearray(content or bytes(length)), dtype=torch.uint8)
        dist.broadcast(shared, 0, self.control)
        return shared.numpy().tobytes()

    def sum(self, values: Tensor) -> Tensor:
        """Adds up a CPU tensor over the processes."""
        if self.size > 1:
            dist.all_reduce(values, group=self.control)
        return values

    def concatenate(self, part: Tensor, count: int) -> Tensor:
        """Joins the processes' parts of `count` numbers, as `part` cut them; on the CPU."""
        whole = part.new_zeros(count)
        whole[self.part(count)] = part
        return self.sum(whole)

    def average_gradients(self, model: nn.Module) -> None:
        """Adds up the gradients of all processes, whose losses are each divided by the whole batch."""
        if self.size == 1:
            return
        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        joined_gradients = torch.cat([g.flatten() for g in gradients])
        dist.all_reduce(joined_gradients)
        for gradient, total in zip(gradients, joined_gradients.split([g.numel() for g in gradients]), strict=True):
            gradient.copy_(total.view_as(gradient))


ALONE = World()


@contextmanager
def joined() -> Iterator[World]:
    """Joins the processes that `torchrun` started, or none."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield ALONE
        return
    local = int(os.environ.get("LOCAL_RANK", "0"))
    if torch.cuda.is_available():
        torch.cuda.set_device(local)
    dist.init_process_group("cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield World(dist.get_rank(), size, dist.group.WORLD)
    finally:
        dist.destroy_process_group()


def launch_name() -> str | None:
    """Names the `torchrun` that started this process, the same after it has restarted its processes; None alone."""
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        return None
    return f"{socket.gethostname()}-{os.environ['TORCHELASTIC_RUN_ID']}-{os.getppid()}"


def is_restart() -> bool:
    """Tells whether `torchrun` started this process in place of one that was lost."""
    return int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")) > 0
