"""How the speed of training changes with width, depth, picture size, batch, threads, and the number of pictures.

Each variant trains on random pictures, in turns with the `coffee` model: on a noisy machine its speed is a ratio.

python -m benchmarks.measure.scaling [--quick]
"""

import argparse
import json
import statistics
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from benchmarks.measure.results import save_result
from benchmarks.measure.steps import Step, speed, training_step
from benchmarks.measure.work import convolution_peak
from benchmarks.tables.scaling_table import picture_rows, variant_rows
from rich.console import Console
from rich.table import Table
from torch.utils.flop_counter import FlopCounterMode

from muslin.data.images import ImageData
from muslin.data.spec import DataSpec
from muslin.machine.device import Machine, computing, prepare
from muslin.models.resnet import NarrowResNet
from muslin.recipes import RECIPES

ROUNDS, STEPS = 3, 4
COUNTS = (15_000, 30_000, 60_000, 120_000)  # pictures of 28 x 28
CLASSES = tuple("abcdefghij")


@dataclass(frozen=True)
class Variant:
    """A network and what it is fed; the defaults are those of `coffee`."""

    width: int = 32
    depth: int = 1  # residual branches in each group
    side: int = 28
    batch: int = 500


VARIANTS = {
    "width": [Variant(width=width) for width in (16, 32, 48, 64, 96, 128)],
    "depth": [Variant(depth=depth) for depth in (1, 2, 3, 5)],
    "picture side": [Variant(side=side) for side in (14, 20, 28, 40, 56)],
    "batch": [Variant(batch=batch) for batch in (50, 100, 250, 500, 1000, 2000)],
}


def main() -> None:
    """Measures all, prints a table, and saves unless it was quick; or, as a child, reads so many pictures once."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="few rounds, and nothing saved")
    arguments.add_argument("--pictures", type=int, help="train an epoch of so many pictures, and tell time and memory")
    chosen = arguments.parse_args()
    if chosen.pictures:
        print(json.dumps(one_epoch(chosen.pictures)))
        return
    with computing():
        machine = prepare("cpu", "auto")
        peak = convolution_peak(machine)
        variants = {
            name: [measure(variant, machine, peak, 1 if chosen.quick else ROUNDS) for variant in row]
            for name, row in VARIANTS.items()
        }
        threads = one_thread_to_two(machine, 1 if chosen.quick else ROUNDS)
    pictures = [child(count) for count in COUNTS[: 2 if chosen.quick else None]]
    result = {
        "peak_gflops": round(peak, 1), "variants": variants, "two_threads_to_one": threads, "pictures": pictures,
    }  # fmt: skip
    show(result)
    if not chosen.quick:
        save_result("scaling", **result)


def measure(variant: Variant, machine: Machine, peak: float, rounds: int) -> dict[str, Any]:
    """Returns a variant's pictures/s, also relative to `coffee`'s in the same rounds, and its share of the peak."""
    step, reference = variant_step(variant, machine), variant_step(Variant(), machine)
    turns = [(speed(step, STEPS), speed(reference, STEPS)) for _ in range(rounds + 1)][1:]  # the first round allocates
    pictures = statistics.median(own for own, _ in turns)
    gflops = pictures * operations(variant) / 1e9
    return vars(variant) | {
        "pictures_per_second": round(pictures),
        "to_coffee": round(statistics.median(own / other for own, other in turns), 3),
        "gflops": round(gflops, 1),
        "share_of_peak": round(gflops / peak, 3),
    }


def variant_step(variant: Variant, machine: Machine) -> Step:
    """Prepares a variant's training step on random pictures."""
    data = random_pictures(4 * variant.batch, variant.side)
    settings = replace(RECIPES["coffee"].settings, batch_size=variant.batch)
    return training_step(network(variant, data.spec), data, settings, machine)


def network(variant: Variant, spec: DataSpec) -> NarrowResNet:
    """Builds a variant of the recipes' network."""
    return NarrowResNet(spec, tuple(variant.width * factor for factor in (1, 2, 4)), (1,) * variant.depth)


def operations(variant: Variant) -> int:
    """Counts the floating-point operations that a picture takes, forward and backward."""
    spec = DataSpec(1, variant.side, variant.side, CLASSES, (0.5,), (0.25,))
    with FlopCounterMode(display=False) as counter:
        network(variant, spec)(torch.zeros(2, 1, variant.side, variant.side)).sum().backward()
    return counter.get_total_flops() // 2


def random_pictures(count: int, side: int) -> ImageData:
    """Makes noise with labels."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (count, 1, side, side), dtype=torch.uint8, generator=generator)
    labels = torch.randint(0, len(CLASSES), (count,), generator=generator)
    return ImageData(images, labels, DataSpec(1, side, side, CLASSES, (0.5,), (0.25,)))


def one_thread_to_two(machine: Machine, rounds: int) -> float:
    """Returns how many times as fast two threads train as one does, taking turns."""
    step, turns = variant_step(Variant(), machine), []
    for _ in range(rounds + 1):
        torch.set_num_threads(1)
        alone = speed(step, STEPS)
        torch.set_num_threads(2)
        turns.append(speed(step, STEPS) / alone)
    return round(statistics.median(turns[1:]), 3)


def child(count: int) -> dict[str, Any]:
    """Trains an epoch of so many pictures in a process of its own, whose memory is thus its own."""
    command = [sys.executable, "-m", "benchmarks.measure.scaling", "--pictures", str(count)]
    return dict(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def one_epoch(count: int) -> dict[str, Any]:
    """Trains `coffee`'s model on so many pictures once; tells seconds, and the memory beside that of the pictures."""
    with computing():
        machine, settings, data = prepare("cpu", "auto"), RECIPES["coffee"].settings, random_pictures(count, 28)
        step = training_step(network(Variant(), data.spec), data, settings, machine)
        pictures = speed(step, count // settings.batch_size)
    return {
        "pictures": count,
        "seconds": round(count / pictures, 2),
        "pictures_per_second": round(pictures),
        "peak_memory_mb": round(peak_memory()),
        "pictures_mb": round(data.images.numel() / 2**20),
    }


def peak_memory() -> float:
    """Reads the most MB that this process held; `getrusage` would tell of the one that started it, were that larger."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024


def show(result: dict[str, Any]) -> None:
    """Prints what was measured."""
    console = Console()
    for head, *rows in (variant_rows(result["variants"]), picture_rows(result["pictures"])):
        table = Table(*head)
        for row in rows:
            table.add_row(*row)
        console.print(table)
    console.print(f"two threads: {result['two_threads_to_one']} times one")


if __name__ == "__main__":
    main()
