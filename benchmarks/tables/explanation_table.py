"""The tables of what explanations are worth, from what `explanations.py` saved, for docs/explanations.md."""

import textwrap
from typing import Any

from benchmarks.tables.scaling_table import markdown

from muslin.text import duration

__all__ = ["layer_table", "speed_sentence", "worth_table"]


def worth_table(result: dict[str, Any]) -> str:
    """A row for each run and explanation."""
    rows = [["run", "explanation", "taken from", "area by the map", "at random", "less"]]
    for row in result["worth"]:
        figures = f"{row['area']:.3f}", f"{row['random_area']:.3f}", less(row)
        rows.append([f"`{row['run']}`", f"`{row['explanation']}`", row["layer"], *figures])
    return markdown(rows)


def layer_table(result: dict[str, Any]) -> str:
    """A row for each run and map: by each cell's own slope, and by the channel's mean slope."""
    rows = [["run", "map", "each cell's own slope", "the channel's mean slope"]]
    rows += [
        [f"`{row['run']}`", row["layer"], less(row["own_slopes"]), less(row["mean_slopes"])] for row in result["layers"]
    ]
    return markdown(rows)


def less(figures: dict[str, float]) -> str:
    """How much smaller the area by the map is, with its standard error."""
    return f"{figures['less']:+.3f} ± {figures['error']:.3f}"


def speed_sentence(result: dict[str, Any]) -> str:
    """How fast Grad-CAM, the search for neighbours and the report are."""
    where = result["measured_on"]
    others = [
        f"{result[f'grad_cam_to_{key}']:.1f} times as many as {name}"
        for key, name in (("captum", "captum"), ("pytorch_grad_cam", "pytorch-grad-cam"))
        if f"grad_cam_to_{key}" in result
    ]
    words = (
        f"Grad-CAM explains {result['grad_cam_pictures_per_second']:,} pictures/s of 28 x 28 by the model of `coffee`, "
        f"{' and '.join(others)} at the same layer. The 5 nearest of 10,000 pictures among 60,000, in "
        f"{result['neighbours_features']} features, take {result['neighbours_seconds']:.1f} s, scikit-learn's brute "
        f"search {result['sklearn_seconds']:.1f} s. `muslin report` of a run of `coffee`, which itself took "
        f"{duration(result['report_fit_seconds'])}, takes {result['report_seconds']:.1f} s as a whole process, "
        "pictures, maps and neighbours included. Medians of rounds in which all take turns, on "
        f"{where['processor']}, {where['threads']} cores, PyTorch {where['torch']}, {where['date']}."
    )
    return textwrap.fill(words, 120)
