"""Muslin trains an accurate image classifier on the computer you have, and shows how it works.

>>> import muslin
>>> run = muslin.fit("fashion-mnist", recipe="coffee")  # doctest: +SKIP
>>> run.test.accuracy  # doctest: +SKIP
>>> muslin.load(run.folder).predict("boot.png")  # doctest: +SKIP

Importing it is instant: PyTorch is imported with the first function that needs it.
"""

import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if sys.argv[:1] == ["-m"] and ("-m", __name__) in pairwise(sys.orig_argv) and not sys.flags.safe_path:
    del sys.path[0]  # `python -m muslin` looks in the current folder first, where a person's random.py may lie

from muslin.machine.waiting import wait_briefly_if_busy
from muslin.version import __version__

if TYPE_CHECKING:
    from muslin.pipeline import run_recipe as fit
    from muslin.prediction.classifier import load
    from muslin.report.compare.comparison import compare_runs as compare
    from muslin.report.write import write_report

__all__ = ["__version__", "compare", "fit", "load", "write_report"]


wait_briefly_if_busy()


def __getattr__(name: str) -> Any:
    if name == "fit":
        from muslin.pipeline import run_recipe

        return run_recipe
    if name == "load":
        from muslin.prediction.classifier import load

        return load
    if name == "compare":
        from muslin.report.compare.comparison import compare_runs

        return compare_runs
    if name == "write_report":
        from muslin.report.write import write_report

        return write_report
    raise AttributeError(f"module 'muslin' has no attribute {name!r}")
