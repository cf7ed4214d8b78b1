"""A trained model as two files, weights and description, and the classifier that they give back.

Loading runs no code: weights are safetensors, the description is JSON.
Legend: B pictures, C channels, H x W pixels, K classes.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import torch
from PIL import Image
from safetensors import SafetensorError
from torch import Tensor, nn

from muslin.data.decoding.contrast import Contrast
from muslin.data.decoding.fitting import fit_to_spec
from muslin.data.decoding.pictures import open_picture
from muslin.data.images import DataSpec
from muslin.errors import BundleError, MuslinError
from muslin.models import MODELS, Factory, build
from muslin.run import journal
from muslin.run.checkpoints import read_checkpoint, weights_of
from muslin.run.files import file_sha256, write_whole
from muslin.run.folder import find_run

__all__ = ["Classifier", "Prediction", "load", "read_weights", "save"]

WEIGHTS, DESCRIPTION = "model.safetensors", "model.json"
SEAL = "sha256"  # of the description's other values
FORMAT = 1


@dataclass(frozen=True)
class Prediction:
    """What a classifier says of one picture.

    Attributes:
        label: the most probable class's name.
        probability: of that class, in [0, 1].
        probabilities: of every class, the most probable first.
        notes: what a person should know of how the picture was read.
    """

    label: str
    probability: float
    probabilities: dict[str, float]
    notes: tuple[str, ...]


class Classifier(nn.Module):
    """A trained model with its preprocessing and its class names.

    Args:
        model: normalised (B, C, H, W) float32 pictures to (B, K) logits.
        spec: the description of the data that it was trained on.
        contrast: of the training pictures, to notice inverted ones; None if not known.
    """

    def __init__(self, model: nn.Module, spec: DataSpec, contrast: Contrast | None = None) -> None:
        super().__init__()
        self.model, self.spec, self.contrast = model, spec, contrast
        self.eval()

    @property
    def classes(self) -> tuple[str, ...]:
        """The K class names, in the order of the logits."""
        return self.spec.classes

    def forward(self, images: Tensor) -> Tensor:
        """Turns (B, C, H, W) uint8 pictures of the training set's size into (B, K) float32 logits."""
        logits: Tensor = self.model(self.spec.normalise(images))
        return logits

    @torch.no_grad()
    def predict(
        self, picture: "str | Path | Image.Image | np.ndarray[Any, np.dtype[np.uint8]]", *, invert: bool = False
    ) -> Prediction:
        """Classifies one picture of any size.

        Args:
            picture: a file, a Pillow image, or (H, W) or (H, W, 3) uint8.
            invert: exchange dark and light first.

        Raises:
            PictureError: it is not a picture that can be read.
        """
        image, notes = open_picture(picture)
        pixels = fit_to_spec(image, self.spec)  # (C, H, W) uint8
        if invert:
            pixels = 255 - pixels
        elif self.contrast and self.contrast.is_opposite_of(pixels):
            notes = (*notes, INVERTED_NOTE)
        probabilities = self(pixels[None]).softmax(1)[0]
        order = probabilities.argsort(descending=True).tolist()
        by_class = {self.classes[i]: float(probabilities[i]) for i in order}
        return Prediction(self.classes[order[0]], by_class[self.classes[order[0]]], by_class, notes)


INVERTED_NOTE = (
    "looks inverted: its background and its middle are the other way round, light for dark, than in the training "
    "pictures; try again with --invert (invert=True in Python)"
)


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
    """Gives the file's text, with the digest of all its other bytes in it, so that no damage to it goes unseen."""
    text = json.dumps(description | {SEAL: ""}, indent=2) + "\n"
    return text.replace(f'"{SEAL}": ""', f'"{SEAL}": "{hashlib.sha256(text.encode()).hexdigest()}"')


def is_whole(text: str, seal: object) -> bool:
    """Tells whether a file's text fits the digest in it."""
    return isinstance(seal, str) and hashlib.sha256(text.replace(seal, "", 1).encode()).hexdigest() == seal


def load(run: str | Path, factory: Factory | str | None = None, *, best: bool = False) -> Classifier:
    """Loads a run's classifier; runs no code of the run's.

    Args:
        run: a run's folder, its name under `runs/`, or `latest`.
        factory: needed for a model of one's own: `file.py:factory`, or the function itself; naming it allows it to run.
        best: take the weights of the epoch with the lowest validation loss, not the last.

    Raises:
        RunError: there is no such run, or no such epoch.
        BundleError: the files are missing, damaged, or do not fit each other.
    """
    folder = find_run(run)
    description = _description(folder)
    try:
        data: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in description["data"].items()}
        spec = DataSpec(**data)
        contrast = Contrast(**description["contrast"])
        name = str(description["model"])
    except (AttributeError, KeyError, TypeError, MuslinError) as error:
        raise BundleError(f"{folder / DESCRIPTION}: damaged or of another program ({error})") from error
    weights = best_weights(folder) if best else read_weights(folder)
    model = _build(folder, name, spec, factory)
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        raise BundleError(f"{folder / WEIGHTS} does not fit model {name}: {error}") from error
    return Classifier(model, spec, contrast)


def read_weights(folder: Path) -> dict[str, Tensor]:
    """Reads a run's last weights by name, held against their digest.

    Raises:
        BundleError: the files are missing or damaged.
    """
    digest = _description(folder).get("weights_sha256")
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


def _description(folder: Path) -> dict[str, Any]:
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


def _build(folder: Path, name: str, spec: DataSpec, factory: Factory | str | None) -> nn.Module:
    if callable(factory):
        return factory(spec)
    if factory is None and name not in MODELS:
        raise BundleError(
            f"{folder} holds a model of your own, {name}; loading never runs code unasked: name it with --model {name} "
            "(factory= in Python)"
        )
    return build(factory or name, spec)
