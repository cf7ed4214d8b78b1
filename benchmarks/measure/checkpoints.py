"""How long a checkpoint of recipe coffee's model holds training up.

    python -m benchmarks.measure.checkpoints

Training waits while the weights and the optimizers' momenta are copied, and while the checkpoint before is still on its
way to the disk; it is written in the background.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import torch
from benchmarks.measure.results import save_result

from muslin.data.sources.registry import load_splits
from muslin.machine.device import computing, prepare
from muslin.pipeline.model import prepare_model
from muslin.recipes import RECIPES
from muslin.run.checkpoints import Checkpoint, Checkpoints
from muslin.training.fit import fit
from muslin.training.plan import TimePlan
from muslin.training.state import TrainingState

EVERY = 4  # steps between two checkpoints, far more often than a run's minute


class Watched:
    """Saves every few steps, with a clock beside it."""

    def __init__(self, checkpoints: Checkpoints) -> None:
        self.checkpoints, self.steps, self.stalls = checkpoints, 0, list[float]()

    def is_due(self) -> bool:
        """Every few steps."""
        self.steps += 1
        return self.steps % EVERY == 0

    def save(self, checkpoint: Checkpoint, best: int) -> None:
        """Adds what handing over takes to what copying took."""
        begun = time.perf_counter()
        self.checkpoints.save(checkpoint, best)
        self.stalls[-1] += time.perf_counter() - begun


def main() -> None:
    """Trains for some steps, prints the stalls, and saves them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoints", type=int, default=30)
    count = parser.parse_args().checkpoints
    settings = RECIPES["coffee"].settings.changed(epochs=-(-count * EVERY // 116))
    splits = load_splits("fashion-mnist")
    with tempfile.TemporaryDirectory(dir=".") as folder, computing(), Checkpoints(Path(folder), 2) as checkpoints:
        machine = prepare("auto", "auto")
        torch.manual_seed(0)
        model = prepare_model(splits.spec, settings, machine)
        watched = Watched(checkpoints)
        copy = TrainingState.checkpoint

        def timed_copy(state: TrainingState) -> Checkpoint:
            begun = time.perf_counter()
            checkpoint = copy(state)
            watched.stalls.append(time.perf_counter() - begun)
            return checkpoint

        TrainingState.checkpoint = timed_copy
        plan = TimePlan(settings, time.monotonic(), final_cost=1)
        fit(
            model, splits.train, splits.validation, settings, machine, plan,
            interrupted=lambda: len(watched.stalls) >= count, sink=watched,
        )  # fmt: skip
        checkpoints.wait()
        size = max(path.stat().st_size for path in Path(folder).rglob("*.safetensors"))
    milliseconds = [1000 * stall for stall in watched.stalls]
    print(
        f"{len(milliseconds)} checkpoints of {size / 1e6:.1f} MB: training waits "
        f"{statistics.median(milliseconds):.1f} ms in the median, {max(milliseconds):.1f} ms at most"
    )
    save_result("checkpoints", megabytes=size / 1e6, milliseconds=milliseconds)


if __name__ == "__main__":
    main()
