"""A trained model as two files: its weights, and a description of what it takes and of how it was tested.

Reading runs no code: weights are safetensors, the description is JSON. Each is held against a digest.
"""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor, nn

from muslin.data.decoding.contrast import Contrast
from muslin.data.spec import DataSpec
from muslin.errors import BundleError
from muslin.files import file_sha256, write_whole
from muslin.run import journal
from muslin.run.checkpoints import read_checkpoint, weights_of

__all__ = [
    "DESCRIPTION",
    "WEIGHTS",
    "add_to_description",
    "best_weights",
    "read_description",
    "read_weights",
    "save",
    "sealed",
]

WEIGHTS, DESCRIPTION = "model.safetensors", "model.json"
SEAL = "sha256"  # names the digest of all else in the description
FORMAT = 1


def save(
    folder: Path, model: nn.Module, name: str, spec: DataSpec, contrast: Contrast, views: int, *, mirrors: bool = True
) -> None:
    """Writes `model.safetensors` and `model.json`.

    Args:
        folder: the run's folder.
        model: the model, on any device.
        name: the model's name, or `file.py:factory`.
        spec: the data's description.
        contrast: the training pictures' contrast.
        views: views of a picture that the model is tested with, and answers by: 1, 2, 5 or 10.
        mirrors: whether it was trained on mirror images too, or is tested with them.

    Raises:
        RunError: the folder is not writable.
        DiskFullError: the disk is full.
    """
    weights = {key: tensor.detach().cpu().contiguous().clone() for key, tensor in model.state_dict().items()}
    write_whole(folder / WEIGHTS, safetensors.torch.save(weights))
    description = {
        "format": FORMAT,
        "model": name,
        "parameters": sum(p.numel() for p in model.parameters()),
        "weights_sha256": file_sha256(folder / WEIGHTS),
        "input": "uint8 pictures (batch, channels, height, width), normalised as (pixel / 255 - mean) / std",
        "data": asdict(spec),
        "contrast": asdict(contrast),
        "views": views,
        "mirrors": mirrors,
    }
    write_whole(folder / DESCRIPTION, sealed(description))


def add_to_description(folder: Path, name: str, value: Any) -> None:
    """Writes one more entry into `model.json`, such as what was measured with the saved weights.

    Raises:
        BundleError: it is missing or damaged.
        RunError: the folder is not writable.
        DiskFullError: the disk is full.
    """
    write_whole(folder / DESCRIPTION, sealed(read_description(folder) | {name: value}))


def sealed(description: dict[str, Any]) -> str:
    """Returns the file's text, with the digest of all its other bytes in it, so that no damage to it goes unseen."""
    text = json.dumps(description | {SEAL: ""}, indent=2) + "\n"
    return text.replace(f'"{SEAL}": ""', f'"{SEAL}": "{hashlib.sha256(text.encode()).hexdigest()}"')


def is_whole(text: str, seal: object) -> bool:
    """Whether a file's text fits the digest in it."""
    return isinstance(seal, str) and hashlib.sha256(text.replace(seal, "", 1).encode()).hexdigest() == seal


def read_weights(folder: Path) -> dict[str, Tensor]:
    """Returns a run's last weights by name, held against their digest.

    Raises:
        BundleError: the files are missing or damaged.
    """
    digest = read_description(folder).get("weights_sha256")
    path = folder / WEIGHTS
    if not path.is_file():
        raise BundleError(f"{path} is missing; the run did not get as far as saving a model")
    if file_sha256(path) != digest:
        raise BundleError(f"{path}: its SHA-256 is not the one in {DESCRIPTION}; the file was damaged")
    try:
        return safetensors.torch.load_file(path)
    except SafetensorError as error:
        raise BundleError(f"{path} is damaged: {error}") from error


def best_weights(folder: Path) -> dict[str, Tensor]:
    """Returns the weights of the epoch with the lowest validation loss, by name.

    Raises:
        BundleError: there is no such epoch.
        RunError: its checkpoint is missing or damaged.
    """
    epochs = [event for event in journal.read(folder) if event["event"] == "epoch"]
    losses = [event for event in epochs if event["validation_loss"] is not None]
    if not losses:
        raise BundleError(f"{folder} finished no epoch: none is the best; use the last weights")
    best = min(losses, key=lambda event: event["validation_loss"])
    return weights_of(read_checkpoint(folder, best["step"]))


def read_description(folder: Path) -> dict[str, Any]:
    """Returns what `model.json` says of a model.

    Raises:
        BundleError: it is missing or damaged.
    """
    path = folder / DESCRIPTION
    try:
        text = path.read_bytes().decode()
        description = json.loads(text)
    except OSError as error:
        raise BundleError(f"{path} is missing; the run did not get as far as saving a model") from error
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{path} is not JSON; the file was damaged") from error
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise BundleError(f"{path}: format {FORMAT} is needed; was it written by a newer muslin?")
    if not is_whole(text, description.get(SEAL)):
        raise BundleError(f"{path} does not fit the SHA-256 in it; the file was damaged or changed")
    return description
