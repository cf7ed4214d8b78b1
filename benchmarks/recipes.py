"""Measures a recipe on Fashion-MNIST: whole processes, from typing to the last file, seed by seed.

python benchmarks/recipes.py --recipe coffee --seeds 3
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from results import save_result

from muslin.recipes import RECIPES


def main() -> None:
    """Runs every seed and saves mean and deviation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recipe", choices=RECIPES, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    runs = [measure(options.recipe, seed) for seed in range(options.seeds)]
    accuracies = [run["test_accuracy"] for run in runs]
    save_result(
        f"recipe-{options.recipe}",
        recipe=options.recipe,
        runs=runs,
        accuracy_mean=statistics.mean(accuracies),
        accuracy_deviation=statistics.stdev(accuracies) if len(runs) > 1 else None,
        seconds_mean=statistics.mean(run["wall_seconds"] for run in runs),
        peak_memory_mb=max(run["peak_memory_mb"] for run in runs),
    )


def measure(recipe: str, seed: int) -> dict[str, Any]:
    """Runs `muslin fit` once, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "muslin", "fit", "--recipe", recipe, "--seed", str(seed), "--json"]
        start = time.monotonic()
        done = subprocess.run(
            [*command, "--out", str(Path(folder) / "run")], capture_output=True, text=True, check=True
        )
        wall = time.monotonic() - start
    events = [json.loads(line) for line in done.stdout.splitlines()]
    epochs = [event for event in events if event["event"] == "epoch"]
    result = {
        "seed": seed,
        "wall_seconds": round(wall, 1),
        "seconds_to_first_step": round(events[0]["seconds"], 2),
        "pictures_per_second": round(statistics.mean(epoch["pictures_per_second"] for epoch in epochs)),
        "validation_accuracy": epochs[-1]["validation_accuracy"],
        "test_accuracy": events[-1]["test_accuracy"],
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }
    print(result, flush=True)
    return result


if __name__ == "__main__":
    main()
