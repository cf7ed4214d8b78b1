"""Small runs to be hurt: their data, their settings, and what they come to when nobody hurts them."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from benchmarks.proofs.processes import muslin
from tests.samples import bars

__all__ = ["VARIANTS", "Reference", "differences", "fit_arguments", "reference", "write_data"]

# By name: what to change in a recipe so that it takes a second or two. Together they have every model of the recipes,
# every optimizer, averaging and augmentation; the quick ones first.
SHORT = ("--batch-size", "30", "--epochs", "3")
VARIANTS: dict[str, tuple[str, ...]] = {
    "sgd": ("--model", "mlp", *SHORT, "--set", "optimizer=sgd", "--set", "lr=0.02", "--set", "flip=random"),
    "espresso": ("--recipe", "espresso", *SHORT),
    "adamw": ("--model", "convnet", *SHORT, "--set", "optimizer=adamw", "--set", "lr=0.002", "--set", "average=0.95"),
    "coffee": ("--recipe", "coffee", *SHORT, "--set", "average=0.9"),
    "lunch": ("--recipe", "lunch", "--batch-size", "90", "--epochs", "2"),
    "overnight": ("--recipe", "overnight", "--batch-size", "90", "--epochs", "2", "--balance", "sample"),
    "pretrained": ("--model", "efficientnet_lite0", "--unfreeze", "--batch-size", "90", "--epochs", "2"),
}
EPOCH = ("epoch", "step", "train_loss", "validation_loss", "validation_accuracy")


@dataclass(frozen=True)
class Reference:
    """A run that nobody hurt.

    Attributes:
        digest: SHA-256 of its weights.
        epochs: of each, what must be the same again.
        seconds: from its start to its end.
    """

    digest: str
    epochs: list[list[float]]
    seconds: float


def write_data(folder: Path) -> Path:
    """Writes pictures of bars as a .npz file: 300 to train and validate, 60 to test."""
    arrays = {}
    for name, count, seed in (("train", 300, 0), ("test", 60, 1)):
        images, labels = bars(count, 1, 12, 3, seed)
        arrays |= {f"{name}_images": images[:, 0].numpy(), f"{name}_labels": labels.numpy()}
    np.savez(folder / "bars.npz", **arrays)
    return folder / "bars.npz"


def fit_arguments(variant: str, data: Path, out: Path) -> tuple[object, ...]:
    """Returns the command line of a variant; it saves a checkpoint whenever the one before is on the disk."""
    cache = data.parent / "cache"
    frequent = ("--set", "checkpoint_every=0.001", "--set", "precision=fp32", "--device", "cpu")
    return ("fit", data, "--out", out, "--cache", cache, "--json", *frequent, *VARIANTS[variant])


def reference(variant: str, data: Path, out: Path) -> Reference:
    """Runs a variant undisturbed."""
    ended = muslin(*fit_arguments(variant, data, out))
    assert ended.code == 0, ended.text
    return Reference(digest_of(out), epochs_of(out), ended.seconds)


def digest_of(run: Path) -> str:
    """Returns the SHA-256 of a run's weights."""
    return hashlib.sha256((run / "model.safetensors").read_bytes()).hexdigest()


def epochs_of(run: Path) -> list[list[float]]:
    """Returns of each logged epoch what depends on no clock."""
    events = [json.loads(line) for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    return [[event[name] for name in EPOCH] for event in events if event["event"] == "epoch"]


def differences(run: Path, undisturbed: Reference) -> list[str]:
    """Says in what a run differs from one that nobody hurt."""
    if not (run / "model.safetensors").exists():
        return [f"{run.name}: no model"]
    found = []
    if digest_of(run) != undisturbed.digest:
        found.append(f"{run.name}: other weights")
    if epochs_of(run) != undisturbed.epochs:
        found.append(f"{run.name}: other epochs in the log, or one twice")
    if left := [path.name for path in run.rglob("*.tmp")]:
        found.append(f"{run.name}: {left} left behind")
    return found
