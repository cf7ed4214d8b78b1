"""The data doctor: which labels are probably wrong, and which pictures are twice there, unlike all others, or unclear.

Legend: N pictures, C channels, H x W pixels, K classes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from muslin.data.check.doctor import Findings, Kind, PictureFinding, write_findings
from muslin.data.check.same_pictures import SamePictures, find_same_pictures
from muslin.data.content import picture_digests
from muslin.data.images import ImageData, Splits
from muslin.data.reading import Reading
from muslin.data.sources import fashion_mnist
from muslin.data.sources.registry import load_placed_splits
from muslin.data.sources.source import Origin, Places
from muslin.errors import DataError
from muslin.evaluation.label_errors import Doubts, doubt_labels
from muslin.evaluation.outliers import far_out, neighbour_distances
from muslin.machine.cores import memory_limit
from muslin.machine.device import computing, prepare
from muslin.pipeline.folds import Judged, judge_by_others, quick_settings
from muslin.pipeline.pretrained_folds import judge_by_features, read_for_features, suits_features
from muslin.text import join_first, plural, printable

__all__ = ["Examined", "examine_data"]

SPLITS = ("train", "validation", "test")
COPIES = 3  # times that all pictures are in memory: as they were read, in one tensor, and those to train on
UNSURE = 0.4  # of two classes together, the less likely has at least so much where a picture is ambiguous
BOTH = 0.9  # the least probability of the two together


@dataclass(frozen=True)
class AllPictures:
    """All pictures of a data set, of whatever split.

    Attributes:
        data: the N pictures: those to train on, to validate with, and to test on.
        splits: (N,) int64, places in `SPLITS`.
        names: N names, by `Places`.
        digests: (N,) int64.
        are_files: whether names are paths.
        name: the data's name.
    """

    data: ImageData
    splits: Tensor
    names: tuple[str, ...]
    digests: Tensor
    are_files: bool
    name: str

    @property
    def trained(self) -> Tensor:
        """The digests of the pictures that can be trained on or validated with: (M,) int64."""
        return self.digests[self.splits < SPLITS.index("test")]


@dataclass(frozen=True)
class Examined:
    """What the doctor found, with the pictures that it looked at.

    Attributes:
        findings: what was found.
        images: (N, C, H, W) uint8.
        row_of: the row of each picture, by its name.
        kept: the file in the cache that later reports read.
    """

    findings: Findings
    images: Tensor
    row_of: dict[str, int]
    kept: Path


def examine_data(origin: Origin, reading: Reading, *, seed: int = 0) -> Examined:
    """Judges each picture by a model that was trained on others, and looks for those that do not belong.

    Few pictures in colour are judged by a pretrained model's features, where its weights are installed; others by quick
    models that are trained from scratch. The rest, digests too, is that of the pictures as `reading` reads them.

    Args:
        origin: data as `muslin.fit` takes them.
        reading: the way in which picture files are read; also told of progress, and where findings are kept.
        seed: any int >= 0; chooses the folds, and the first weights of quick models.

    Raises:
        DataError: the data cannot be read, or take more memory than there is.
        TrainingError: training diverged.
    """
    splits, places = load_placed_splits(origin, seed=seed, reading=reading)
    pictures = gather(splits, places)
    data = pictures.data
    same = find_same_pictures(data.images, pictures.digests, pictures.splits, data.labels)
    by_features, how = suits_features(data, are_files=pictures.are_files)

    def tell(done: int, total: int) -> None:
        reading.progress("judging", done, total)

    with computing():
        machine = prepare("auto", "auto")
        settings, notes = quick_settings(data, seed, is_own=origin != fashion_mnist.NAME)
        if by_features:
            larger = read_for_features(origin, places, reading, seed=seed)
            judged = judge_by_features(data, larger, same.groups, settings, machine, tell)
        else:
            judged = judge_by_others(data, same.groups, settings, machine, tell)
        doubts = doubt_labels(judged.logits, data.labels)
        found = [
            *label_errors(pictures, doubts), *twins(pictures, same), *outliers(pictures, judged),
            *ambiguous(pictures, doubts),
        ]  # fmt: skip
    findings = Findings(
        data=printable(splits.name),
        are_files=pictures.are_files,
        classes=data.spec.classes,
        pictures={split: int((pictures.splits == place).sum()) for place, split in enumerate(SPLITS)},
        accuracy=float((doubts.probabilities.argmax(1) == data.labels).double().mean()),
        noise=doubts.noise,
        findings=tuple(found),
        notes=(*splits.notes, *notes, *how, *lonely_notes(data)),
    )
    row_of = {name: row for row, name in enumerate(pictures.names)}
    return Examined(findings, data.images, row_of, write_findings(findings, pictures.trained, reading.cache))


def gather(splits: Splits, places: Places) -> AllPictures:
    """Returns all pictures of three splits.

    Raises:
        DataError: they take more memory than there is.
    """
    parts = splits.train, splits.validation, splits.test
    size, limit = COPIES * sum(part.images.numel() for part in parts), memory_limit()
    if limit and size > limit:
        raise DataError(
            f"{printable(splits.name)} takes {size / 1e9:.1f} GB while it is judged, and {limit / 1e9:.1f} GB are "
            "there; bring the pictures to fewer pixels with --size, or look at a part of the data"
        )
    data = ImageData(
        torch.cat([part.images for part in parts]), torch.cat([part.labels for part in parts]), splits.spec
    )
    numbers = torch.cat([torch.full((len(part),), place) for place, part in enumerate(parts)])
    names = tuple(name for split in SPLITS for name in places.names[split])
    return AllPictures(data, numbers, names, picture_digests(data.images), places.root is not None, splits.name)


def label_errors(pictures: AllPictures, doubts: Doubts) -> Iterator[PictureFinding]:
    """Returns the labels that are probably wrong, the surest first; none of a class that no model learnt."""
    lonely = pictures.data.labels.bincount(minlength=len(pictures.data.spec.classes))[pictures.data.labels] < 2
    for row in by_score(doubts.is_reported & ~lonely, doubts.wrong):
        yield finding(pictures, row, "label", float(doubts.wrong[row]), likely=int(doubts.likely[row]))


def twins(pictures: AllPictures, same: SamePictures) -> Iterator[PictureFinding]:
    """Returns the pictures that are there twice and those that look so: those in two classes first, then in two splits.

    Of a pair, each picture that is the first of the two stands for both.
    """
    labels, splits = pictures.data.labels, pictures.splits
    kinds: tuple[tuple[Kind, Tensor], ...] = ("copy", same.copy), ("near", same.near)
    for kind, other in kinds:
        rows = [row for row in (other >= 0).nonzero().flatten().tolist() if is_first(row, other)]
        for row in sorted(rows, key=lambda row: gravity(labels, splits, row, int(other[row]))):
            twin = int(other[row])
            likely = int(labels[twin]) if labels[twin] != labels[row] else None
            yield finding(pictures, row, kind, 1.0, likely=likely, like=pictures.names[twin])


def is_first(row: int, other: Tensor) -> bool:
    """Whether a pair is to be told by this picture: by the other one it is not, or comes later."""
    twin = int(other[row])
    return int(other[twin]) != row or row < twin


def gravity(labels: Tensor, splits: Tensor, row: int, twin: int) -> tuple[bool, bool]:
    """Returns what puts the gravest pairs first: two classes, then train or validation and test."""
    test = SPLITS.index("test")
    return bool(labels[row] == labels[twin]), bool((splits[row] == test) == (splits[twin] == test))


def outliers(pictures: AllPictures, judged: Judged) -> Iterator[PictureFinding]:
    """Returns the pictures that are far from all others of their fold, in the features of its model."""
    is_far, times = torch.zeros(len(judged.folds), dtype=torch.bool), torch.zeros(len(judged.folds))
    for fold in judged.folds.unique():
        rows = (judged.folds == fold).nonzero().flatten()
        is_far[rows], times[rows] = far_out(neighbour_distances(judged.features[rows]))
    for row in by_score(is_far, times):
        yield finding(pictures, row, "outlier", float(times[row]))


def ambiguous(pictures: AllPictures, doubts: Doubts) -> Iterator[PictureFinding]:
    """Returns the pictures for which two classes are nearly as likely, one of them the label's."""
    values, places = doubts.probabilities.topk(2)
    both = values.sum(1)
    share, labels = values[:, 1] / both, pictures.data.labels
    is_one = (places == labels[:, None]).any(1)
    for row in by_score((share >= UNSURE) & (both >= BOTH) & is_one & ~doubts.is_reported, share):
        other = places[row][places[row] != labels[row]]
        yield finding(pictures, row, "ambiguous", float(share[row]), likely=int(other))


