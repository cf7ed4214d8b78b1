"""How PyTorch's threads wait for each other: awake, but not for long.

OpenMP's threads wait awake for some 300,000 turns of a loop, a millisecond and more, before they sleep. Where another
process wants the cores too, they spin its time away, and their own: a step is as slow as the thread that was put off.
With few turns the answers have the same bits; decision 20 has what it gains and costs.
"""

import os
import sys

__all__ = ["wait_briefly"]

SPINS = "1000"  # turns of GNU's OpenMP library, which PyTorch brings; it reads this when it is loaded
TOLD = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")  # by either, a person can choose


def wait_briefly() -> None:
    """Has threads wait awake for a short time alone; without effect once PyTorch is loaded, or where a person chose."""
    if "torch" not in sys.modules and not any(name in os.environ for name in TOLD):
        os.environ["GOMP_SPINCOUNT"] = SPINS
