"""Why a run's model calls a picture so: where the evidence lies, what it has learnt from that is like it, and how like.

It needs PyTorch and the run's own data, both of which a server that is asked for no reasons does without.

Legend: C channels, H x W pixels, K classes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from muslin.data.reading import Reading
from muslin.errors import BundleError, MuslinError, SettingError
from muslin.machine.device import Machine, computing, prepare
from muslin.prediction.classifier import Classifier, load
from muslin.prediction.description import describe
from muslin.report.data import read_splits
from muslin.report.likeness import Training, evidence_for, like, look_at_training, usual_distance
from muslin.report.materials import checked
from muslin.report.record import read_record
from muslin.text import printable
from muslin.web.page import picture_uri

__all__ = ["Reasons", "gather_reasons"]

NONE_NEAR = "There are no nearest training pictures"
GONE = f"{NONE_NEAR}: the data that the run was trained on are not where they were, or have changed."
FAILED = f"{NONE_NEAR}: the training pictures could not be looked at."
NOT_TOLD = f"{NONE_NEAR}: the model does not tell its features."
NOT_YET = "The training pictures are still being looked at; ask again in a few seconds."


@dataclass(frozen=True)
class Known:
    """What pictures are held against.

    Attributes:
        training: the training pictures, with their features.
        usual: how far the nearest of them is from 99 of 100 test pictures.
    """

    training: Training
    usual: float


@dataclass
class Reasons:
    """A run's model, and what it learnt from once that was looked at.

    Attributes:
        classifier: the model, in memory of the CPU.
        twin: the same once more, for the thread that looks at the training pictures.
        folder: the run's folder.
        machine: how it computes.
        known: what pictures are held against; until there is any, a sentence on why not.
    """

    classifier: Classifier
    twin: Classifier
    folder: Path
    machine: Machine
    known: Known | str = NOT_YET

    def look(self, check: Callable[[], None]) -> None:
        """Looks at the training pictures, which takes up to minutes.

        Args:
            check: called again and again; what it raises ends the work.
        """
        told = partial(called, check)
        with computing_beside():
            try:
                record = read_record(self.folder)
                splits = read_splits(record, Reading(progress=told))
                splits = splits if record.answers is None else checked(record, splits)
                training = look_at_training(self.twin, splits.train, self.machine, told)
                if training is None:
                    self.known = NOT_TOLD
                else:
                    self.known = Known(training, usual_distance(self.twin, splits.test, training, self.machine))
            except MuslinError:  # paths may be in it
                self.known = GONE
            except Exception:  # whatever it is, nobody waits for it any more
                self.known = FAILED
                raise

    def explain(self, image: NDArray[np.uint8], label: str) -> dict[str, Any]:
        """Returns why a (1, C, H, W) picture was called by a class's name, as JSON; a sentence where that is not known.

        `is_complete` is false as long as training pictures are being looked at.
        """
        picture = torch.from_numpy(image.copy())
        with computing_beside():
            known = self.known
            return {
                "map": self._map(picture, label),
                **self._likeness(picture, known),
                "is_complete": known != NOT_YET,
            }

    def _map(self, picture: Tensor, label: str) -> dict[str, Any]:
        """Returns where the evidence for a class lies: brighter where there is more."""
        said = torch.tensor([self.classifier.classes.index(label)])
        maps, layer = evidence_for(self.classifier, picture, said)
        return {"label": label, "layer": layer, "picture": shown((255 * maps).round().byte())}

    def _likeness(self, picture: Tensor, known: Known | str) -> dict[str, Any]:
        """Returns the training pictures most like a picture, and whether it is unlike them all."""
        if isinstance(known, str):
            return {"neighbours": known, "unlike": known}
        training = known.training
        try:
            (near,) = like(self.classifier, picture, training, self.machine)
        except SettingError as error:  # features that are no numbers
            return {"neighbours": f"{NONE_NEAR}: {error}", "unlike": f"{NONE_NEAR}: {error}"}
        neighbours = [
            {
                "label": self.classifier.classes[each.label],
                "distance": round(each.distance, 3),
                "picture": shown(training.data.images[each.position]),
            }
            for each in near
        ]
        return {"neighbours": neighbours, "unlike": unlike(near[0].distance, known.usual)}


def gather_reasons(folder: Path, factory: str | None, digest: str) -> Reasons:
    """Loads a run's model once more, to explain by.

    Args:
        folder: the run's folder.
        factory: `file.py:factory`, for a run with a model of one's own.
        digest: the SHA-256 of the weights that answer.

    Raises:
        BundleError: the run is not what it was, or cannot be loaded.
    """
    with computing_beside():
        classifier = load(folder, factory)
        if describe(folder).digest != digest:
            raise BundleError(f"{printable(folder)} has other weights than those that answer")
        return Reasons(classifier, deepcopy(classifier), folder, prepare("cpu", "auto"))


@contextmanager
def computing_beside() -> Iterator[None]:
    """Computes within, with a core left to what answers."""
    with computing() as threads:
        torch.set_num_threads(max(1, threads - 1))
        yield


def unlike(distance: float, usual: float) -> dict[str, Any]:
    """Returns whether a picture is unlike all that the model has learnt from, with the sentence that warns of it.

    Args:
        distance: to the nearest training picture, in the model's features.
        usual: what that is at most for 99 of 100 test pictures.
    """
    warning = (
        "This is unlike all that the model has learnt from: the nearest training picture is "
        f"{distance:.2f} away, of test pictures 99 in 100 at most {usual:.2f}. Believe nothing of the answer."
    )
    is_unlike = distance > usual
    return {
        "is_unlike": is_unlike,
        "distance": round(distance, 3),
        "usual": round(usual, 3),
        "warning": warning if is_unlike else None,
    }


def shown(pixels: Tensor) -> str:
    """Returns a (C, H, W) uint8 picture as a PNG in a URI."""
    return picture_uri(pixels.numpy())


def called(check: Callable[[], None], *_progress: object) -> None:
    """Calls a function with nothing of the progress that is told."""
    check()
