"""Several processes that train one model together, as `torchrun` starts them.

Every process holds the whole model and takes its part of each batch; gradients, batch statistics and scores are summed,
so that N processes compute what one would with the same batch. What must not differ, process 0 decides.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.distributed_c10d import Store
from torch.distributed.rendezvous import rendezvous

from muslin.distributed.shared_memory import SharedMemory, can_share_memory
from muslin.errors import LostProcessError, MuslinError

__all__ = ["ALONE", "World", "is_restart", "launch_name", "process_group", "restart_notes"]

PATIENCE = timedelta(days=7)  # for the first process: packing a billion pictures takes it days
FAILED = "muslin/failed"  # counts the processes that ended by an error


@dataclass(frozen=True)
class World:
    """The processes that train together.

    Attributes:
        rank: this process's rank, from 0; rank 0 alone writes files.
        size: the number of processes, from 1.
        control: PyTorch's group of them for small messages on the CPU; None for one process.
    """

    rank: int = 0
    size: int = 1
    control: "dist.ProcessGroup | None" = None

    @property
    def is_first_here(self) -> bool:
        """Whether this process is the first of those on its machine."""
        return int(os.environ.get("LOCAL_RANK", "0")) == 0

    def wait(self) -> None:
        """Waits until all processes are here."""
        self.broadcast(0)

    @property
    def is_first(self) -> bool:
        """Whether this process writes and reports."""
        return self.rank == 0

    def part(self, count: int) -> slice:
        """Returns this process's share of `count` things, of equal size but for one."""
        return slice(count * self.rank // self.size, count * (self.rank + 1) // self.size)

    def any(self, *flags: bool) -> tuple[bool, ...]:
        """Returns, for each flag, whether any process raised it."""
        if self.size == 1:
            return flags
        raised = torch.tensor(flags, dtype=torch.int32)
        sum_over_all(raised, self.control)
        return tuple(bool(count) for count in raised.tolist())

    def broadcast(self, value: float) -> float:
        """Returns the number that rank 0 has, in every process."""
        if self.size == 1:
            return value
        shared = torch.tensor(value, dtype=torch.float64)
        broadcast_tensor(shared, self.control)
        return shared.item()

    def broadcast_bytes(self, content: bytes | None) -> bytes | None:
        """Returns the bytes that rank 0 has, or its None, in every process."""
        if self.size == 1:
            return content
        length = int(self.broadcast(-1 if content is None else len(content)))
        if length <= 0:
            return None if length < 0 else b""
        shared = torch.frombuffer(bytearray(content or bytes(length)), dtype=torch.uint8)
        broadcast_tensor(shared, self.control)
        return shared.numpy().tobytes()

    def sum(self, values: Tensor) -> Tensor:
        """Returns the sum of a CPU tensor over the processes, which all give one of the same shape and type."""
        if self.size == 1:
            return values
        total = values.clone()
        sum_over_all(total, self.control)
        return total

    def concatenate(self, part: Tensor, count: int) -> Tensor:
        """Joins the processes' parts of `count` numbers or rows, as `part` cut them; on the CPU."""
        whole = part.new_zeros(count, *part.shape[1:])
        whole[self.part(count)] = part
        return self.sum(whole)

    @torch.no_grad()
    def broadcast_weights(self, model: nn.Module) -> None:
        """Hands every process's model the weights and buffers that rank 0 has."""
        for tensor in model.state_dict().values() if self.size > 1 else ():
            shared = tensor.contiguous()
            broadcast_tensor(shared)
            tensor.copy_(shared)

    def sum_gradients(self, model: nn.Module) -> None:
        """Adds up the gradients of all processes, whose losses are each divided by the whole batch."""
        if self.size == 1:
            return
        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        message = torch.cat([g.flatten() for g in gradients])
        sum_over_all(message)
        for gradient, total in zip(gradients, message.split([g.numel() for g in gradients]), strict=True):
            gradient.copy_(total.view_as(gradient))


ALONE = World()
OWN_STORE = "TORCH_DISABLE_SHARE_RDZV_TCP_STORE"  # keeps torchrun's store apart from the training's


_shared: list[SharedMemory] = []  # one for a group of processes that are all on one machine, else none


def sum_over_all(values: Tensor, group: "dist.ProcessGroup | None" = None) -> None:
    """Adds up a contiguous tensor over the processes, in place.

    Args:
        values: a tensor of the same shape and type in every process.
        group: the group to send by; by default that for tensors on any device.

    Raises:
        LostProcessError: one of them has ended.
    """
    if _shared and values.device.type == "cpu":
        _shared[0].sum(values, lost_process)
        return
    with naming_lost_process():
        dist.all_reduce(values, group=group)


def broadcast_tensor(values: Tensor, group: "dist.ProcessGroup | None" = None) -> None:
    """Overwrites a contiguous tensor by that of rank 0; see `sum_over_all`."""
    with naming_lost_process():
        dist.broadcast(values, 0, group)


@contextmanager
def naming_lost_process() -> Iterator[None]:
    """Names what PyTorch raises when another process does not answer."""
    try:
        yield
    except RuntimeError as error:
        raise lost_process() from error


def lost_process() -> LostProcessError:
    """Returns the error for a process that has ended."""
    return LostProcessError(
        "another process has ended, and all are needed: see what it said. Go on with --resume, or let torchrun do "
        "so by itself: --max-restarts 3"
    )


@contextmanager
def process_group() -> Iterator[World]:
    """Makes one group of the processes that `torchrun` started; `ALONE` where it started none.

    Of the errors that end them, one alone goes on its way: a failure is told once, not once a process.

    Yields:
        This process's place among them.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield ALONE
        return
    backend = "gloo"
    if torch.cuda.is_available():
        backend = "cpu:gloo,cuda:nccl"
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")) % torch.cuda.device_count())
    store, rank, size = next(rendezvous("env://"))
    dist.init_process_group(backend, store=store, rank=rank, world_size=size)
    try:
        world = World(rank, size, dist.new_group(backend="gloo", timeout=PATIENCE))
        with sum_through_memory(world):
            yield world
    except BaseException as error:
        if tells_failure(error, rank, store):
            raise
        raise SystemExit(error.exit_code if isinstance(error, MuslinError) else 1) from None
    finally:
        dist.destroy_process_group()


@contextmanager
def sum_through_memory(world: World) -> Iterator[None]:
    """Lets processes that are all on one machine sum through its memory until the block ends."""
    if any(world.any(not can_share_memory(world.size))):
        yield
        return
    file, memory = None, None
    processes = world.concatenate(torch.tensor([os.getpid()]), world.size).tolist()
    with suppress(OSError):
        file = SharedMemory.make_file(world.size) if world.is_first else None
    name = world.broadcast_bytes(str(file).encode() if file else None)
    with suppress(OSError):
        memory = SharedMemory(Path(name.decode()), world.rank, processes) if name else None
    all_have_it = not any(world.any(memory is None))
    if file:
        file.unlink()
    if memory and all_have_it:
        _shared.append(memory)
    try:
        yield
    finally:
        _shared.clear()
        if memory:
            memory.close()


def tells_failure(error: BaseException, rank: int, store: Store) -> bool:
    """Whether this process is the one to tell of a failure: the first to fail, or rank 0 of a lost one."""
    if isinstance(error, LostProcessError) and rank > 0:
        return False  # and the store may have gone with rank 0
    try:
        return bool(store.add(FAILED, 1) == 1)
    except RuntimeError:  # rank 0, which held the store, has failed and gone
        return False


def launch_name() -> str | None:
    """Returns a name for the `torchrun` that started this process, the same after a restart; None where none did.

    It is torchrun's `--rdzv-id`, which several machines share; where none was given, host and process id of torchrun.
    """
    name = os.environ.get("TORCHELASTIC_RUN_ID")
    return f"{socket.gethostname()}-{os.getppid()}" if name == "none" else name


def restart_notes() -> list[str]:
    """Returns what to tell a person of a `torchrun` that cannot restart processes as it was asked to."""
    asked = int(os.environ.get("TORCHELASTIC_MAX_RESTARTS", "0")) > 0
    if not asked or os.environ.get(OWN_STORE) == "1":
        return []
    return [f"torchrun was told to restart lost processes, and often cannot without {OWN_STORE}=1 in its environment"]


def is_restart() -> bool:
    """Whether `torchrun` started this process in place of one that was lost."""
    return int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")) > 0
