"""The residual laboratory: deep nets with and without skips, as `benchmarks/measure/residual.py` recorded them."""

import json
from importlib.resources import files
from typing import Any

from muslin.lecture.formulas import mathml

__all__ = ["values"]


def values() -> dict[str, Any]:
    """Returns the record and the formulas.

    `steps` are those that were kept; each of `nets` has its depth, whether it has skips and norms, its loss and
    accuracy on each step's batch, and the root mean squares of each convolution's gradient and output. What was no
    longer a number is None.
    """
    record: dict[str, Any] = json.loads(files("muslin.lecture").joinpath("recorded", "residual.json").read_bytes())
    return record | {
        "formulas": {
            "plain": mathml(r"y = \mathrm{relu}(F(x)), \quad \frac{\partial y}{\partial x} = F'(x)"),
            "skips": mathml(r"y = \mathrm{relu}(F(x) + x), \quad \frac{\partial y}{\partial x} = F'(x) + 1"),
        },
    }
