"""A kernel in the hand: six garments, kernels to begin with, and those that a net has learnt.

Legend: N kernels.
"""

from pathlib import Path
from typing import Any

import numpy as np

from muslin.data.sources.fashion_mnist import CLASSES
from muslin.errors import MuslinError
from muslin.lecture.formulas import mathml
from muslin.lecture.garments import packed, test_garments
from muslin.lecture.recorded_epochs import recorded_epochs
from muslin.run.saved_model import read_weights

__all__ = ["GARMENTS", "KERNELS", "OF_RUN", "values"]

OF_RUN = True
MOST = 64  # learnt kernels that are shown
DIGITS = 5
GARMENTS = (7, 1, 28, 19, 30, 13)  # places in the test set
KERNELS = {
    "upright edges": (-1, 0, 1, -2, 0, 2, -1, 0, 1),  # Sobel's
    "level edges": (-1, -2, -1, 0, 0, 0, 1, 2, 1),
    "all edges": (0, -1, 0, -1, 4, -1, 0, -1, 0),
    "blur": (1 / 9,) * 9,
    "sharpen": (0, -1, 0, -1, 5, -1, 0, -1, 0),
    "as it is": (0, 0, 0, 0, 1, 0, 0, 0, 0),
}


def values(run: Path | None) -> dict[str, Any]:
    """Returns the garments, their classes, the kernels row by row, what nets have learnt, and the formulas."""
    images, labels = test_garments()
    chosen = np.array(GARMENTS)
    return {
        "garments": packed(images[chosen]),
        "labels": [CLASSES[label] for label in labels[chosen]],
        "kernels": [{"name": name, "weights": list(weights)} for name, weights in KERNELS.items()],
        "learnt": learnt(run),
        "formula": mathml(r"y_{r,c} = \sum_{i,j} w_{i,j}\, x_{s r + i - p,\; s c + j - p}"),
        "size": mathml(r"\left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1"),
    }


def learnt(run: Path | None) -> dict[str, Any]:
    """Returns first-layer kernels, (N, 9), and of which net: the run's where they are 3 x 3, or a recorded one."""
    recorded = next(net for net in recorded_epochs()["nets"] if net["kernels"])
    found = {"net": f"a recorded {recorded['model']}", "why": "", "weights": recorded["kernels"]}
    if run is None:
        return found
    try:
        first = [each for each in read_weights(run).values() if each.dim() == 4 and each.shape[1] == 1]
    except MuslinError as error:
        return found | {"why": f"{error}. These are a recorded net’s."}
    if len(first) == 1 and first[0].shape[2:] == (3, 3):
        kernels = first[0][:MOST].float().flatten(1).tolist()
        return {"net": run.name, "why": "", "weights": [[round(each, DIGITS) for each in kernel] for kernel in kernels]}
    what = (
        f"those of {run.name} are {first[0].shape[2]} x {first[0].shape[3]}"
        if len(first) == 1
        else f"{run.name} has none"
    )
    return found | {"why": f"Kernels of 3 x 3 on grey pictures are shown here; {what}."}
