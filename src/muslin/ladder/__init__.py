"""The lecture's classifiers as the rungs of one ladder: the same data, one interface, one table.

A rung is a class in a file of its own, registered in `RUNGS`; tests run over all of them.
"""

from muslin.ladder.registry import RUNGS, find_rungs
from muslin.ladder.rung import Rung

__all__ = ["RUNGS", "Rung", "find_rungs"]
