"""The pictures that a run was trained on, watched by or tested on, known again by their content: a digest of each.

Legend: N pictures.
"""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from muslin.data.content import picture_digests
from muslin.data.images import ImageData, Splits
from muslin.errors import RunError
from muslin.files import write_whole
from muslin.run.description import read_description
from muslin.run.folder import KNOWN
from muslin.text import join_words, plural, printable

__all__ = ["Known", "read_known", "tested_on_unseen", "write_known"]

READ_BY = {"channels": "colour", "height": "height", "width": "width", "levels": "range of values"}


@dataclass(frozen=True)
class Known:
    """What a run knows by content: 8 bytes a picture and 4 more for each to test on, 600 kB for Fashion-MNIST.

    Attributes:
        trained: (M,) int64, digests of what it was trained on or watched by, as were the weights that it began with.
        tested: (T,) int64, digests of what it is tested on, in rising order; of copies, each.
        order: (T,) int64, the place in the test set that each of `tested` has; None for a run of 0.1.0, which does not
            tell.
    """

    trained: Tensor
    tested: Tensor
    order: Tensor | None = None


def write_known(folder: Path, splits: Splits, init: str = "") -> None:
    """Writes `known.safetensors`.

    Args:
        folder: the run's folder.
        splits: what it is trained on, watched by and tested on.
        init: the run whose weights it begins with; empty where there is none.

    Raises:
        RunError: the folder is not writable, or what the other run knows is damaged.
    """
    parts = [picture_digests(part.images, part.file) for part in (splits.train, splits.validation)]
    before = read_known(Path(init)) if init else None
    if before:
        parts.append(before.trained)
    tested, order = picture_digests(splits.test.images, splits.test.file).sort(stable=True)
    tensors = {"trained": torch.cat(parts).unique(), "tested": tested, "order": order.to(torch.int32)}
    write_whole(folder / KNOWN, safetensors.torch.save(tensors))


def read_known(folder: Path) -> Known | None:
    """Returns what a run was trained and tested on; None where it does not tell.

    Raises:
        RunError: the file is damaged.
    """
    path = folder / KNOWN
    try:
        tensors = safetensors.torch.load(path.read_bytes())
        order = tensors["order"].long() if "order" in tensors else None
        known = Known(tensors["trained"], tensors["tested"], order)
    except FileNotFoundError:
        return None
    except (OSError, SafetensorError, KeyError) as error:
        raise RunError(
            f"cannot read {path}: {error}; take the file from a whole copy of the run, or remove it"
        ) from error
    for tensor in (known.trained, known.tested):
        if tensor.dtype != torch.int64 or tensor.ndim != 1:
            raise RunError(f"{path} holds {tensor.dtype} of shape {tuple(tensor.shape)}; remove it")
    if known.order is not None and not torch.equal(known.order.sort().values, torch.arange(len(known.tested))):
        raise RunError(f"{path} is damaged: its order is none of {len(known.tested):,} test pictures; remove it")
    return known


def tested_on_unseen(splits: Splits, run: Path) -> Splits:
    """Returns splits whose test set lacks what a run, whose weights are gone on from, was trained on or watched by.

    Raises:
        RunError: what the run knows is damaged.
        BundleError: the run has no model, or a damaged one.
    """
    known, test = read_known(run), splits.test
    if known is None:
        return _noted(splits, f"{printable(run)} does not tell what it was trained on: the test may hold such pictures")
    before, now = read_description(run)["data"], asdict(test.spec)
    if unlike := [what for key, what in READ_BY.items() if json.dumps(before.get(key)) != json.dumps(now[key])]:
        return _noted(
            splits,
            f"{printable(run)} saw pictures of another {join_words(unlike, 'and')}: which ones of the test it was "
            "trained on cannot be told",
        )
    seen = torch.isin(picture_digests(test.images, test.file), known.trained)
    if not seen.any():
        return splits
    note = f"{int(seen.sum()):,} of {plural(len(seen), 'test picture')} were trained on by {printable(run)}"
    if seen.all():
        return _noted(splits, f"{note}: the test says nothing")
    unseen = ImageData(test.images[~seen], test.labels[~seen], test.spec)
    return _noted(replace(splits, test=unseen), f"{note}: left out of the test")


def _noted(splits: Splits, note: str) -> Splits:
    return replace(splits, notes=(*splits.notes, note))
