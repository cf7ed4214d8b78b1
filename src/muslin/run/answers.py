"""A run's answers to its test set, in one file of its folder, so that a report need not score again.

The file holds labels, predicted classes and probabilities of all N test pictures in their order, 2 K + 8 bytes a
picture (280 kB for Fashion-MNIST, 98 MB for ImageNet's 50,000 pictures and 1,000 classes; past 128 MiB of probabilities
these are left out). Of the pictures themselves it holds only the few that `predictions.png` shows, at most 36 as the
model sees them (28 kB for Fashion-MNIST, 5 MB for photographs of 224 x 224 pixels): a test set can be larger than all
else in the folder, and whoever wants more pictures can read them from the data, in the same order.

Legend: N pictures, S of them shown, C channels, H x W pixels, K classes.
"""

from dataclasses import dataclass
from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from muslin.errors import RunError
from muslin.files import write_whole

__all__ = ["Answers", "read_answers", "write_answers"]

ANSWERS = "answers.safetensors"


@dataclass(frozen=True)
class Answers:
    """What a run's last weights said of each test picture.

    Attributes:
        labels: (N,) int64 in 0 .. K-1, each picture's true class.
        predicted: (N,) int64 in 0 .. K-1, the class that each picture was called.
        probabilities: (N, K) float16 in [0, 1], averaged over the run's views; None where they were too many to keep.
        shown: (S,) int64, the positions of the pictures to show, in the order to show them.
        pictures: (S, C, H, W) uint8, those pictures.
    """

    labels: Tensor
    predicted: Tensor
    probabilities: Tensor | None
    shown: Tensor
    pictures: Tensor

    def is_consistent(self) -> bool:
        """Whether the shapes fit each other and positions lie among the pictures."""
        count = len(self.labels)
        return (
            self.labels.shape == self.predicted.shape == (count,)
            and (self.probabilities is None or (self.probabilities.ndim == 2 and len(self.probabilities) == count))
            and self.shown.shape == self.pictures.shape[:1]
            and self.pictures.ndim == 4
            and self.pictures.dtype == torch.uint8
            and bool(((self.shown >= 0) & (self.shown < count)).all())
        )


def write_answers(folder: Path, answers: Answers) -> None:
    """Writes `answers.safetensors`.

    Raises:
        RunError: the folder is not writable.
        DiskFullError: the disk is full.
    """
    tensors = {"pictures": answers.pictures.cpu().contiguous()}
    for name in ("labels", "predicted", "shown"):
        tensors[name] = getattr(answers, name).to("cpu", torch.int32)
    if answers.probabilities is not None:
        tensors["probabilities"] = answers.probabilities.to("cpu", torch.float16).contiguous()
    write_whole(folder / ANSWERS, safetensors.torch.save(tensors))


def read_answers(folder: Path) -> Answers | None:
    """Reads a run's answers; None for a run of 0.1.0 or before, or one that was not tested.

    Raises:
        RunError: the file is damaged.
    """
    path = folder / ANSWERS
    if not path.is_file():
        return None
    try:
        tensors = safetensors.torch.load_file(path)
        labels, predicted, shown = (tensors[name].long() for name in ("labels", "predicted", "shown"))
        answers = Answers(labels, predicted, tensors.get("probabilities"), shown, tensors["pictures"])
    except (SafetensorError, KeyError) as error:
        raise RunError(f"{path} is damaged: {error}; take a whole copy of {folder}") from error
    if not answers.is_consistent():
        raise RunError(f"{path} is damaged: its parts do not fit each other; take a whole copy of {folder}")
    return answers
