"""The lecture's sample project, as it is usually written: what Muslin is measured against.

ResNet-34 with the small-picture stem, batches of 64 through a stock DataLoader, SGD with lr 0.1 and momentum 0.9 at a
constant rate, float32, no augmentation, an 80/20 split, a checkpoint each epoch, one test at the end of 30 epochs.

    python -m benchmarks.measure.baseline               # all of it: hours on two cores
    python -m benchmarks.measure.baseline --minutes 60  # the test accuracy that an hour of it gives
"""

import argparse
import tempfile
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from benchmarks.measure.results import save_result
from torch import Tensor, nn
from torch.utils.data import DataLoader

from muslin.data.images import ImageData, Splits
from muslin.data.sources.registry import load_splits
from muslin.data.split import stratified_split
from muslin.machine.cores import available_threads
from muslin.models import MODELS

BATCH_SIZE = 64
EPOCHS = 30
VALIDATION_SHARE = 0.2


def main() -> None:
    """Trains, validates each epoch, tests once, and saves the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=float("inf"), help="end with the step that reaches this time")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    start = time.monotonic()
    torch.set_num_threads(available_threads())
    torch.manual_seed(options.seed)
    train, validation, test = prepare_data(options.seed)
    model = MODELS["resnet34"](train.spec)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    deadline = start + 60 * options.minutes
    curve: list[dict[str, float]] = []
    pictures, training_seconds = 0, 0.0
    with tempfile.TemporaryDirectory() as checkpoints:
        for epoch in range(1, EPOCHS + 1):
            epoch_start = time.monotonic()
            pictures += train_epoch(model, optimizer, train, deadline)
            training_seconds += time.monotonic() - epoch_start
            torch.save(model.state_dict(), Path(checkpoints) / f"{epoch}.pt")
            accuracy = evaluate(model, validation)
            curve.append({"epoch": epoch, "seconds": time.monotonic() - start, "validation_accuracy": accuracy})
            print(f"epoch {epoch}: validation accuracy {accuracy:.2%} after {curve[-1]['seconds']:.0f} s", flush=True)
            if time.monotonic() > deadline:
                break
    accuracy = evaluate(model, test)
    print(f"test accuracy {accuracy:.2%}, {pictures / training_seconds:.0f} pictures/s")
    save_result(
        "baseline",
        seed=options.seed, curve=curve, test_accuracy=accuracy, seconds=time.monotonic() - start,
        pictures_per_second=pictures / training_seconds, whole=len(curve) == EPOCHS,
    )  # fmt: skip


def prepare_data(seed: int) -> tuple[ImageData, ImageData, ImageData]:
    """Splits the 60,000 pictures 80/20; the test set is as it is."""
    splits: Splits = load_splits("fashion-mnist")
    images = torch.cat([splits.train.images, splits.validation.images])
    labels = torch.cat([splits.train.labels, splits.validation.labels])
    kept, out = stratified_split(labels, round(VALIDATION_SHARE * len(labels)), seed)
    spec = splits.spec
    return ImageData(images[kept], labels[kept], spec), ImageData(images[out], labels[out], spec), splits.test


def train_epoch(model: nn.Module, optimizer: torch.optim.Optimizer, data: ImageData, deadline: float) -> int:
    """Trains until the epoch or the time is over; gives the number of pictures."""
    model.train()
    pictures = 0
    loader: DataLoader[tuple[Tensor, int]] = DataLoader(data, BATCH_SIZE, shuffle=True)
    for images, labels in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(images), labels).backward()
        optimizer.step()
        pictures += len(labels)
        if time.monotonic() > deadline:
            break
    return pictures


@torch.no_grad()
def evaluate(model: nn.Module, data: ImageData) -> float:
    """Returns the share of right answers."""
    model.eval()
    loader: DataLoader[tuple[Tensor, int]] = DataLoader(data, 500)
    right = sum(int((model(images).argmax(1) == labels).sum()) for images, labels in loader)
    return right / len(data)


if __name__ == "__main__":
    main()
