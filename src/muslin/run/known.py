"""The pictures that a run was trained on or watched by, known again by their content: a digest of each."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from muslin.data.content import picture_digests
from muslin.data.images import ImageData, Splits
from muslin.errors import RunError
from muslin.files import write_whole
from muslin.text import plural, printable

__all__ = ["read_known", "tested_on_unseen", "write_known"]

KNOWN = "known.safetensors"  # 8 bytes a picture: 480 kB for Fashion-MNIST
NAME = "digests"


def write_known(folder: Path, parts: Sequence[ImageData]) -> None:
    """Writes `known.safetensors`.

    Args:
        folder: the run's folder.
        parts: what is trained on, and what is validated with.

    Raises:
        RunError: the folder is not writable.
    """
    digests = torch.cat([picture_digests(part.images, part.file) for part in parts])
    write_whole(folder / KNOWN, safetensors.torch.save({NAME: digests.unique()}))


def read_known(folder: Path) -> Tensor | None:
    """Returns the digests of what a run was trained on or watched by, (M,) int64; None where it does not tell.

    Raises:
        RunError: the file is damaged.
    """
    path = folder / KNOWN
    try:
        digests = safetensors.torch.load(path.read_bytes())[NAME]
    except FileNotFoundError:
        return None
    except (OSError, SafetensorError, KeyError) as error:
        raise RunError(
            f"cannot read {path}: {error}; take the file from a whole copy of the run, or remove it"
        ) from error
    if digests.dtype != torch.int64 or digests.ndim != 1:
        raise RunError(f"{path} holds {digests.dtype} of shape {tuple(digests.shape)}; remove it")
    return digests


def tested_on_unseen(splits: Splits, run: Path) -> Splits:
    """Returns splits whose test set lacks what a run, whose weights are gone on from, was trained on or watched by."""
    known, test = read_known(run), splits.test
    seen = None if known is None else torch.isin(picture_digests(test.images, test.file), known)
    if seen is None or not seen.any():
        return splits
    note = f"{int(seen.sum()):,} of {plural(len(seen), 'test picture')} were trained on by {printable(run)}"
    if seen.all():
        return replace(splits, notes=(*splits.notes, f"{note}: the test says nothing"))
    unseen = ImageData(test.images[~seen], test.labels[~seen], test.spec)
    return replace(splits, test=unseen, notes=(*splits.notes, f"{note}: left out of the test"))
