"""Writes the measured figures into README.md and the pages of docs/, between their markers.

The ladder's come from what `muslin ladder` writes: `make ladder` copies it to `results/`.

python -m benchmarks.tables.table
"""

import textwrap
from collections.abc import Callable
from itertools import groupby, zip_longest
from operator import itemgetter
from pathlib import Path
from typing import Any

from benchmarks.measure.results import load_results
from benchmarks.tables.data_table import pack_table, predicting_table, processes_line
from benchmarks.tables.doctor_table import doctor_table
from benchmarks.tables.explanation_table import layer_table, speed_sentence, worth_table
from benchmarks.tables.page_table import page_table
from benchmarks.tables.plots import draw_accuracy_against_time
from benchmarks.tables.rival_table import rival_sentence, rival_table
from benchmarks.tables.scaling_table import scaling_table
from benchmarks.tables.serving_table import onnx_sentence, serving_sentence, serving_table

from muslin.text import duration

ROOT = Path(__file__).parents[2]
RECIPES = ("espresso", "coffee", "lunch", "overnight")
PRECISIONS = ("bf16", "fp32")  # as the processor has it: most of what makes the seconds


def main() -> None:
    """Replaces all tables."""
    results = load_results()
    readme, page = ROOT / "README.md", ROOT / "docs" / "benchmarks.md"
    replace(readme, "measured", recipe_table(results))
    replace(page, "measured", "\n\n".join((recipe_table(results), means(results), every_run(results))))
    draw_accuracy_against_time(measured_recipes(results), ROOT / "docs" / "images" / "accuracy-against-time.png")
    if ladder := results.get("ladder"):
        replace(readme, "ladder", short_ladder(ladder))
        replace(page, "ladder", whole_ladder(ladder))
    if rivals := results.get("peers"):
        replace(readme, "rivals", rival_sentence(rivals))
    if serving := results.get("serving"):
        replace(readme, "serving", serving_sentence(serving))
    for name, (where, marker, make) in TABLES.items():
        if name in results:
            replace(ROOT / "docs" / where, marker, make(results[name]))
    if explanations := results.get("explanations"):
        explained = ROOT / "docs" / "explanations.md"
        replace(explained, "worth", worth_table(explanations))
        replace(explained, "layers", layer_table(explanations))
        replace(explained, "speed", speed_sentence(explanations))
    if (packs := results.get("packs")) and (transfer := results.get("transfer")):
        replace(ROOT / "docs" / "own-pictures.md", "packs", pack_table(packs, transfer))


