"""What a run says of its model, which is all that is needed to answer by another form of it; loads no torch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muslin.config import VIEWS
from muslin.data.decoding.contrast import Contrast
from muslin.data.spec import DataSpec
from muslin.errors import BundleError, MuslinError
from muslin.prediction.calibration import Calibration
from muslin.run.description import DESCRIPTION, read_description
from muslin.run.folder import read_config

__all__ = ["Described", "describe"]


@dataclass(frozen=True)
class Described:
    """What a run says of its model.

    Attributes:
        name: the model's name, or `file.py:factory`.
        digest: the weights' SHA-256, as it was when they were written.
        spec: the description of the data that it was trained on.
        contrast: the training pictures' contrast.
        calibration: what makes probabilities of its logits, and from which one on it is sure.
        views: views of a picture that it answers by: 1, 2, 5 or 10.
        mirrors: whether it was trained on mirror images too.
    """

    name: str
    digest: str
    spec: DataSpec
    contrast: Contrast
    calibration: Calibration
    views: int
    mirrors: bool


def describe(folder: Path) -> Described:
    """Reads what a run's folder says of its model.

    Raises:
        BundleError: a file is missing, damaged, or of another program.
        RunError: the folder is no run's.
    """
    description = read_description(folder)
    try:
        data: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in description["data"].items()}
        spec = DataSpec(**data)
        contrast = Contrast(**description["contrast"])
        name, digest = str(description["model"]), str(description["weights_sha256"])
        calibration = Calibration(**description.get("calibration", {}))  # which 0.1.0 did not have
    except (AttributeError, KeyError, TypeError, ValueError, MuslinError) as error:
        raise BundleError(f"{folder / DESCRIPTION}: damaged or of another program ({error})") from error
    mirrors = bool(description.get("mirrors", True))  # runs of 0.1.0 and before do not tell, and averaged them always
    return Described(name, digest, spec, contrast, calibration, views_of(folder, description), mirrors)


def views_of(folder: Path, description: dict[str, Any]) -> int:
    """Returns the views that a run was tested with; those of 0.1.0 and before have them in their settings alone."""
    views = description.get("views")
    if views is None:
        views = read_config(folder)["settings"].get("tta", 1)
    if not isinstance(views, int) or views not in VIEWS:
        raise BundleError(
            f"{folder}: its views are {views!r}, but 1, 2, 5 or 10 is needed; was it written by a newer muslin?"
        )
    return views
