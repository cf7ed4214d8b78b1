"""A run's classifier as a server holds it: probabilities of pictures, by ONNX Runtime where the model has that form.

No torch is loaded for a run that has its ONNX file: what loads it takes seconds to start, and three times the memory.

Legend: N pictures, C channels, H x W pixels, K classes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from muslin.data.decoding.contrast import Contrast
from muslin.data.decoding.plain import pixels_in
from muslin.data.decoding.quiet import quiet_pillow
from muslin.data.spec import DataSpec
from muslin.errors import BundleError, PictureError, SettingError
from muslin.files import SUMS, file_sha256
from muslin.prediction.calibration import Calibration
from muslin.prediction.description import Described, describe
from muslin.prediction.prediction import Prediction
from muslin.prediction.reading import LOOKS_INVERTED, read_pictures
from muslin.run.description import check_weights
from muslin.run.folder import find_run
from muslin.serving.metadata import FILE, metadata_of
from muslin.serving.session import Images, Pixels, Probabilities, by_onnx, open_session
from muslin.text import printable

__all__ = ["Images", "Pixels", "Probabilities", "ServedModel", "open_model", "served"]

INVERTED_NOTE = f"{LOOKS_INVERTED}; exchange them, and send it again"


@dataclass(frozen=True)
class ServedModel:
    """What a server needs of a run.

    Attributes:
        spec: the description of the data that it was trained on.
        contrast: the training pictures' contrast, to notice inverted ones; None if not known.
        calibration: from which probability on it is sure.
        views: views of a picture that are averaged.
        digest: the weights' SHA-256, by which an answer can be traced.
        platform: what computes, as the Open Inference Protocol calls it.
        answer: (N, C, H, W) uint8 pictures to (N, K) float32 calibrated probabilities; called from one thread.
        folder: the run's folder, to explain answers by; None where nothing explains them.
        factory: `file.py:factory`, for a run with a model of one's own.
    """

    spec: DataSpec
    contrast: Contrast | None
    calibration: Calibration
    views: int
    digest: str
    platform: str
    answer: Callable[[Images], Probabilities]
    folder: Path | None = None
    factory: str | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of a picture, (C, H, W)."""
        return self.spec.channels, self.spec.height, self.spec.width

    def read(self, picture: bytes | Pixels) -> tuple[Images, tuple[str, ...]]:
        """Reads a picture as `muslin predict` does.

        Args:
            picture: a file's content, or (H, W) or (H, W, 3) uint8.

        Returns:
            (1, C, H, W), and notes on it.

        Raises:
            PictureError: it is not a picture that can be read.
        """
        if isinstance(picture, np.ndarray):
            images, (notes,) = read_pictures([(None, picture)], self.spec)
            if isinstance(notes, PictureError):
                raise notes
            return images, notes
        with quiet_pillow():
            pixels, notes = pixels_in(picture, "the picture", self.shape, self.spec.levels)
        return pixels[None], notes

    def told(self, image: Images, row: Probabilities, notes: tuple[str, ...]) -> Prediction:
        """Returns what is said of one picture.

        Args:
            image: (1, C, H, W).
            row: (K,).
            notes: what a person should know of how it was read.
        """
        if self.contrast is not None and self.contrast.opposites_in(image)[0]:
            notes = (*notes, INVERTED_NOTE)
        by_class = {self.spec.classes[k]: float(row[k]) for k in (-row).argsort(kind="stable")}
        return Prediction.of(by_class, self.calibration.threshold, self.views, notes)


def open_model(run: str | Path, factory: str | None = None) -> tuple[ServedModel, str]:
    """Loads a run to serve it, held against its digests; runs no code of the run's.

    It answers by the run's `model.onnx`; where it has none, by one that is made now, in memory; and where that cannot
    be made, by PyTorch.

    Args:
        run: a run's folder, its name under `runs/`, or `latest`.
        factory: `file.py:factory`, for a run with a model of one's own.

    Returns:
        The model, and one line on what answers.

    Raises:
        BundleError: a file is missing, damaged, or does not fit the others.
        RunError: there is no such run.
    """
    folder = find_run(run)
    model, how = answering(folder, factory)
    return replace(model, folder=folder, factory=factory), how


def answering(folder: Path, factory: str | None) -> tuple[ServedModel, str]:
    """Returns what answers by a run's folder, and one line on it."""
    path = folder / FILE
    if path.is_file():
        known = describe(folder)
        check_weights(folder)
        session = open_checked(path, metadata_of(known))
        return served(known, by_onnx(session), "onnxruntime_onnx"), f"ONNX Runtime, by {printable(path)}"
    from muslin.prediction.classifier import load
    from muslin.serving.spare import by_pytorch, exported

    classifier, known = load(folder, factory), describe(folder)
    try:
        session = exported(classifier)
    except SettingError as error:
        return served(known, by_pytorch(classifier), "pytorch_torch"), f"PyTorch; {error}"
    how = f"ONNX Runtime; it starts sooner once the run has its file: muslin export {printable(folder)}"
    return served(known, by_onnx(session), "onnxruntime_onnx"), how


def served(known: Described, answer: Callable[[Images], Probabilities], platform: str) -> ServedModel:
    """Returns a run's model as a server holds it; `answer` computes."""
    return ServedModel(known.spec, known.contrast, known.calibration, known.views, known.digest, platform, answer)


def open_checked(path: Path, metadata: dict[str, str]) -> Any:
    """Opens a run's ONNX file.

    Args:
        path: the file.
        metadata: what it must say of itself.

    Raises:
        BundleError: it is not the file that was exported, or it is another model's than the run's.
    """
    sums = path.parent / SUMS
    known = sums.read_text(encoding="utf-8").splitlines() if sums.is_file() else []
    if f"{file_sha256(path)}  {path.name}" not in known:
        raise BundleError(
            f"{printable(path)}: its SHA-256 is not the one in {SUMS}; the file was damaged or changed: write it anew "
            f"with muslin export {printable(path.parent)}"
        )
    try:
        session = open_session(path.read_bytes())
    except Exception as error:  # ONNX Runtime's errors have no common base but this one
        raise BundleError(f"{printable(path)} cannot be opened: {str(error).strip().splitlines()[0]}") from error
    own = session.get_modelmeta().custom_metadata_map
    differing = [name for name, value in metadata.items() if own.get(name) != value]
    if differing:
        raise BundleError(
            f"{printable(path)} was exported from another state of this run (it differs in {', '.join(differing)}); "
            f"write it anew with muslin export {printable(path.parent)}"
        )
    return session
