"""The picture of docs/benchmarks.md: accuracy against time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from muslin.look import LIGHT, png, style
from muslin.recipes import RECIPES
from muslin.text import duration, percent, plural

__all__ = ["draw_accuracy_against_time"]

LEAST, MOST = 85, 97  # %, of the vertical axis
MARKS = {"bf16": "o", "fp32": "s"}
TICKS = (5, 10, 20, 60, 180, 600, 1800, 3600, 7200)  # seconds


@style()
def draw_accuracy_against_time(recipes: Sequence[dict[str, Any]], path: Path) -> None:
    """Draws each recipe's validation accuracy over the run of seed 0, and the tests of all seeds at their ends.

    Args:
        recipes: their measurements.
        path: the PNG to write.
    """
    figure = Figure(figsize=(8.5, 5.8), layout="constrained")
    axes = figure.subplots()
    colours = dict(zip(RECIPES, LIGHT.series, strict=False))
    for result in recipes:
        runs, colour = result["runs"], colours[result["recipe"]]
        if curve := runs[0]["curve"]:
            seconds, accuracies = zip(*curve, strict=True)
            axes.plot(seconds, [100 * accuracy for accuracy in accuracies], color=colour, linewidth=1, alpha=0.6)
        tests = [100 * run["test_accuracy"] for run in runs]
        mark = MARKS[result["precision"]]
        axes.plot([run["wall_seconds"] for run in runs], tests, mark, color=colour, label=label(result))
    axes.set(xscale="log", xlabel="time since the command was typed", ylabel="accuracy (%)", ylim=(LEAST, MOST))
    axes.set_xticks(TICKS, minor=False)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: duration(seconds)))
    axes.minorticks_off()
    axes.set_title("Fashion-MNIST: lines are validation on the way, points are the test at the end")
    axes.grid(visible=True)
    figure.legend(loc="outside lower center", ncols=2)
    path.write_bytes(png(figure))


def label(result: dict[str, Any]) -> str:
    """Names a recipe with its figures, its precision, and the peak of the machine that ran it."""
    seeds, peak = plural(len(result["runs"]), "seed"), max(run["peak_gflops"] for run in result["runs"])
    reached = percent(result["accuracy_mean"], 2)
    return f"{result['recipe']}: {reached} ({seeds}, {result['precision']}, at {peak:.0f} GFLOP/s)"
