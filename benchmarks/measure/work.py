"""What a run costs the processor: operations by count, the machine's own peak, energy.

The peak is the fastest of many rounds of the convolutions that Muslin's networks are made of, forward and backward,
measured in the same run as what is compared with it.
"""

import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from muslin.config import FitSettings
from muslin.data.spec import DataSpec
from muslin.machine.device import Machine
from muslin.models import build

__all__ = ["Operations", "convolution_peak", "count_operations", "energy_joules"]

SHAPES = ((64, 14, 256), (128, 14, 256), (128, 7, 512))  # channels, side, batch
ROUNDS = 12
POWERCAP = Path("/sys/class/powercap")  # where Linux counts the processor's energy

Operations = dict[str, int]


def count_operations(settings: FitSettings, spec: DataSpec) -> Operations:
    """Counts the floating-point operations for one picture: `training` (forward and backward) and `answering`.

    A multiplication and an addition are two. Counted are convolutions and matrix products, as PyTorch's counter does.
    """
    model = build(settings.model, spec)
    images = torch.zeros(2, spec.channels, spec.height, spec.width)
    with FlopCounterMode(display=False) as training:
        F.cross_entropy(model(images), torch.zeros(2, dtype=torch.int64)).backward()
    with torch.no_grad(), FlopCounterMode(display=False) as answering:
        model(images)
    return {"training": training.get_total_flops() // 2, "answering": answering.get_total_flops() // 2}


def convolution_peak(machine: Machine) -> float:
    """Measures the GFLOP/s of the machine's fastest 3x3 convolution, forward and backward, in bf16 where it has it."""
    return max(best_speed(machine, *shape) for shape in SHAPES)


def best_speed(machine: Machine, channels: int, side: int, batch: int) -> float:
    """Returns the GFLOP/s of the best round."""
    kind = torch.bfloat16 if machine.bf16 else torch.float32
    layer = nn.Conv2d(channels, channels, 3, padding=1, bias=False, dtype=kind)
    layer = layer.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    images = torch.ones(batch, channels, side, side, dtype=kind).contiguous(memory_format=torch.channels_last)
    images.requires_grad_()
    gradient = torch.ones_like(images)
    operations = 3 * 2 * 9 * channels**2 * side**2 * batch
    return operations / min(timed(lambda: layer(images).backward(gradient)) for _ in range(ROUNDS)) / 1e9


def timed(work: Callable[[], None]) -> float:
    """Times one call, in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def energy_joules() -> float | None:
    """Reads the energy that the processors took since some start; None where the machine does not tell."""
    packages = [zone for zone in POWERCAP.glob("*-rapl:*") if zone.name.count(":") == 1]
    try:
        return sum(int((zone / "energy_uj").read_text()) for zone in packages) / 1e6 if packages else None
    except OSError:
        return None
