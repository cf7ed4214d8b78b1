"""What this machine is, and what follows for `fit`: facts and consequences as data."""

import platform
from dataclasses import dataclass
from typing import Any

import torch

from muslin.machine.cores import memory_limit, threads_asked
from muslin.machine.device import Machine
from muslin.machine.measurement import exceeds, processor_name
from muslin.recipes import RECIPES, REFERENCE_GFLOPS, forecast
from muslin.text import duration, plural

__all__ = ["Advice", "advise"]


@dataclass(frozen=True)
class Advice:
    """What this machine is, and what follows.

    Attributes:
        processor: the processor's name.
        machine: where and how `fit` computes here.
        threads_asked: the most threads that OMP_NUM_THREADS allows; None where a person set no bound.
        memory: bytes that this process may use; None where the system does not tell.
        consequences: what `fit` does here and why, a sentence each.
    """

    processor: str
    machine: Machine
    threads_asked: int | None
    memory: int | None
    consequences: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Returns the same as plain values."""
        machine = self.machine
        return {
            "processor": self.processor, "threads": machine.threads, "threads_asked": self.threads_asked,
            "memory_bytes": self.memory, "device": str(machine.device), "bf16": machine.bf16,
            "channels_last": machine.channels_last, "convolution_gflops": machine.speeds,
            "measured": machine.measured or None, "python": platform.python_version(), "torch": torch.__version__,
        }  # fmt: skip


def advise(machine: Machine) -> Advice:
    """Says what a measured machine is, and what `fit` will do on it."""
    sentences = (precision_sentence(machine), layout_sentence(machine), threads_sentence(machine), forecast_of(machine))
    return Advice(processor_name(), machine, threads_asked(), memory_limit(), (*sentences, kept_sentence(machine)))


def precision_sentence(machine: Machine) -> str:
    """Says in which precision `fit` computes, and why."""
    gain = machine.gflops
    others = [way for way in machine.speeds if machine.bf16 != way.startswith("bf16")]
    other = max((machine.speeds[way] for way in others), default=0.0)
    if machine.bf16:
        return f"fit computes in bfloat16: {gain / other:.1f} times faster here than float32."
    ours = [way for way in machine.speeds if way not in others]
    if not other or exceeds(machine.speeds, others, ours):
        return "fit computes in float32."
    return f"fit computes in float32: bfloat16 reaches {other / gain:.2f} times its speed here."


def layout_sentence(machine: Machine) -> str:
    """Says how pictures are laid out."""
    layout = "channels last, the faster layout here" if machine.channels_last else "channels first"
    return f"Convolutions are laid out {layout}."


def threads_sentence(machine: Machine) -> str:
    """Says how many threads compute, and what decided that."""
    used = f"It uses {plural(machine.threads, 'thread')}"
    if threads_asked() == machine.threads:
        return f"{used}, as OMP_NUM_THREADS says."
    return f"{used}; more than the cores would make it slower."


def forecast_of(machine: Machine) -> str:
    """Says how long the recipe of the default takes here."""
    coffee = RECIPES["coffee"]
    measured, expected = (duration(forecast(coffee, speed)) for speed in (REFERENCE_GFLOPS, machine.gflops))
    return f"Recipe coffee takes {measured} at {REFERENCE_GFLOPS} GFLOP/s: expect about {expected} here."


def kept_sentence(machine: Machine) -> str:
    """Says when that was measured, and whether later runs go by it."""
    if machine.measured:
        return f"Measured {machine.measured[:10]}, and kept for every run; anew with: muslin doctor --measure"
    return "Other work disturbed the measuring: nothing was kept, and the next run measures anew."
