"""What a served run keeps to when it is flooded, told to end, lied to and damaged: or this ends with exit code 1.

python -m benchmarks.proofs.serving [--quick] [--only PROOF] [--requests N | --minutes N] [--seed N] [--run RUN]
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure.results import load_results, save_result
from benchmarks.proofs.asking import Server, serve
from benchmarks.proofs.liars import answer_anything, answer_liars, answer_odd_pictures, outlast_slow_clients
from benchmarks.proofs.loads import Given, answer_many, answer_too_many, end_under_load
from benchmarks.proofs.processes import Outcome
from benchmarks.proofs.served_run import given_by, make_run, photographed, serve_damaged
from benchmarks.tables.table import replace
from tests.serving.described import ask_as_described

__all__ = ["PROOFS", "Proof", "Trial", "try_all"]

PAGE = Path(__file__).parents[2] / "docs" / "serving.md"
MEMORY = 400e6  # bytes at the most, whatever was sent: each thread that decodes keeps what its largest picture took


@dataclass(frozen=True)
class Trial:
    """What a proof is tried by.

    Attributes:
        given: what is served and sent.
        server: serves it through all proofs, in one process; some start their own.
        folder: for files.
        seed: what is drawn at random follows from it.
        minutes: how long to load at the most.
        is_timed: whether to hold times against what is promised.
    """

    given: Given
    server: Server
    folder: Path
    seed: int
    minutes: float
    is_timed: bool


@dataclass(frozen=True)
class Proof:
    """One promise and how it is tried.

    Attributes:
        promise: in a few words.
        what: is tried.
        prove: tries it, so often.
        count: how often in full.
        quick: how often for a quick look.
    """

    promise: str
    what: str
    prove: Callable[[Trial, int], Outcome]
    count: int
    quick: int


def describe(trial: Trial, count: int) -> Outcome:
    """Sends what schemathesis draws from the server's own description; no explanations, which load PyTorch."""
    operations = 16  # and kinds of requests
    try:
        sent = ask_as_described(
            f"http://127.0.0.1:{trial.server.port}/", max(1, count // operations), but=("/explain",)
        )
    except Exception as error:  # whatever it found
        return Outcome(count, [str(error)[:2000]])
    return Outcome(sent, [], "each answered as it is described")


PROOFS = {
    "pictures": Proof(
        "every odd picture is read or refused", "odd picture",
        lambda t, n: answer_odd_pictures(t.given, t.server, n), 10, 1,
    ),
    "liars": Proof(
        "a lie is refused, in bounded memory", "lie", lambda t, n: answer_liars(t.given, t.server, n), 10, 1
    ),
    "slow": Proof(
        "slow clients are let go, beside others that are answered", "slow client",
        lambda t, n: outlast_slow_clients(t.given, t.server, n, with_bodies=t.is_timed), 200, 20,
    ),
    "fuzz": Proof(
        "no input is a fault of the server", "request with bytes changed at random",
        lambda t, n: answer_anything(t.given, t.server, n, t.seed), 10_000, 200,
    ),
    "described": Proof("it answers as it describes itself", "request drawn from the description", describe, 10_000, 64),
    "load": Proof(
        "no answer is lost or swapped, and nothing leaks", "request by 64 clients",
        lambda t, n: answer_many(t.given, t.server, n, 60 * t.minutes), 1_000_000, 1000,
    ),
    "overload": Proof(
        "what is too much is refused at once, the rest answered in time", "request, up to four times what can be done",
        lambda t, n: answer_too_many(t.given, t.folder, n, is_timed=t.is_timed), 60, 2,
    ),
    "photographs": Proof(
        "so too where decoding is what takes long", "photograph, four times what can be done",
        lambda t, n: answer_too_many(photographed(t.given, t.seed), t.folder, n, is_timed=t.is_timed), 60, 2,
    ),
    "drains": Proof(
        "told to end, it answers what was sent", "SIGTERM under load",
        lambda t, n: end_under_load(t.given, t.folder, n), 50, 2,
    ),
    "damage": Proof(
        "a damaged run is never served", "flip or cut", lambda t, n: serve_damaged(t.given, t.folder, n, t.seed), 100, 3
    ),
}  # fmt: skip


def main() -> int:
    """Runs the proofs, prints the table, and keeps full ones in `results/`; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few of each, times untold, in two minutes; not kept")
    parser.add_argument("--only", choices=PROOFS, help="one proof alone")
    parser.add_argument("--requests", type=int, help="how many to load with")
    parser.add_argument("--minutes", type=float, default=60, help="how long to load at the most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--run", type=Path, help="a run with its ONNX file; by default a small one of coffee is made")
    asked = parser.parse_args()
    counts = {name: proof.quick if asked.quick else proof.count for name, proof in PROOFS.items()}
    counts["load"] = asked.requests or counts["load"]
    chosen = {name: count for name, count in counts.items() if asked.only in (None, name)}
    with tempfile.TemporaryDirectory(prefix="muslin-serving-") as place:
        run = asked.run or make_run(Path(place))
        seen = try_all(run, Path(place), chosen, asked.seed, asked.minutes, is_timed=not asked.quick)
    if not asked.quick:
        kept = load_results().get("serving-proofs", {}).get("proofs", {}) | seen
        ordered = {name: kept[name] for name in PROOFS if name in kept}
        save_result("serving-proofs", proofs=ordered)
        replace(PAGE, "proofs", table(ordered))
    return int(any(one["lost"] for one in seen.values()))


def try_all(
    run: Path, folder: Path, counts: dict[str, int], seed: int, minutes: float, *, is_timed: bool
) -> dict[str, dict[str, object]]:
    """Tries promises so often each, on one server that is looked at in the end; gives what `results/` keeps of them."""
    given, seen = given_by(run, seed), {}
    with ExitStack() as stack:
        server = stack.enter_context(serve(run, folder))
        files = server.files()
        for name, count in counts.items():
            trial = Trial(given, server, folder / name, seed, minutes, is_timed)
            began = time.monotonic()
            outcome = PROOFS[name].prove(trial, count)
            problems = outcome.problems + left_behind(server, files)
            seen[name] = {
                "tried": outcome.tried, "lost": len(problems), "seen": outcome.seen, "problems": problems[:20],
                "seconds": round(time.monotonic() - began),
            }  # fmt: skip
            print("\n".join([row(PROOFS[name], seen[name]), *problems[:20]]), flush=True)
        server.process.terminate()
        assert server.ended() == (0, ""), "it has said what no one should have to read"
    return seen


def left_behind(server: Server, files: int) -> list[str]:
    """Says what requests have left behind in a server."""
    problems = []
    if server.process.poll() is not None:
        return ["the server has ended"]
    if server.resident() > MEMORY:
        problems.append(f"{server.resident() / 1e6:.0f} MB of memory")
    if open_still := server.files_left(files):
        problems.append(open_still)
    if left := list(server.temporary.iterdir()):
        problems.append(f"temporary files stay: {left[0].name}")
    return problems


def table(seen: dict[str, dict[str, object]]) -> str:
    """A row a proof."""
    return "\n".join(
        ["| promise | tried | lost | seen |", "|---|---|---|---|", *(row(PROOFS[n], s) for n, s in seen.items())]
    )


def row(proof: Proof, seen: dict[str, object]) -> str:
    """One proof's row."""
    return f"| {proof.promise} | {seen['tried']:,} x {proof.what} | {seen['lost']} | {seen['seen']} |"


if __name__ == "__main__":
    sys.exit(main())
