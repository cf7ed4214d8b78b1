"""The picture of docs/benchmarks.md: accuracy against time."""

from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from muslin.look import LIGHT, png, style
from muslin.text import duration

__all__ = ["draw_accuracy_against_time"]

LEAST, MOST = 85, 97  # %, of the vertical axis
TICKS = (10, 20, 60, 180, 600, 1800, 3600, 7200)  # seconds


@style()
def draw_accuracy_against_time(results: dict[str, dict[str, Any]], path: Path) -> None:
    """Draws each recipe's validation accuracy over the run of seed 0, and the tests of all seeds at their ends.

    Args:
        results: measurements by name; those that start with `recipe-` are drawn.
        path: the PNG to write.
    """
    figure = Figure(figsize=(8.5, 5), layout="constrained")
    axes = figure.subplots()
    recipes = sorted(
        (result for name, result in results.items() if name.startswith("recipe-")), key=lambda r: r["seconds_mean"]
    )
    for result, colour in zip(recipes, LIGHT.series, strict=False):
        runs = result["runs"]
        if curve := runs[0]["curve"]:
            seconds, accuracies = zip(*curve, strict=True)
            axes.plot(seconds, [100 * accuracy for accuracy in accuracies], color=colour, linewidth=1, alpha=0.6)
        tests = [100 * run["test_accuracy"] for run in runs]
        axes.plot([run["wall_seconds"] for run in runs], tests, "o", color=colour, label=label(result))
    axes.set(xscale="log", xlabel="time since the command was typed", ylabel="accuracy (%)", ylim=(LEAST, MOST))
    axes.set_xticks(TICKS, minor=False)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: duration(seconds)))
    axes.minorticks_off()
    axes.set_title("Fashion-MNIST: lines are validation on the way, points are the test at the end")
    axes.grid(visible=True)
    axes.legend(loc="lower right")
    path.write_bytes(png(figure))


def label(result: dict[str, Any]) -> str:
    """Names a recipe with its figures, and with the peak of the machine that ran it, which makes the seconds."""
    count = len(result["runs"])
    seeds = f"{count} seed{'s' * (count > 1)}"
    peak = max(run["peak_gflops"] for run in result["runs"])
    return f"{result['recipe']}: {100 * result['accuracy_mean']:.2f} % ({seeds}, at {peak:.0f} GFLOP/s)"