def by_score(chosen: Tensor, scores: Tensor) -> Sequence[int]:
    """Returns the rows that are chosen, (N,) bool, those with the highest of (N,) scores first."""
    rows = chosen.nonzero().flatten()
    order: list[int] = rows[scores[rows].argsort(descending=True, stable=True)].tolist()
    return order


def finding(
    pictures: AllPictures, row: int, kind: Kind, score: float, *, likely: int | None = None, like: str = ""
) -> PictureFinding:
    """Returns what is told of the picture of a row."""
    classes = pictures.data.spec.classes
    return PictureFinding(
        kind=kind,
        name=pictures.names[row],
        split=SPLITS[int(pictures.splits[row])],
        label=classes[int(pictures.data.labels[row])],
        likely="" if likely is None else classes[likely],
        score=score,
        like=like,
        digest=int(pictures.digests[row]),
    )


def lonely_notes(data: ImageData) -> list[str]:
    """Returns a sentence on the classes of a single picture: a model that did not see it knows nothing of its class."""
    counts = data.labels.bincount(minlength=len(data.spec.classes)).tolist()
    lonely = [printable(name) for name, count in zip(data.spec.classes, counts, strict=True) if count == 1]
    if not lonely:
        return []
    return [f"{plural(len(lonely), 'class', 'classes')} of a single picture cannot be judged: {join_first(lonely)}"]
