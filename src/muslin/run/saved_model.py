"""A trained model as two files, weights and description, and the classifier that they give back.

Loading runs no code: weights are safetensors, the description is JSON.
Legend: B pictures, C channels, H x W pixels, K classes.
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

__all__ = ["DESCRIPTION", "WEIGHTS", "best_weights", "read_description", "read_weights", "save", "sealed"]

WEIGHTS, DESCRIPTION = "model.safetensors", "model.json"
SEAL = "sha256"  # of the description's other values
FORMAT = 1


def save(folder: Path, model: nn.Module, name: str, spec: DataSpec, contrast: Contrast) -> None:
    """Writes `model.safetensors` and `model.json`.

    Args:
        folder: of the run.
        model: its weights may be on any device.
        name: of the model, or `file.py:factory`.
        spec: the data's description.
        contrast: of the training pictures.

    Raises:
        RunError: the disk is full or the folder not writable.
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
    }
    write_whole(folder / DESCRIPTION, sealed(description))


def sealed(description: dict[str, Any]) -> str:
    """Returns the file's text, with the digest of all its other bytes in it, so that no damage to it goes unseen."""
    text = json.dumps(description | {SEAL: ""}, indent=2) + "\n"
    return text.replace(f'"{SEAL}": ""', f'"{SEAL}": "{hashlib.sha256(text.encode()).hexdigest()}"')


def is_whole(text: str, seal: object) -> bool:
    """Whether a file's text fits the digest in it."""
    return isinstance(seal, str) and hashlib.sha256(text.replace(seal, "", 1).encode()).hexdigest() == seal


def read_weights(folder: Path) -> dict[str, Tensor]:
    """Reads a run's last weights by name, held against their digest.

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
    """Reads the weights of the epoch with the lowest validation loss, by name.

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
    """Reads what `model.json` says of a model.

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
