"""What this machine offers, found by measuring, and how training will use it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from muslin.config import Device, Precision
from muslin.errors import SettingError
from muslin.machine.cores import available_threads

__all__ = ["Machine", "computing", "convolution_speeds", "prepare"]

WORTHWHILE = 1.15  # times faster that bf16, or channels first, must be before it is chosen: noise must not decide
PROBE_ROUNDS = 5
GLANCE_BATCH = 4
HOPELESS = 5  # times slower than the fastest way
PROBE_BATCH, PROBE_CHANNELS, PROBE_SIDE = 32, 64, 14  # a typical convolution of a small-picture ResNet


@dataclass(frozen=True)
class Machine:
    """Where and how to compute.

    Attributes:
        device: that trains.
        threads: of the CPU.
        bf16: compute in bfloat16 under autocast; weights stay float32.
        channels_last: lay pictures out with the channels together.
        speeds: measured GFLOP/s of a convolution, forward and backward, by way of computing.
    """

    device: torch.device
    threads: int
    bf16: bool
    channels_last: bool
    speeds: dict[str, float]

    @contextmanager
    def autocast(self) -> Iterator[None]:
        """Computes in bfloat16 where that is faster."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16):
            yield

    @property
    def gflops(self) -> float:
        """Measured GFLOP/s of a convolution in the precision that training computes in."""
        return max(speed for way, speed in self.speeds.items() if self.bf16 == way.startswith("bf16"))

    @property
    def summary(self) -> str:
        """The machine in a few words."""
        where = (
            f"{self.threads} CPU thread{'s' * (self.threads > 1)}"
            if self.device.type == "cpu"
            else device_name(self.device)
        )
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


def prepare(device: Device, precision: Precision) -> Machine:
    """Measures what is fast here; to be called while `computing`.

    Args:
        device: `auto` takes CUDA, then MPS, then the CPU.
        precision: `auto` takes bfloat16 where it is faster by a convolution's forward and backward.

    Raises:
        SettingError: the device is not there.
    """
    where = choose_device(device)
    ways = {
        "fp32": (torch.float32, torch.contiguous_format),
        "fp32 channels last": (torch.float32, torch.channels_last),
        "bf16": (torch.bfloat16, torch.contiguous_format),
        "bf16 channels last": (torch.bfloat16, torch.channels_last),
    }
    if where.type == "mps":  # autocast to bfloat16 is not dependable there
        ways = {name: way for name, way in ways.items() if name.startswith("fp32")}
    speeds = convolution_speeds(where, ways)
    bf16 = precision == "bf16" or (precision == "auto" and bf16_wins(speeds))
    kind = "bf16" if bf16 else "fp32"
    channels_last = speeds.get(f"{kind} channels last", 0) * WORTHWHILE > speeds.get(kind, 0)
    return Machine(where, torch.get_num_threads(), bf16, channels_last, speeds)


def bf16_wins(speeds: dict[str, float]) -> bool:
    """Whether the fastest way in bfloat16 beats the fastest in float32 by enough."""
    fastest = {kind: max((s for n, s in speeds.items() if n.startswith(kind)), default=0) for kind in ("fp32", "bf16")}
    return fastest["bf16"] > WORTHWHILE * fastest["fp32"]


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


def convolution_speeds(
    device: torch.device, ways: dict[str, tuple[torch.dtype, torch.memory_format]]
) -> dict[str, float]:
    """Measures GFLOP/s of a 3x3 convolution, forward and backward, by type and layout.

    The ways take turns and each keeps its best round, so that other work on the machine slows all of them alike. One
    that is hopeless with few pictures, as bfloat16 is where the processor lacks it, gets no more. The process's very
    first convolution, which also starts threads and brings in libraries, is nobody's.
    """
    operations = 3 * 2 * 9 * PROBE_CHANNELS**2 * PROBE_SIDE**2  # a picture
    glances = {name: probe(device, *way, GLANCE_BATCH) for name, way in ways.items()}
    next(iter(glances.values()))()
    for glance in glances.values():
        glance()  # the first call also compiles and allocates
    seconds = {name: timed(glance) / GLANCE_BATCH for name, glance in glances.items()}  # a picture
    hopeful = [name for name in ways if seconds[name] < HOPELESS * min(seconds.values())]
    probes = {name: probe(device, *ways[name], PROBE_BATCH) for name in hopeful}
    for _ in range(PROBE_ROUNDS):
        seconds |= {name: min(seconds[name], timed(work) / PROBE_BATCH) for name, work in probes.items()}
    return {name: operations / each / 1e9 for name, each in seconds.items()}


def probe(device: torch.device, dtype: torch.dtype, layout: torch.memory_format, batch: int) -> Callable[[], None]:
    """Prepares one forward and backward pass of a convolution over a batch of pictures."""
    layer = nn.Conv2d(PROBE_CHANNELS, PROBE_CHANNELS, 3, padding=1, bias=False, device=device, dtype=dtype)
    layer = layer.to(memory_format=layout)  # type: ignore[call-overload]
    shape = (batch, PROBE_CHANNELS, PROBE_SIDE, PROBE_SIDE)
    images = torch.ones(shape, device=device, dtype=dtype).contiguous(memory_format=layout).requires_grad_()

    def forward_backward() -> None:
        layer(images).sum().backward()  # a gradient of one's own would bring SymPy in, which takes half a second
        synchronise(device)

    return forward_backward


def timed(work: Callable[[], None]) -> float:
    """Times one call, in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def synchronise(device: torch.device) -> None:
    """Waits until the device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
