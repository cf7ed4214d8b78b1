"""Training speed of two processes with a thread each against one process with two threads, taking turns.

Both train the `coffee` model on the same batches of 500; the two exchange gradients and the statistics of norms.

python -m benchmarks.measure.scaling_processes [--quick]
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import replace

import torch
from benchmarks.measure.results import save_result

from muslin.data.batches import TrainingBatches
from muslin.data.sources.registry import load_splits
from muslin.distributed.sync_norm import synchronise_norms
from muslin.distributed.world import World, process_group
from muslin.machine.device import Machine, prepare
from muslin.models import build
from muslin.recipes import RECIPES
from muslin.training.plan import TimePlan
from muslin.training.state import TrainingState
from muslin.training.step import train_step

ROUNDS, STEPS, WARM_UP = 7, 60, 5
CORES = 2
SETTINGS = RECIPES["coffee"].settings


def main() -> None:
    """Takes turns and saves each side's pictures/s and their ratio, round by round; or, as a member, measures once."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="few steps, and nothing saved")
    arguments.add_argument("--steps", type=int, help="be one of the processes, and measure so many steps")
    chosen = arguments.parse_args()
    if chosen.steps:
        measure(chosen.steps)
        return
    rounds, steps = (2, 15) if chosen.quick else (ROUNDS, STEPS)
    pairs = [(speed(CORES, steps), speed(1, steps)) for _ in range(rounds)]
    ratios = [together / alone for together, alone in pairs]
    for together, alone in pairs:
        print(f"2 processes {together:,.0f}, 1 process {alone:,.0f} pictures/s: {together / alone:.3f}")
    print(f"median of the ratios: {statistics.median(ratios):.3f}")
    if not chosen.quick:
        save_result(
            "scaling-processes",
            two_processes_pictures_per_second=[round(together) for together, _ in pairs],
            one_process_pictures_per_second=[round(alone) for _, alone in pairs],
            ratio_median=statistics.median(ratios),
            ratio_min=min(ratios),
            ratio_max=max(ratios),
        )


def speed(size: int, steps: int) -> float:
    """Starts `size` processes that share the cores, and gives the pictures/s that the first one measured."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {"WORLD_SIZE": size, "LOCAL_WORLD_SIZE": size, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    command = [sys.executable, "-m", "benchmarks.measure.scaling_processes", "--steps", str(steps)]
    members = [
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {n: str(value) for n, value in (shared | {"RANK": rank, "LOCAL_RANK": rank}).items()},
        )
        for rank in range(size)
    ]
    first, *_ = [member.communicate()[0] for member in members]
    return float(first)


def measure(steps: int) -> None:
    """Trains some steps, and prints the pictures/s of all processes together."""
    with process_group() as world:
        torch.set_num_threads(CORES // world.size)
        torch.set_flush_denormal(True)
        machine = prepare("cpu", "auto")
        machine = replace(
            machine,
            bf16=bool(world.broadcast(machine.bf16)),
            channels_last=bool(world.broadcast(machine.channels_last)),
        )
        state, batches = prepare_training(machine, world)
        pictures, count = 0, batches.steps(0)
        for number, batch in enumerate(batches.epoch(0, part=world.part)):
            if number == WARM_UP:
                pictures, start = 0, time.perf_counter()
            if number == WARM_UP + steps:
                break
            share = state.plan.share(state.epochs_done(count))
            train_step(state, batch, share, SETTINGS, machine, world)
            pictures += batch.whole_count
            world.any(False, False)  # noqa: FBT003 - what `fit` asks after each step
        seconds = time.perf_counter() - start
    if world.is_first:
        print(pictures / seconds)


def prepare_training(machine: Machine, world: World) -> tuple[TrainingState, TrainingBatches]:
    """Prepares what `fit` does, for recipe `coffee`."""
    data = load_splits("fashion-mnist").train
    model = build(SETTINGS.model, data.spec).to(memory_format=machine.memory_format)
    world.broadcast_weights(model)
    if world.size > 1:
        synchronise_norms(model)
    plan = TimePlan(SETTINGS, time.monotonic(), final_cost=1, agree=world.broadcast)
    state = TrainingState.begin(model, SETTINGS, machine, plan, len(data), world)
    return state, TrainingBatches(data, SETTINGS.batch_size, SETTINGS.augmentation, SETTINGS.seed)


if __name__ == "__main__":
    main()
