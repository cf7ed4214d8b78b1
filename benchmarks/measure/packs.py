"""Packs: how fast they are made, read and trained from, and what the windowed shuffle costs.

python -m benchmarks.measure.packs [--quick]
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from benchmarks.measure.results import save_result
from benchmarks.measure.steps import speed
from benchmarks.measure.throughput import coffee_step
from PIL import Image
from rich.console import Console
from rich.table import Table
from torch import Tensor

from muslin.config import Augmentation
from muslin.data.batches import TrainingBatches, sequential_batches
from muslin.data.images import ImageData, MappedPictures, Splits
from muslin.data.packs.order import spread_classes
from muslin.data.reading import Reading
from muslin.data.sources import fashion_mnist, picture_files
from muslin.machine.cores import available_threads
from muslin.machine.device import computing, prepare
from muslin.models import MODELS
from muslin.prediction.metrics import measure
from muslin.prediction.views import predict_logits

PLAIN = Augmentation(flip="none", shift=0)
BATCH = 256
SMALL_WINDOW = 1 << 20  # bytes: 1,337 pictures of 28 x 28, 2 % of the set
CLASSES = 10
Figures = dict[str, Any]


def main() -> None:
    """Measures, prints a table, and saves unless it was quick."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="a tenth of everything, and nothing saved")
    share = 10 if arguments.parse_args().quick else 1
    with tempfile.TemporaryDirectory(prefix="muslin-packs-") as place:
        figures = measure_packing(Path(place), 50_000 // share)
        splits = fashion_mnist.load(validation=2000, seed=0)
        with computing():
            figures |= measure_reading(splits.train, Path(place), rounds=max(3, 9 // share))
            figures |= measure_training(splits.train, Path(place), rounds=max(2, 7 // share), steps=max(5, 40 // share))
            figures |= measure_shuffling(splits, Path(place), seeds=max(1, 5 // share), count=58_000 // share)
    show(figures)
    if share == 1:
        save_result("packs", **figures)


def show(figures: Figures) -> None:
    """Prints the figures as a table."""
    table = Table("what", "figure")
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), f"{value:,.4g}" if isinstance(value, float) else str(value))
    Console().print(table)


def measure_packing(place: Path, count: int) -> Figures:
    """Packs a folder of small JPEGs: hashing, decoding, writing and checksums, to the opened splits."""
    pictures = place / "jpeg"
    write_jpegs(pictures, count)
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        picture_files.load(pictures, Reading(cache=place / "cache", threads=available_threads()), validation=1000)
        seconds.append(time.perf_counter() - start)
    return {"jpegs": count, "packing_pictures_per_second": count / seconds[0], "opening_again_seconds": seconds[1]}


def write_jpegs(root: Path, count: int) -> None:
    """Writes noisy 64 x 64 pictures of some 4 kB into ten class folders."""
    generator = np.random.default_rng(0)
    for label in range(CLASSES):
        (root / f"class {label}").mkdir(parents=True)
    for number in range(count):
        coarse = Image.fromarray(generator.integers(0, 256, (8, 8, 3), dtype=np.uint8)).resize((64, 64))
        noise = generator.integers(-12, 13, (64, 64, 3))
        pixels = (np.asarray(coarse) + noise).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(root / f"class {number % CLASSES}" / f"{number}.jpg", quality=90)


def streamed(data: ImageData, file: Path) -> ImageData:
    """Returns the same data from a file."""
    np.save(file, data.images.numpy())
    offset = file.stat().st_size - data.images.numel()
    mapped = MappedPictures(file, offset, tuple(data.images.shape))
    return ImageData(mapped.images, data.labels, data.spec, mapped)


def measure_reading(data: ImageData, place: Path, rounds: int) -> Figures:
    """Reads whole epochs of 28 x 28 without augmentation from memory and from a pack, taking turns."""
    mapped = streamed(data, place / "reading.npy")
    sides = {
        "resident": TrainingBatches(data, BATCH, PLAIN, seed=0),
        "streamed": TrainingBatches(mapped, BATCH, PLAIN, seed=0),
        "small_windows": TrainingBatches(mapped, BATCH, PLAIN, seed=0, window=4 * SMALL_WINDOW),
    }
    speeds: dict[str, list[float]] = {name: [] for name in sides}
    for epoch in range(rounds + 1):
        for name, batches in sides.items():
            start = time.perf_counter()
            for _ in batches.epoch(epoch):
                pass
            speeds[name].append(len(data) / (time.perf_counter() - start))
    ratios = [s / r for r, s in zip(speeds["resident"][1:], speeds["streamed"][1:], strict=True)]
    middle = {f"reading_{name}_pictures_per_second": statistics.median(seen[1:]) for name, seen in speeds.items()}
    return middle | {"reading_streamed_to_resident": statistics.median(ratios)}


def measure_training(data: ImageData, place: Path, rounds: int, steps: int) -> Figures:
    """Trains recipe `coffee` from memory and from a pack, taking turns."""
    machine = prepare("cpu", "auto")
    resident, mapped = coffee_step(data, machine), coffee_step(streamed(data, place / "training.npy"), machine)
    for step in (resident, mapped):
        speed(step, 3)  # the first steps allocate
    turns = [(speed(resident, steps), speed(mapped, steps)) for _ in range(rounds)]
    return {
        "training_resident_pictures_per_second": statistics.median(r for r, _ in turns),
        "training_streamed_pictures_per_second": statistics.median(s for _, s in turns),
        "training_extra_time": statistics.median(r / s for r, s in turns) - 1,
    }


def measure_shuffling(splits: Splits, place: Path, seeds: int, count: int) -> Figures:
    """Compares a full shuffle with small windows, over pictures that lie sorted by class and as a pack writes them."""
    labels = splits.train.labels[:count]
    by_class, as_packed = labels.argsort(stable=True), torch.from_numpy(spread_classes(labels.numpy()))
    figures: Figures = {}
    for name, order in {"full": by_class, "windows_sorted": by_class, "windows_packed": as_packed}.items():
        data = ImageData(splits.train.images[order], labels[order], splits.spec)
        data = data if name == "full" else streamed(data, place / f"{name}.npy")
        scores = [short_training(data, splits.test, seed) for seed in range(seeds)]
        batches = TrainingBatches(data, BATCH, PLAIN, seed=0, window=SMALL_WINDOW)
        shown = batches.order(0)
        figures |= {
            f"{name}_class_entropy_of_batches_bits": entropy(data.labels[shown].tensor_split(batches.steps(0))),
            f"{name}_mean_displacement": float((shown - torch.arange(count)).abs().double().mean() / count),
            f"{name}_accuracy_after_1_epoch": statistics.mean(scores),
            f"{name}_accuracy_deviation": statistics.stdev(scores) if seeds > 1 else 0.0,
        }
    return figures


def entropy(batches: tuple[Tensor, ...]) -> float:
    """Returns the mean entropy in bits of the classes in a batch: log2(10) = 3.32 at most."""
    shares = torch.stack([labels.bincount(minlength=CLASSES) / len(labels) for labels in batches]).double()
    return float(-torch.where(shares > 0, shares * shares.log2(), 0).sum(1).mean())


def short_training(data: ImageData, test: ImageData, seed: int) -> float:
    """Trains the small convnet for one epoch and gives its accuracy on the test pictures."""
    torch.manual_seed(seed)
    model = MODELS["convnet"](data.spec)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    for images, labels, *_ in TrainingBatches(data, BATCH, PLAIN, seed, window=SMALL_WINDOW).epoch(0):
        optimizer.zero_grad()
        F.cross_entropy(model(images), labels).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        return measure(
            lambda images: predict_logits(model, images, 1), sequential_batches(test, 1000), CLASSES
        ).accuracy


if __name__ == "__main__":
    main()
