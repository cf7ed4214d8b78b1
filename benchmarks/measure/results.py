"""Where the measurements are kept: one JSON file for each, with what it was measured on."""

import json
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

import muslin
from muslin.machine.advice import processor_name
from muslin.machine.cores import available_threads
from muslin.machine.device import computing, prepare

__all__ = ["RESULTS", "load_results", "revision", "save_result", "surroundings"]

RESULTS = Path(__file__).parents[1] / "results"


def save_result(name: str, **values: Any) -> None:
    """Writes `results/<name>.json`."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(values | {"measured_on": surroundings()}, indent=2) + "\n", encoding="utf-8")
    print(f"saved {path.name}")


def load_results() -> dict[str, dict[str, Any]]:
    """Reads all results by name."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))}


def surroundings() -> dict[str, Any]:
    """Describes hardware, versions and code."""
    with computing():
        machine = prepare("auto", "auto")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": processor_name(),
        "threads": available_threads(),
        "convolution_gflops": {way: round(speed) for way, speed in machine.speeds.items()},
        "python": platform.python_version(),
        "torch": torch.__version__,
        "muslin": muslin.__version__,
        "revision": revision(),
    }


def revision() -> str:
    """Returns the commit that the code is at; empty outside a repository."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
