"""What `muslin doctor` prints, for people and for programs."""

import json
import platform
from typing import Any

import torch
from rich.console import Console

from muslin.machine.advice import consequences, processor_name
from muslin.machine.cores import memory_limit
from muslin.machine.device import Machine
from muslin.terminal.layout import folded, print_table

__all__ = ["doctor_json", "doctor_report"]


def doctor_report(machine: Machine) -> None:
    """Prints what was found and measured, and what follows."""
    memory = memory_limit()
    facts = [
        ("processor", processor_name()),
        ("threads", f"{machine.threads} (cores that this process may use)"),
        ("memory", f"{memory / 2**30:.1f} GiB" if memory else "unknown"),
        ("device", str(machine.device)),
        ("versions", f"Python {platform.python_version()}, PyTorch {torch.__version__}"),
        *((f"convolution, {way}", f"{speed:,.0f} GFLOP/s") for way, speed in machine.speeds.items()),
    ]
    print_table(("", ""), facts, left=2)
    console = Console()
    lines = "\n".join(f"• {line}" for line in consequences(machine))
    console.print(folded(lines, console, "  "), highlight=False, soft_wrap=True)


def doctor_json(machine: Machine) -> str:
    """Returns the same as JSON."""
    values: dict[str, Any] = {
        "processor": processor_name(), "threads": machine.threads, "memory_bytes": memory_limit(),
        "device": str(machine.device), "bf16": machine.bf16, "channels_last": machine.channels_last,
        "convolution_gflops": machine.speeds, "python": platform.python_version(), "torch": torch.__version__,
    }  # fmt: skip
    return json.dumps(values)
