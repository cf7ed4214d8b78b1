"""Where and how this machine computes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from muslin.config import Device, Precision
from muslin.errors import SettingError
from muslin.machine.cores import available_threads, local_processes, memory_limit
from muslin.machine.measurement import find_measurement
from muslin.text import plural

__all__ = ["Machine", "computing", "prepare"]

SHARE = 12  # one part in so many of the memory is for what is computed of pictures: weights and pictures need some too
USUAL_MEMORY = 8 << 30  # bytes, where the system does not tell


@dataclass(frozen=True)
class Machine:
    """Where and how to compute.

    Attributes:
        device: the device that trains.
        threads: the CPU's threads, at least 1.
        bf16: whether to compute in bfloat16 under autocast; weights stay float32.
        channels_last: whether to lay pictures out with the channels together.
        speeds: measured GFLOP/s of a convolution, forward and backward, by way of computing.
        measured: when that was, local time in ISO 8601; empty where other work disturbed it, so that it was not kept.
    """

    device: torch.device
    threads: int
    bf16: bool
    channels_last: bool
    speeds: dict[str, float]
    measured: str = ""

    @contextmanager
    def autocast(self) -> Iterator[None]:
        """Computes in bfloat16 where that is faster."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16):
            yield

    @property
    def room(self) -> int:
        """Bytes that what a model computes of pictures may take: a share of the memory that this process may use."""
        if self.device.type == "cuda":
            return torch.cuda.get_device_properties(self.device).total_memory // SHARE
        return (memory_limit() or USUAL_MEMORY) // local_processes() // SHARE

    @property
    def gflops(self) -> float:
        """Measured GFLOP/s of a convolution in the precision that training computes in."""
        return max(speed for way, speed in self.speeds.items() if self.bf16 == way.startswith("bf16"))

    @property
    def summary(self) -> str:
        """The machine in a few words."""
        where = f"{plural(self.threads, 'CPU thread')}" if self.device.type == "cpu" else device_name(self.device)
        return f"{where}, {'bf16' if self.bf16 else 'fp32'}"

    @property
    def memory_format(self) -> torch.memory_format:
        """The layout for the weights of convolutions."""
        return torch.channels_last if self.channels_last else torch.contiguous_format


@contextmanager
def computing() -> Iterator[int]:
    """Sets up the processor for training, and sets it back after.

    PyTorch gets as many threads as there are cores to use, and numbers too small for full precision become 0: computing
    with them can take a hundred times longer.

    Yields:
        The number of threads.
    """
    threads_before = torch.get_num_threads()
    torch.set_num_threads(available_threads())
    torch.set_flush_denormal(True)
    try:
        yield available_threads()
    finally:
        torch.set_flush_denormal(False)
        torch.set_num_threads(threads_before)


def prepare(device: Device, precision: Precision, *, anew: bool = False) -> Machine:
    """Chooses device, precision and layout by what is known to be fast here; to be called while `computing`.

    Args:
        device: `auto` takes CUDA, then MPS, then the CPU.
        precision: `auto` takes bfloat16 where it is clearly faster by a convolution's forward and backward.
        anew: measure even where a measurement is kept.

    Raises:
        SettingError: the device is not there.
    """
    where = choose_device(device)
    known = find_measurement(where, anew=anew)
    bf16 = precision == "bf16" or (precision == "auto" and known.prefers_bf16)
    channels_last = known.prefers_channels_last("bf16" if bf16 else "fp32")
    measured = known.date if known.is_quiet else ""
    return Machine(where, torch.get_num_threads(), bf16, channels_last, known.speeds, measured)


def choose_device(device: Device) -> torch.device:
    """Finds the device.

    Raises:
        SettingError: it is not there.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if device == "auto":
        return torch.device(next(name for name, is_there in there.items() if is_there))
    if not there[device]:
        present = ", ".join(name for name, is_there in there.items() if is_there)
        raise SettingError(f"device {device!r} is not available to PyTorch here; available: {present}")
    return torch.device(device)


def device_name(device: torch.device) -> str:
    """Names the accelerator."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "Apple GPU"
