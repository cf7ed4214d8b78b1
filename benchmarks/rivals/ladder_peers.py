"""Holds the ladder's rungs against scikit-learn's counterparts, on the same data, in one process, taking turns.

scikit-learn is needed for this file alone: python -m pip install scikit-learn

    python -m benchmarks.rivals.ladder_peers               # all 60,000 pictures: a quarter of an hour on two cores
    python -m benchmarks.rivals.ladder_peers --limit 2000  # a quick look, which saves nothing
"""

import argparse
import time
import warnings
from collections.abc import Callable
from typing import Any

import sklearn
from benchmarks.measure.results import save_result
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC

from muslin.data.sources.registry import load_splits
from muslin.ladder import RUNGS
from muslin.ladder.climb import Failed, try_rung
from muslin.ladder.pictures import Pictures, Task, make_task
from muslin.ladder.rows import rows_of

POINTS = 0.003  # a rung may be this much less accurate than its counterpart

# Each with scikit-learn's own settings, and all cores where it can use them.
PEERS: dict[str, Callable[[int], Any]] = {
    "perceptron": lambda seed: Perceptron(random_state=seed, n_jobs=-1),
    "knn-l1": lambda _: KNeighborsClassifier(p=1, n_jobs=-1),
    "knn-l2": lambda _: KNeighborsClassifier(p=2, n_jobs=-1),
    "logistic": lambda seed: LogisticRegression(random_state=seed),
    "hinge": lambda seed: LinearSVC(random_state=seed),
    "mlp-numpy": lambda seed: MLPClassifier(random_state=seed),
}


def main() -> None:
    """Measures pair after pair, prints a line each, and saves the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--limit", type=int, help="learn from that many pictures alone")
    parser.add_argument("--rungs", default=",".join(PEERS), help="names, with commas between")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)  # it stops where its own settings say
    task = make_task(load_splits("fashion-mnist"), options.limit, options.seed)
    pairs = [measure_pair(name, task) for name in options.rungs.split(",")]
    if options.limit is None and options.rungs == parser.get_default("rungs"):
        save_result("ladder-peers", seed=options.seed, sklearn=sklearn.__version__, pairs=pairs)


def measure_pair(name: str, task: Task) -> dict[str, Any]:
    """The rung first, then its counterpart."""
    ours = try_rung(RUNGS[name], Pictures(task))
    if isinstance(ours, Failed):
        raise SystemExit(f"{name} failed: {ours.reason}")
    peer = PEERS[name](task.seed)
    theirs = measure_peer(peer, task)
    seconds = ours.fit_seconds + ours.predict_seconds
    peer_seconds = theirs["peer_fit_seconds"] + theirs["peer_predict_seconds"]
    as_accurate, faster = ours.accuracy >= theirs["peer_accuracy"] - POINTS, seconds < peer_seconds
    print(
        f"{name}: {ours.accuracy:.2%} in {seconds:.1f} s; {type(peer).__name__} {theirs['peer_accuracy']:.2%} "
        f"in {peer_seconds:.1f} s; as accurate: {as_accurate}, faster: {faster}",
        flush=True,
    )
    return {
        "rung": name, "accuracy": ours.accuracy, "fit_seconds": ours.fit_seconds,
        "predict_seconds": ours.predict_seconds, "peer": repr(peer), **theirs,
        "as_accurate": as_accurate, "faster": faster,
    }  # fmt: skip


def measure_peer(peer: Any, task: Task) -> dict[str, float]:
    """Fits and tests a classifier of scikit-learn, with a clock beside it."""
    begun = time.perf_counter()
    peer.fit(rows_of(task.images), task.labels)
    fitted = time.perf_counter()
    answers = peer.predict(rows_of(task.test_images))
    answered = time.perf_counter()
    return {
        "peer_accuracy": float((answers == task.test_labels).mean()),
        "peer_fit_seconds": fitted - begun,
        "peer_predict_seconds": answered - fitted,
    }


if __name__ == "__main__":
    main()
