"""What the machine means for `fit`: facts and consequences as data."""

import platform
from pathlib import Path

from muslin.machine.device import Machine, bf16_wins
from muslin.recipes import RECIPES, REFERENCE_GFLOPS, forecast
from muslin.text import duration

__all__ = ["consequences", "processor_name"]


def consequences(machine: Machine) -> list[str]:
    """Says what `fit` will do on this machine, and why."""
    gain = machine.gflops
    other = max((s for n, s in machine.speeds.items() if machine.bf16 != n.startswith("bf16")), default=0.0)
    if machine.bf16:
        precision = f"fit computes in bfloat16: {gain / other:.1f} times faster here than float32."
    elif bf16_wins(machine.speeds) or not other:
        precision = "fit computes in float32."
    else:
        precision = f"fit computes in float32: bfloat16 reaches {other / gain:.2f} times its speed here."
    layout = "channels last, the faster layout here" if machine.channels_last else "channels first"
    coffee = RECIPES["coffee"]
    measured, expected = (duration(forecast(coffee, speed)) for speed in (REFERENCE_GFLOPS, gain))
    return [
        precision,
        f"Convolutions are laid out {layout}.",
        f"It uses {machine.threads} threads; more than the cores would make it slower.",
        f"Recipe coffee takes {measured} at {REFERENCE_GFLOPS} GFLOP/s: expect about {expected} here.",
    ]


def processor_name() -> str:
    """Names the processor as the system does."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
