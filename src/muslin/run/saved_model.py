"""A trained model as two files: its weights, and a description of what it takes and of how it was tested.

Reading runs no code: weights are safetensors, the description is JSON. Each is held against a digest.
"""

from dataclasses import asdict
from pathlib import Path

import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor, nn

from muslin.data.decoding.contrast import Contrast
from muslin.data.spec import DataSpec
from muslin.errors import BundleError
from muslin.files import file_sha256, write_whole
from muslin.run import journal
from muslin.run.checkpoints import read_checkpoint, weights_of
from muslin.run.description import DESCRIPTION, FORMAT, WEIGHTS, check_weights, sealed

__all__ = ["best_weights", "read_weights", "save"]


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


def read_weights(folder: Path) -> dict[str, Tensor]:
    """Returns a run's last weights by name, held against their digest.

    Raises:
        BundleError: the files are missing or damaged.
    """
    check_weights(folder)
    try:
        return safetensors.torch.load_file(folder / WEIGHTS)
    except SafetensorError as error:
        raise BundleError(f"{folder / WEIGHTS} is damaged: {error}") from error


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
