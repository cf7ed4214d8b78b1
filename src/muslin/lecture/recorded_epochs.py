"""What `benchmarks/measure/epochs.py` recorded of four nets, epoch by epoch."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["recorded_epochs"]


@cache
def recorded_epochs() -> dict[str, Any]:
    """Returns the record: the recipe, the seed, and of each net its epochs, test answers and first layers."""
    record: dict[str, Any] = json.loads(files("muslin.lecture").joinpath("recorded", "epochs.json").read_bytes())
    return record