def recipe_table(results: dict[str, dict[str, Any]]) -> str:
    """A row a recipe and precision, and the lecture's sample project below."""
    lines = [
        "| recipe | in | test accuracy | with one view | whole time | work | pictures/s | peak | memory | seeds |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [recipe_row(result) for result in measured_recipes(results)]
    if baseline := results.get("baseline"):
        how = "30 epochs" if baseline["whole"] else f"cut in epoch {len(baseline['curve'])} of 30"
        lines.append(
            f"| the lecture's ResNet-34, {how} | fp32 | {100 * baseline['test_accuracy']:.2f} % | "
            f"| {duration(baseline['seconds'])} | | {baseline['pictures_per_second']:.0f} | | | 1 |"
        )
    return "\n".join((*lines, "", how_measured(results)))


def measured_recipes(results: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The recipes' results by precision, then from the shortest to the longest, each with its `precision`."""
    names = [(f"recipe-{recipe}-{precision}", precision) for precision in PRECISIONS for recipe in RECIPES]
    return [results[name] | {"precision": precision} for name, precision in names if name in results]


def how_measured(results: dict[str, dict[str, Any]]) -> str:
    """Says where the recipes were measured, and how their speed compares."""
    words = ""
    for precision, group in groupby(measured_recipes(results), key=itemgetter("precision")):
        where = next(group)["measured_on"]
        words += (
            f"In {precision}: measured on {where['processor']}, {where['threads']} cores, PyTorch {where['torch']}, "
            f"{where['date']}. "
        )
    words += "The peak is the machine's fastest convolution in the same run."
    if throughput := results.get("throughput"):
        low, middle, high = (throughput[f"ratio_{which}"] for which in ("min", "median", "max"))
        reached = max(throughput["measured_on"]["convolution_gflops"].values())
        words += (
            f" In one process, taking turns, where a convolution reached {reached:.0f} GFLOP/s, `coffee`'s model "
            f"trained {middle:.0f} times as many pictures a second as the lecture's project "
            f"({low:.0f} to {high:.0f} times, by round)."
        )
    return textwrap.fill(words, 120)


def recipe_row(result: dict[str, Any]) -> str:
    """One recipe's row."""
    runs = result["runs"]
    deviation = result["accuracy_deviation"]
    spread = "" if deviation is None else f" ± {100 * deviation:.2f}"
    speed = sum(run["pictures_per_second"] for run in runs) / len(runs)
    by_one_view = result.get("accuracy_one_view_mean")  # older results lack it
    one_view = "" if by_one_view is None else f"{100 * by_one_view:.2f} %"
    peak, work = max(run["peak_gflops"] for run in runs), runs[0]["training_tflop"]
    return (
        f"| `{result['recipe']}` | {result['precision']} | {100 * result['accuracy_mean']:.2f}{spread} % | {one_view} "
        f"| {duration(result['seconds_mean'])} | {work:,.0f} TFLOP | {speed:,.0f} | {peak:,.0f} GFLOP/s "
        f"| {result['peak_memory_mb'] / 1000:.1f} GB | {len(runs)} |"
    )


def every_run(results: dict[str, dict[str, Any]]) -> str:
    """A row a seed."""
    lines = [
        "| recipe | in | seed | last validation | test | whole process | training | TFLOP | GFLOP/s | of the peak |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for result in measured_recipes(results):
        lines += [f"| `{result['recipe']}` | {result['precision']} | {run_cells(run)} |" for run in result["runs"]]
    return "\n".join(lines)


def run_cells(run: dict[str, Any]) -> str:
    """One seed's figures."""
    accuracies = " | ".join(f"{100 * run[f'{part}_accuracy']:.2f} %" for part in ("validation", "test"))
    work = f"{run['training_tflop']:,.0f} | {run['sustained_gflops']:.0f} | {run['share_of_peak']:.0%}"
    return f"{run['seed']} | {accuracies} | {run['wall_seconds']} s | {run['training_seconds']} s | {work}"


def means(results: dict[str, dict[str, Any]]) -> str:
    """A row a recipe: mean, deviation and 95 % interval of the mean over the seeds."""
    lines = [
        "| recipe | in | seeds | mean | deviation | 95 % interval of the mean | revision |",
        "|---|---|---|---|---|---|---|",
    ]
    for result in measured_recipes(results):
        low, high = result["accuracy_interval"] or (None, None)
        between = "" if low is None else f"{100 * low:.2f} to {100 * high:.2f} %"
        deviation = result["accuracy_deviation"]
        spread = "" if deviation is None else f"{100 * deviation:.2f}"
        lines.append(
            f"| `{result['recipe']}` | {result['precision']} | {len(result['runs'])} "
            f"| {100 * result['accuracy_mean']:.2f} % | {spread} | {between} "
            f"| {', '.join(sorted({run['revision'] for run in result['runs']}))} |"
        )
    return "\n".join(lines)


def short_ladder(ladder: dict[str, Any]) -> str:
    """Two rungs a row: name, accuracy, seconds to fit."""
    rungs = [f"`{r['rung']}` | {100 * r['accuracy']:.1f} % | {duration(r['fit_seconds'])}" for r in ladder["rungs"]]
    half = -(-len(rungs) // 2)
    rows = [f"| {left} | {right} |" for left, right in zip_longest(rungs[:half], rungs[half:], fillvalue=" | | ")]
    heading = "| rung | test accuracy | to fit | rung | test accuracy | to fit |\n|---|---|---|---|---|---|\n"
    return heading + "\n".join(rows) + f"\n\nAll of it took {duration(ladder['seconds'])}, on {place(ladder)}."


def whole_ladder(ladder: dict[str, Any]) -> str:
    """A row a rung."""
    lines = [
        "| rung | test accuracy | 95 % interval | parameters | to fit | pictures/s to answer |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{r['rung']}` | {100 * r['accuracy']:.2f} % | {100 * r['low']:.1f} to {100 * r['high']:.1f} % "
        f"| {r['parameters']:,} | {duration(r['fit_seconds'])} | {r['images_per_second']:,.0f} |"
        for r in ladder["rungs"]
    ]
    return "\n".join(lines) + f"\n\nAll of it took {duration(ladder['seconds'])}, on {place(ladder)}."


def place(ladder: dict[str, Any]) -> str:
    """Says where a ladder was climbed."""
    threads = ladder["threads"]
    return f"{threads} core{'s' * (threads > 1)}, PyTorch {ladder['versions']['torch']}"


def peer_table(peers: dict[str, Any]) -> str:
    """A row a rung and its counterpart."""
    lines = [
        "| rung | test accuracy | fit and answer | scikit-learn's | test accuracy | fit and answer |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{p['rung']}` | {100 * p['accuracy']:.2f} % | {duration(p['fit_seconds'] + p['predict_seconds'])} "
        f"| `{p['peer']}` | {100 * p['peer_accuracy']:.2f} % "
        f"| {duration(p['peer_fit_seconds'] + p['peer_predict_seconds'])} |"
        for p in peers["pairs"]
    ]
    where = peers["measured_on"]
    cores = f"{where['threads']} core{'s' * (where['threads'] > 1)}"
    return "\n".join(lines) + f"\n\nOn {where['processor']}, {cores}, scikit-learn {peers['sklearn']}, {where['date']}."


def replace(path: Path, name: str, table: str) -> None:
    """Puts a table between a file's markers of that name."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(begin)
    _, after = rest.split(end)
    path.write_text(f"{before}{begin}\n{table}\n{end}{after}", encoding="utf-8")


TABLES: dict[str, tuple[str, str, Callable[[dict[str, Any]], str]]] = {  # page, marker, and what makes it, by result
    "ladder-peers": ("benchmarks.md", "peers", peer_table),
    "peers": ("benchmarks.md", "rivals", rival_table),
    "predicting": ("benchmarks.md", "predicting", predicting_table),
    "scaling": ("benchmarks.md", "scaling", scaling_table),
    "scaling-processes": ("scaling.md", "processes", processes_line),
    "doctor": ("data-doctor.md", "doctor", doctor_table),
    "serving": ("serving.md", "measured", serving_table),
    "onnx": ("onnx.md", "measured", onnx_sentence),
    "lecture-page": ("benchmarks.md", "page", page_table),
}


if __name__ == "__main__":
    main()
