"""Measures recipes on Fashion-MNIST: whole processes, from typing to the last file, seed by seed.

Each run comes with the time of training alone, the operations by count, and the share of the machine's own peak that it
sustained: the peak is measured before and after each seed, and the better one counts.

    python -m benchmarks.measure.speedrun        # every recipe, as many seeds as its record needs: hours
    python -m benchmarks.measure.speedrun --recipe coffee --seeds 5
    python -m benchmarks.measure.speedrun --recipe coffee --seeds 5 --keep  # only the seeds that are not on file yet
"""

import argparse
import dataclasses
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measure.results import load_results, revision, save_result
from benchmarks.measure.work import Operations, convolution_peak, count_operations, energy_joules
from scipy.stats import t

from muslin.data.sources.registry import load_splits
from muslin.machine.device import computing, prepare
from muslin.recipes import RECIPES, Recipe

SEEDS = {"espresso": 5, "coffee": 5, "lunch": 3, "overnight": 1}
CONFIDENCE = 0.95
Run = dict[str, Any]


def main() -> None:
    """Runs recipes and seeds one after the other, and saves each recipe's figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recipe", choices=RECIPES, help="one alone")
    parser.add_argument("--seeds", type=int, help=f"how many; by default {SEEDS}")
    parser.add_argument(
        "--keep", action="store_true", help="keep the seeds on file, if of these settings: for the same machine"
    )
    options = parser.parse_args()
    for name in [options.recipe] if options.recipe else RECIPES:
        kept = runs_on_file(RECIPES[name]) if options.keep else {}
        measure_recipe(RECIPES[name], options.seeds or SEEDS[name], kept)


def runs_on_file(recipe: Recipe) -> dict[int, Run]:
    """Returns by seed what was measured before with the settings that the recipe has now."""
    result = load_results().get(result_name(recipe))
    if not result or result["settings"] != settings_of(recipe):
        return {}
    return {run["seed"]: run for run in result["runs"]}


def result_name(recipe: Recipe) -> str:
    """Returns the name of a recipe's figures in the precision of this machine, which makes most of the seconds."""
    return f"recipe-{recipe.name}-{'bf16' if prepare('cpu', 'auto').bf16 else 'fp32'}"


def settings_of(recipe: Recipe) -> dict[str, Any]:
    """Returns a recipe's settings as they come back from a file."""
    settings: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(recipe.settings)))
    return settings


def measure_recipe(recipe: Recipe, seeds: int, kept: dict[int, Run]) -> None:
    """Runs every seed that is not kept, and saves after each: runs, mean, deviation and interval."""
    data = load_splits("fashion-mnist", validation=recipe.settings.validation).train
    operations = count_operations(recipe.settings, data.spec)
    measured = dict(kept)
    for seed in sorted(set(range(seeds)) - set(kept)):
        measured[seed] = measure_seed(recipe, seed, operations)
        runs = [measured[seed] for seed in sorted(measured)]
        accuracies = [run["test_accuracy"] for run in runs]
        by_one_view = [run.get("test_accuracy_one_view") for run in runs]  # kept seeds may be older than the figure
        save_result(
            result_name(recipe),
            recipe=recipe.name,
            settings=settings_of(recipe),
            operations_per_picture=operations,
            runs=runs,
            accuracy_mean=statistics.mean(accuracies),
            accuracy_deviation=statistics.stdev(accuracies) if len(runs) > 1 else None,
            accuracy_interval=interval(accuracies),
            accuracy_one_view_mean=None if None in by_one_view else statistics.mean(by_one_view),
            seconds_mean=statistics.mean(run["wall_seconds"] for run in runs),
            peak_memory_mb=max(run["peak_memory_mb"] for run in runs),
        )


def measure_seed(recipe: Recipe, seed: int, operations: Operations) -> Run:
    """Runs `muslin fit` once, in a process of its own, between two measurements of the machine's peak."""
    peak, energy = machine_peak(), energy_joules()
    events, wall = fit(recipe.name, seed)
    energy_after, peak = energy_joules(), max(peak, machine_peak())
    epochs = [event for event in events if event["event"] == "epoch"]
    training = sum(epoch["pictures"] / epoch["pictures_per_second"] for epoch in epochs)
    pictures = sum(epoch["pictures"] for epoch in epochs)
    sustained = operations["training"] * pictures / training / 1e9
    result = {
        "seed": seed,
        "revision": revision(),
        "wall_seconds": round(wall, 1),
        "seconds_to_first_step": round(events[0]["seconds"], 2),
        "training_seconds": round(training, 1),
        "pictures_per_second": round(pictures / training),
        "training_tflop": round(operations["training"] * pictures / 1e12, 1),
        "sustained_gflops": round(sustained, 1),
        "peak_gflops": round(peak, 1),
        "share_of_peak": round(sustained / peak, 3),
        "energy_joules": None if energy is None or energy_after is None else round(energy_after - energy),
        "curve": [[round(epoch["seconds"], 1), epoch["validation_accuracy"]] for epoch in epochs],
        "validation_accuracy": epochs[-1]["validation_accuracy"],
        "test_accuracy": events[-1]["test_accuracy"],
        "test_accuracy_one_view": events[-1]["test_accuracy_one_view"],
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }
    print({name: value for name, value in result.items() if name != "curve"}, flush=True)
    return result


def fit(recipe: str, seed: int) -> tuple[list[dict[str, Any]], float]:
    """Runs the command; gives its events and the seconds from start to end."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "muslin", "fit", "--recipe", recipe, "--seed", str(seed), "--json"]
        start = time.monotonic()
        done = subprocess.run(
            [*command, "--out", str(Path(folder) / "run")], capture_output=True, text=True, check=True
        )
        wall = time.monotonic() - start
    return [json.loads(line) for line in done.stdout.splitlines()], wall


def machine_peak() -> float:
    """Measures the peak with all threads."""
    with computing():
        return convolution_peak(prepare("cpu", "auto"))


def interval(values: list[float]) -> list[float] | None:
    """Returns the 95 % confidence interval of the mean, by Student's t distribution; None for one value."""
    if len(values) < 2:
        return None
    half = t.ppf((1 + CONFIDENCE) / 2, len(values) - 1) * statistics.stdev(values) / len(values) ** 0.5
    return [statistics.mean(values) - half, statistics.mean(values) + half]


if __name__ == "__main__":
    main()
