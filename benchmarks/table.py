"""Writes the measured figures into README.md and docs/benchmarks.md, between their markers.

python benchmarks/table.py
"""

from pathlib import Path
from typing import Any

from results import load_results

from muslin.terminal.layout import duration

ROOT = Path(__file__).parent.parent
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
RECIPES = ("espresso", "coffee", "lunch", "overnight")


def main() -> None:
    """Replaces both tables."""
    results = load_results()
    replace(ROOT / "README.md", recipe_table(results))
    replace(ROOT / "docs" / "benchmarks.md", recipe_table(results) + "\n\n" + every_run(results))


def recipe_table(results: dict[str, dict[str, Any]]) -> str:
    """A row a recipe, and the lecture's sample project below."""
    lines = [
        "| recipe | test accuracy | whole time | pictures/s in training | peak memory | seeds |",
        "|---|---|---|---|---|---|",
    ]
    lines += [recipe_row(name, results[f"recipe-{name}"]) for name in RECIPES if f"recipe-{name}" in results]
    if baseline := results.get("baseline"):
        how = "30 epochs" if baseline["whole"] else f"cut at {len(baseline['curve'])} of 30 epochs"
        lines.append(
            f"| the lecture's ResNet-34, {how} | {100 * baseline['test_accuracy']:.2f} % "
            f"| {duration(baseline['seconds'])} | {baseline['pictures_per_second']:.0f} | | 1 |"
        )
    where = next(result["measured_on"] for name, result in results.items() if name.startswith("recipe-"))
    lines += [
        "",
        f"Measured on {where['processor']}, {where['threads']} cores, PyTorch {where['torch']}, {where['date']}.",
    ]
    if throughput := results.get("throughput"):
        low, middle, high = (throughput[f"ratio_{which}"] for which in ("min", "median", "max"))
        lines[-1] += (
            f" In one process, taking turns, `coffee`\ntrained {middle:.0f} times as many pictures a second as the "
            f"lecture's project ({low:.0f} to {high:.0f} times, by round)."
        )
    return "\n".join(lines)


def recipe_row(name: str, result: dict[str, Any]) -> str:
    """One recipe's row."""
    runs = result["runs"]
    deviation = result["accuracy_deviation"]
    spread = "" if deviation is None else f" ± {100 * deviation:.2f}"
    speed = sum(run["pictures_per_second"] for run in runs) / len(runs)
    return (
        f"| `{name}` | {100 * result['accuracy_mean']:.2f}{spread} % | {duration(result['seconds_mean'])} "
        f"| {speed:,.0f} | {result['peak_memory_mb'] / 1000:.1f} GB | {len(runs)} |"
    )


def every_run(results: dict[str, dict[str, Any]]) -> str:
    """A row a seed."""
    lines = [
        "| recipe | seed | last validation | test | whole process, s | from `fit` to first step, s | revision |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in RECIPES:
        result = results.get(f"recipe-{name}", {"runs": []})
        revision = result["measured_on"]["revision"] if result["runs"] else ""
        lines += [f"| `{name}` | {run_cells(run)} | {revision} |" for run in result["runs"]]
    return "\n".join(lines)


def run_cells(run: dict[str, Any]) -> str:
    """One seed's figures."""
    accuracies = " | ".join(f"{100 * run[f'{part}_accuracy']:.2f} %" for part in ("validation", "test"))
    return f"{run['seed']} | {accuracies} | {run['wall_seconds']} | {run['seconds_to_first_step']}"


def replace(path: Path, table: str) -> None:
    """Puts a table between a file's markers."""
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    path.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
