"""A trained model that answers: the classifier of a run, and what it says of a picture.

Legend: B pictures, C channels, H x W pixels, K classes.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from muslin.data.decoding.contrast import Contrast
from muslin.data.decoding.fitting import fit_to_shape
from muslin.data.decoding.pictures import open_picture
from muslin.data.spec import DataSpec
from muslin.errors import BundleError, MuslinError
from muslin.models import MODELS, Factory, build
from muslin.run.folder import find_run
from muslin.run.saved_model import DESCRIPTION, WEIGHTS, best_weights, read_description, read_weights

__all__ = ["Classifier", "Prediction", "load"]


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
        pixels = fit_to_shape(image, (self.spec.channels, self.spec.height, self.spec.width))  # (C, H, W) uint8
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
    description = read_description(folder)
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


def _build(folder: Path, name: str, spec: DataSpec, factory: Factory | str | None) -> nn.Module:
    if callable(factory):
        return factory(spec)
    if factory is None and name not in MODELS:
        raise BundleError(
            f"{folder} holds a model of your own, {name}; loading never runs code unasked: name it with --model {name} "
            "(factory= in Python)"
        )
    return build(factory or name, spec)
