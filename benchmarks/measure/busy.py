"""How long threads should wait for each other: `espresso` on an idle machine, and with one other process at full tilt.

Whole processes take turns, in pairs of the same work with two settings of GOMP_SPINCOUNT; 300000 is what libgomp does
when nobody says anything. Run it on a machine that does nothing else.

    python -m benchmarks.measure.busy                                   # some ten minutes
    python -m benchmarks.measure.busy --settings 300000 100 1000 10000 --rounds 3
    python -m benchmarks.measure.busy --rounds 1 --epochs 1 --dry       # does it work? nothing is saved
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.measure.results import save_result

ROUNDS = 5
AS_IT_IS, SHORT = "300000", "1000"  # turns; Muslin takes the short wait on a busy machine alone
Rates = dict[str, list[float]]


def main() -> None:
    """Takes turns, and saves pictures/s by setting, idle and busy, with their medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--settings", nargs="+", default=[AS_IT_IS, SHORT], help="spin counts; the first is the base")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--epochs", type=int, help="by default the recipe's")
    parser.add_argument("--dry", action="store_true", help="save nothing")
    options = parser.parse_args()
    changes = ["--epochs", str(options.epochs)] if options.epochs else []
    fit(SHORT, ["--epochs", "1"])  # fills the cache and the disk's
    idle: Rates = {setting: [] for setting in options.settings}
    busy: Rates = {setting: [] for setting in options.settings}
    for number in range(options.rounds):
        turns = options.settings if number % 2 == 0 else options.settings[::-1]
        for setting in turns:
            idle[setting].append(fit(setting, changes))
        with other_work():
            for setting in turns:
                busy[setting].append(fit(setting, changes))
        print({setting: (idle[setting][-1], busy[setting][-1]) for setting in options.settings}, flush=True)
    found = {setting: figures(setting, options.settings[0], idle, busy) for setting in options.settings}
    print(json.dumps(found, indent=2))
    if not options.dry:
        save_result("busy", recipe="espresso", epochs=options.epochs, rounds=options.rounds, spin_counts=found)


def figures(setting: str, base: str, idle: Rates, busy: Rates) -> dict[str, Any]:
    """Returns one setting's pictures/s, and its ratios round by round: to the base, and busy to idle."""
    return {
        "idle_pictures_per_second": idle[setting],
        "busy_pictures_per_second": busy[setting],
        "idle_median": statistics.median(idle[setting]),
        "busy_median": statistics.median(busy[setting]),
        "idle_to_base": ratio(idle[setting], idle[base]),
        "busy_to_base": ratio(busy[setting], busy[base]),
        "busy_to_idle": ratio(busy[setting], idle[setting]),
    }


def ratio(these: list[float], those: list[float]) -> float:
    """Returns the median of the rounds' ratios."""
    return round(statistics.median(a / b for a, b in zip(these, those, strict=True)), 3)


def fit(spins: str, changes: list[str]) -> float:
    """Trains `espresso` in a process of its own; returns training pictures/s."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "muslin", "fit", "--recipe", "espresso", "--json", *changes]
        done = subprocess.run(
            [*command, "--out", str(Path(folder) / "run")],
            capture_output=True, text=True, check=True, env=os.environ | {"GOMP_SPINCOUNT": spins},
        )  # fmt: skip
    epochs = [event for event in map(json.loads, done.stdout.splitlines()) if event["event"] == "epoch"]
    seconds = sum(epoch["pictures"] / epoch["pictures_per_second"] for epoch in epochs)
    return round(sum(epoch["pictures"] for epoch in epochs) / seconds, 1)


@contextmanager
def other_work() -> Iterator[None]:
    """Has one other process take a core at full tilt."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        try:
            yield
        finally:
            process.kill()


if __name__ == "__main__":
    main()
