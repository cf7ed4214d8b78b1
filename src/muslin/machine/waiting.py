"""How PyTorch's threads wait for each other: awake, but not for long where other work wants the cores.

OpenMP's threads wait awake for some 300,000 turns of a loop, a millisecond and more, before they sleep. Where another
process wants the cores too, they spin its time away, and their own: a step is as slow as the thread that was put off.
With few turns less is lost there, but more where nothing else runs: so the turns follow from what runs at the start.
The answers have the same bits. Decision 21 has the figures.
"""

import os
import sys
from pathlib import Path

from muslin.machine.cores import available_threads

__all__ = ["wait_briefly_if_busy"]

SPINS = "1000"  # turns of GNU's OpenMP library, which PyTorch brings; it reads this when it is loaded
TOLD = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")  # by either, a person can choose
RUNNING = Path("/proc/loadavg")  # Linux: its fourth word is "running/all", of the whole machine's threads
LOOKS = 3  # of which the least counts: what ran for a moment alone is no other work


def wait_briefly_if_busy() -> None:
    """Has threads wait awake for a short time alone where others want the cores.

    Without effect once PyTorch is loaded, where a person chose, and where the system does not tell what runs.
    """
    if "torch" not in sys.modules and not any(name in os.environ for name in TOLD) and is_busy():
        os.environ["GOMP_SPINCOUNT"] = SPINS


def is_busy() -> bool:
    """Whether other threads than this one leave fewer cores of the machine than this process may use."""
    others = min(running_threads() for _ in range(LOOKS)) - 1
    return others > 0 and others + available_threads() > (os.cpu_count() or 1)


def running_threads() -> int:
    """Returns how many threads of the machine run or wait for a core, this one included; 0 where it is not told."""
    try:
        return int(RUNNING.read_text(encoding="ascii").split()[3].partition("/")[0])
    except (OSError, ValueError, IndexError):
        return 0
