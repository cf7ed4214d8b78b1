"""What `muslin doctor` prints."""

import platform

import torch
from rich.console import Console

from muslin.machine.advice import Advice
from muslin.terminal.layout import folded, print_table

__all__ = ["print_advice"]


def print_advice(advice: Advice) -> None:
    """Prints what was found and measured, and what follows."""
    machine = advice.machine
    bound = "" if advice.threads_asked is None else f"; OMP_NUM_THREADS allows {advice.threads_asked}"
    facts = [
        ("processor", advice.processor),
        ("threads", f"{machine.threads} (cores that this process may use{bound})"),
        ("memory", f"{advice.memory / 2**30:.1f} GiB" if advice.memory else "unknown"),
        ("device", str(machine.device)),
        ("versions", f"Python {platform.python_version()}, PyTorch {torch.__version__}"),
        *((f"convolution, {way}", f"{speed:,.0f} GFLOP/s") for way, speed in machine.speeds.items()),
    ]
    print_table(("", ""), facts, left=2)
    console = Console()
    lines = "\n".join(f"• {line}" for line in advice.consequences)
    console.print(folded(lines, console, "  "), highlight=False, soft_wrap=True)
