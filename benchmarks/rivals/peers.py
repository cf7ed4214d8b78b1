"""Muslin beside what people use instead: the same pictures, the same two cores, the same time.

Each rival is a program beside this one, set up as its own documentation does for such pictures. A process is told its
budget, which counts from its start to its last answer, imports included; it keeps what the test needs, by its own
measurement. One that has a schedule fits it to the time by the speed that it measures; the others train until the time
is up. scikit-learn's learn from as many pictures, or for as many iterations, as fit in. All 60,000 pictures are there
to learn from, but for the lecture's project, which holds out a fifth, and Muslin, which holds out 2,000. Muslin's time
ends with its process, report and all. Where bfloat16 is faster, Keras and Lightning are told to use theirs.

The processes of the longest budget test after every epoch too, while the clock stands still: for the times to an
accuracy, by which nothing is chosen. Muslin's times are those of whole processes.

    python -m benchmarks.rivals.peers                                       # all: about two hours
    python -m benchmarks.rivals.peers --only keras skorch --budgets 60 180  # some, put with those measured before
    python -m benchmarks.rivals.peers --quick                               # twenty seconds each, and nothing saved
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure.results import load_results, save_result
from benchmarks.tables.rival_table import rival_rows
from rich.console import Console
from rich.table import Column, Table

from muslin.machine.cores import available_threads
from muslin.machine.device import computing, prepare

ROOT = str(Path(__file__).parents[2])
BUDGETS = (600, 180, 60)  # seconds; the longest first, which also brings the libraries from the disk
QUICK = (20,)
CORES = 2
Outcome = dict[str, Any]


@dataclass(frozen=True)
class Rival:
    """What is measured.

    Attributes:
        title: in the table.
        program: its module, with its arguments; none for Muslin.
    """

    title: str
    program: tuple[str, ...]


RIVALS = {
    "muslin": Rival("`muslin fit --time-budget`", ()),
    "keras": Rival("Keras, its documentation's convnet", ("keras_convnet",)),
    "skorch": Rival("skorch, its notebook's convnet", ("skorch_convnet",)),
    "lightning-resnet18": Rival("Lightning, its tutorial's ResNet-18", ("lightning_resnet", "--model=resnet18")),
    "lightning-resnet20": Rival("Lightning, the same with ResNet-20", ("lightning_resnet", "--model=resnet20")),
    "lecture": Rival("PyTorch, the lecture's ResNet-34", ("lecture_resnet",)),
    "boosting": Rival("scikit-learn, `HistGradientBoostingClassifier`", ("sklearn_boosting",)),
    "svc": Rival("scikit-learn, `SVC`", ("sklearn_svc",)),
}


def main() -> None:
    """Runs the processes in turn, prints the table, and saves after each unless it was quick."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tiny budget, and nothing saved")
    parser.add_argument(
        "--only", nargs="+", choices=RIVALS, default=list(RIVALS), metavar="NAME", help=", ".join(RIVALS)
    )
    parser.add_argument(
        "--budgets", nargs="+", type=int, choices=BUDGETS, default=BUDGETS, metavar="SECONDS", help=f"of {BUDGETS}"
    )
    options = parser.parse_args()
    hold_to_cores()
    with computing():
        bf16 = prepare("cpu", "auto").bf16
    kept = {} if options.quick else load_results().get("peers", {}).get("rivals", {})
    budgets = QUICK if options.quick else options.budgets
    for budget in budgets:
        for name in options.only:
            flags = ["--bf16"] * bf16 + ["--curve"] * (options.quick or budget == max(BUDGETS))
            outcome = run(RIVALS[name], budget, flags)
            print(
                f"{name}, {budget} s: {outcome['accuracy']:.2%} after {outcome['seconds']} s, {outcome['trained']}",
                flush=True,
            )
            kept.setdefault(name, {"title": RIVALS[name].title, "runs": {}})["runs"][str(budget)] = outcome
            if not options.quick:
                save_result("peers", rivals={name: kept[name] for name in RIVALS if name in kept})
    show(kept)


def hold_to_cores() -> None:
    """Holds this process, and those that it will start, to two cores."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    os.environ["OMP_NUM_THREADS"] = str(min(CORES, available_threads()))


def run(rival: Rival, budget: int, flags: list[str]) -> Outcome:
    """Runs one process."""
    with tempfile.TemporaryDirectory(prefix="muslin-peers-") as folder:
        return run_program(rival, budget, flags, folder) if rival.program else run_muslin(budget, folder)


def run_program(rival: Rival, budget: int, flags: list[str], folder: str) -> Outcome:
    """Runs a rival's program, which keeps its own time, and gives what it prints."""
    module, *arguments = rival.program
    path = os.pathsep.join(filter(None, [ROOT, os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.rivals.{module}", *arguments, f"--budget={budget}", *flags],
        env=os.environ | {"PYTHONPATH": path, "RIVAL_BEGUN": repr(time.monotonic())},
        cwd=folder, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    outcome: Outcome = json.loads(done.stdout.splitlines()[-1])
    return outcome


def run_muslin(budget: int, folder: str) -> Outcome:
    """Runs `muslin fit` to the end of its process."""
    command = [sys.executable, "-m", "muslin", "fit", f"--time-budget={budget}s", "--json", "--out", f"{folder}/run"]
    begun = time.monotonic()
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
    seconds = time.monotonic() - begun
    events = [json.loads(line) for line in done.stdout.splitlines()]
    epochs = sum(event["event"] == "epoch" for event in events)
    (end,) = (event for event in events if event["event"] == "end")
    return {
        "accuracy": end["test_accuracy"], "seconds": round(seconds, 2), "trained": f"{epochs} epochs",
        "curve": [], "versions": {},
    }  # fmt: skip


def show(rivals: dict[str, Any]) -> None:
    """Prints the table."""
    (name, *head), *rows = rival_rows(rivals)
    table = Table(Column(name, overflow="fold"), *head, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    main()
