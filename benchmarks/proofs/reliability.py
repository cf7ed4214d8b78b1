"""What is lost when runs are killed, stopped, starved, damaged and misled: nothing, or this ends with exit code 1.

python -m benchmarks.proofs.reliability [--quick] [--only PROOF] [--count N]
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure.results import load_results, save_result
from benchmarks.proofs.damage import flip_bits, plant_code
from benchmarks.proofs.hostile import meet_hostile_data
from benchmarks.proofs.inputs import give_bad_inputs
from benchmarks.proofs.kills import kill_runs, kill_runs_busily, kill_saves, repeat_a_seed, repeat_a_seed_busily
from benchmarks.proofs.processes import Outcome
from benchmarks.proofs.signals import can_mount, fill_disks, lose_processes, send_signals
from benchmarks.tables.table import replace

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"


@dataclass(frozen=True)
class Proof:
    """One promise and how it is tried.

    Attributes:
        promise: in a few words.
        what: is tried.
        prove: tries it, in a folder, so often.
        count: how often in full.
        quick: how often for a quick look.
    """

    promise: str
    what: str
    prove: Callable[[Path, int], Outcome]
    count: int
    quick: int


PROOFS = {
    "saves": Proof("a checkpoint is whole or absent", "kill -9 while saving", kill_saves, 200, 20),
    "resume": Proof("a resumed run ends with the same bits", "run killed with -9", kill_runs, 50, 4),
    "damage": Proof("damage is found, the checkpoint before is used", "flip or cut", flip_bits, 1000, 100),
    "signals": Proof("a signal saves, then quits", "SIGTERM or SIGINT", send_signals, 50, 4),
    "ranks": Proof("a lost process is replaced", "kill -9 of one of two processes", lose_processes, 30, 1),
    "disk": Proof("a full disk destroys nothing", "run on a disk of 1 MB", fill_disks, 20, 3),
    "inputs": Proof("bad input is refused, by name", "odd picture or data set", give_bad_inputs, 1000, 6),
    "hostile": Proof(
        "no data set ends in a traceback", "layout, arrays or table drawn at random", meet_hostile_data, 200, 10
    ),
    "seed": Proof("the same seed gives the same bits", "run of one seed", repeat_a_seed, 5, 2),
    "busy seed": Proof(
        "and on a busy machine", "run of one seed, both cores taken by other work", repeat_a_seed_busily, 20, 2
    ),
    "busy resume": Proof(
        "a run resumed on a busy machine ends with the same bits", "run killed with -9", kill_runs_busily, 30, 2
    ),
    "code": Proof("loading runs no code", "hostile file", plant_code, 1000, 20),
}


def main() -> int:
    """Runs the proofs, prints the table, and keeps full ones in `results/`; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few of each, in about two minutes; not kept")
    parser.add_argument("--only", choices=PROOFS, help="one proof alone")
    parser.add_argument("--count", type=int, help="how often to try")
    asked = parser.parse_args()
    seen = {}
    for name in [asked.only] if asked.only else PROOFS:
        proof = PROOFS[name]
        if name == "disk" and not can_mount():
            print("disk: left out; only root may mount a small one", file=sys.stderr)
            continue
        seen[name] = run(proof, asked.count or (proof.quick if asked.quick else proof.count))
        print("\n".join([row(proof, seen[name]), *seen[name]["problems"]]), flush=True)
    if not asked.quick:
        kept = load_results().get("reliability", {}).get("proofs", {}) | seen
        ordered = {name: kept[name] for name in PROOFS if name in kept}
        save_result("reliability", proofs=ordered)
        replace(PAGE, "measured", table(ordered))
    return int(any(one["lost"] for one in seen.values()))


def run(proof: Proof, count: int) -> dict[str, object]:
    """Tries one promise; gives what `results/` keeps of it."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="muslin-reliability-") as folder:
        outcome = proof.prove(Path(folder), count)
    return {
        "tried": outcome.tried, "lost": len(outcome.problems), "seen": outcome.seen, "problems": outcome.problems,
        "seconds": round(time.monotonic() - started),
    }  # fmt: skip


def table(seen: dict[str, dict[str, object]]) -> str:
    """A row a proof."""
    return "\n".join(
        ["| promise | tried | lost | seen |", "|---|---|---|---|", *(row(PROOFS[n], s) for n, s in seen.items())]
    )


def row(proof: Proof, seen: dict[str, object]) -> str:
    """One proof's row."""
    return f"| {proof.promise} | {seen['tried']} x {proof.what} | {seen['lost']} | {seen['seen']} |"


if __name__ == "__main__":
    sys.exit(main())
