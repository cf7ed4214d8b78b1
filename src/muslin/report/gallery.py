"""The test pictures that a report shows: which, what was said of them, why, and what the model had seen like them.

Legend: N test pictures, S of them shown, C channels, H x W pixels, K classes.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from muslin.data.check.doctor import PictureFinding
from muslin.data.content import picture_digests
from muslin.data.images import ImageData
from muslin.errors import SettingError
from muslin.evaluation.explain.grad_cam import grad_cam
from muslin.evaluation.explain.neighbours import features_of, nearest
from muslin.evaluation.explain.occlusion import occlusion
from muslin.machine.device import Machine
from muslin.models.footprint import operations
from muslin.prediction.classifier import Classifier
from muslin.report.materials import Materials
from muslin.report.record import RunRecord

__all__ = ["Exhibit", "Gallery", "Neighbour", "make_gallery"]

NEIGHBOURS = 3
WORST = 24  # most confident mistakes
RIGHT = 6  # pictures of each class that were answered right
NAMED = 3  # classes whose probability is told
BUDGET = 600_000  # values of pictures: some 760 of 28 x 28
LONGEST = 64  # pixels of a side in the report
MOST_WORK = 3 * 10**12  # floating-point operations for the nearest training pictures: some seconds
LEAST_SEEN = 1000  # training pictures that they are sought among however large the model is
MOST_OCCLUDED = 64  # pictures that occlusion, which answers each many times, explains


@dataclass(frozen=True)
class Neighbour:
    """A training picture like a test picture.

    Attributes:
        position: its place in the training set, from 0.
        label: its class, 0 .. K-1.
        distance: the distance between the two in the model's features.
    """

    position: int
    label: int
    distance: float


@dataclass(frozen=True)
class Exhibit:
    """One test picture.

    Attributes:
        position: its place in the test set, from 0.
        label: its class, 0 .. K-1.
        said: what it was called, 0 .. K-1.
        likeliest: up to three classes and their calibrated probabilities, the likeliest first; empty where these are
            not known.
        name: its file's name below the data's folder; empty where it has none.
        neighbours: the training pictures most like it, the most alike first; empty where they are not known.
    """

    position: int
    label: int
    said: int
    likeliest: tuple[tuple[int, float], ...]
    name: str
    neighbours: tuple[Neighbour, ...]


@dataclass(frozen=True)
class Gallery:
    """What a report shows of the pictures.

    Attributes:
        exhibits: S test pictures.
        pictures: (S, C, H, W) uint8, as the model sees them.
        maps: (S', H, W) float32 in [0, 1] of the first S' exhibits: where the evidence lies for what was said.
        layer: what the maps were taken from, in words; empty where there are none.
        train_pictures: (T, C, H, W) uint8, of the training pictures that `train_positions` names.
        train_positions: (T,) int64, in rising order.
        train_counts: training pictures of each class; None where they are not known.
        worst: positions in `exhibits` of the most confident mistakes, the most confident first.
        operations: floating-point operations for one picture by one view; None where the model is not known.
        seen: how many training pictures the nearest ones were sought among; 0 where none were.
        doubted: the labels that the data doctor doubts most, of pictures that are at hand; the gravest first.
        doubted_pictures: (L, C, H, W) uint8, their pictures.
    """

    exhibits: tuple[Exhibit, ...]
    pictures: Tensor
    maps: Tensor
    layer: str
    train_pictures: Tensor
    train_positions: Tensor
    train_counts: tuple[int, ...] | None
    worst: tuple[int, ...]
    operations: int | None
    seen: int
    doubted: tuple[PictureFinding, ...]
    doubted_pictures: Tensor


def make_gallery(record: RunRecord, materials: Materials, machine: Machine) -> Gallery:
    """Returns what a report shows of a tested run's pictures.

    Args:
        record: the run, with its answers.
        materials: its pictures and its model, as far as they are at hand.
        machine: how to compute features: as the run's answers were, in bfloat16 where that is fast.
    """
    answers, data, model, names = record.answers, materials.data, materials.classifier, materials.names
    assert answers is not None
    worst, chosen = choose_exhibits(record, answers.pictures[0].numel() if len(answers.pictures) else 1)
    if data is None:  # the few that the run itself holds
        chosen, pictures = answers.shown.tolist(), answers.pictures
        worst = [position for position in worst if position in chosen]
    else:
        pictures = data.test.images[chosen]
    maps, layer = torch.zeros(0, *pictures.shape[2:]), ""
    found: list[list[Neighbour]] = [[] for _ in chosen]
    work, seen = None, 0
    if model is not None:
        said = answers.predicted[chosen]
        work = operations(model.model, model.spec)
        maps, layer = explained(model, pictures, said)
        if data is not None:
            rows = sought_among(len(data.train), work)
            found = neighbours_of(model, pictures, data.train, rows, machine)
            seen = len(rows) if any(found) else 0
    doubted, doubted_pictures = doubted_labels(materials)
    positions = torch.tensor(sorted({n.position for each in found for n in each}), dtype=torch.int64)
    exhibits = [
        Exhibit(
            position, int(answers.labels[position]), int(answers.predicted[position]), likeliest(record, position),
            names[position] if names else "", tuple(near),
        )
        for position, near in zip(chosen, found, strict=True)
    ]  # fmt: skip
    return Gallery(
        exhibits=tuple(exhibits),
        pictures=pictures,
        maps=maps,
        layer=layer,
        train_pictures=data.train.images[positions] if data else pictures[:0],
        train_positions=positions,
        train_counts=tuple(data.train.labels.bincount(minlength=len(record.classes)).tolist()) if data else None,
        worst=tuple(chosen.index(position) for position in worst),
        operations=work,
        seen=seen,
        doubted=tuple(doubted),
        doubted_pictures=doubted_pictures,
    )


def choose_exhibits(record: RunRecord, values: int) -> tuple[list[int], list[int]]:
    """Returns the positions of the most confident mistakes, and of all pictures to show, these first.

    The most confident mistakes come first, then the others, from each pair of classes in turn; then some right ones of
    each class: half of them those that the model was least sure of, half the first ones.

    Args:
        record: the run, with its answers.
        values: values of one picture, C H W.
    """
    answers = record.answers
    assert answers is not None
    confidence = torch.zeros(len(answers.labels))
    if answers.probabilities is not None:
        confidence = answers.probabilities.float().gather(1, answers.predicted[:, None])[:, 0]
    labels, predicted = answers.labels.tolist(), answers.predicted.tolist()
    order = confidence.argsort(descending=True, stable=True).tolist()
    wrong = [n for n in order if labels[n] != predicted[n]]
    right = right_ones([n for n in order if labels[n] == predicted[n]], labels)
    room = max(WORST, BUDGET // min(values, record.input[0] * LONGEST**2))
    others = in_turns(wrong[WORST:], [(labels[n], predicted[n]) for n in wrong[WORST:]])
    mistakes = (wrong[:WORST] + others)[: room - min(len(right), room // 3)]
    return wrong[:WORST], mistakes + right[: room - len(mistakes)]


def right_ones(order: Sequence[int], labels: Sequence[int]) -> list[int]:
    """Returns some of the right answers, given in the order of their confidence, of each class and in turns."""
    by_class: dict[int, list[int]] = {}
    for n in order:
        by_class.setdefault(labels[n], []).append(n)
    some = []
    for members in by_class.values():
        unsure = members[::-1][: RIGHT // 2]
        some += unsure + sorted(set(members) - set(unsure))[: RIGHT - len(unsure)]
    return in_turns(some, [labels[n] for n in some])


def in_turns(items: Sequence[int], groups: Sequence[object]) -> list[int]:
    """Returns items so that each group's first comes before any group's second; else in their order.

    >>> in_turns([1, 2, 3, 4], "aaba")
    [1, 3, 2, 4]
    """
    seen: Counter[object] = Counter()
    turns = []
    for group in groups:
        turns.append(seen[group])
        seen[group] += 1
    return [item for _, item in sorted(zip(turns, items, strict=True), key=lambda pair: pair[0])]


def likeliest(record: RunRecord, position: int) -> tuple[tuple[int, float], ...]:
    """Returns the likeliest classes of a test picture, and their calibrated probabilities."""
    assert record.answers is not None
    if record.answers.probabilities is None:
        return ()
    row = record.calibration.applied_to(record.answers.probabilities[position : position + 1])[0]
    best = row.argsort(descending=True, stable=True)[:NAMED].tolist()
    return tuple((k, float(row[k])) for k in best)


def explained(classifier: Classifier, pictures: Tensor, said: Tensor) -> tuple[Tensor, str]:
    """Returns maps of the first pictures, by Grad-CAM, or by occlusion where the model has no maps; and of what."""
    try:
        attribution = grad_cam(classifier, pictures, said)
    except SettingError:
        attribution = occlusion(classifier, pictures[:MOST_OCCLUDED], said[:MOST_OCCLUDED])
    return attribution.maps, attribution.layer


def sought_among(count: int, work: int) -> Tensor:
    """Returns which of so many training pictures the nearest ones are sought among: as many as take no minutes.

    Args:
        count: training pictures.
        work: floating-point operations for each.

    Returns:
        (n,) int64 positions, evenly spread and in rising order.
    """
    most = min(count, max(LEAST_SEEN, MOST_WORK // max(1, work)))
    return torch.arange(most) * count // most


def neighbours_of(
    classifier: Classifier, pictures: Tensor, train: ImageData, rows: Tensor, machine: Machine
) -> list[list[Neighbour]]:
    """Returns the training pictures most like each of the pictures; none for a model without features.

    Args:
        classifier: the model.
        pictures: (S, C, H, W) uint8.
        train: the training pictures.
        rows: (n,) int64, those of them among which to seek.
        machine: how to compute features.
    """
    try:
        with machine.autocast():
            among = features_of(classifier, train.images if len(rows) == len(train) else train.images[rows])
            features = features_of(classifier, pictures)
    except SettingError:
        return [[] for _ in pictures]
    found = nearest(features, among, min(NEIGHBOURS, len(among)))
    return [
        [Neighbour(n, int(train.labels[n]), distance) for n, distance in zip(row, distances, strict=True)]
        for row, distances in zip(rows[found.positions].tolist(), found.distances.tolist(), strict=True)
    ]


def doubted_labels(materials: Materials) -> tuple[list[PictureFinding], Tensor]:
    """Returns the labels that the data doctor doubts most, and (L, C, H, W) uint8 pictures, those at hand alone."""
    data, findings = materials.data, materials.findings
    if data is None or findings is None:
        return [], torch.zeros(0, 1, 1, 1, dtype=torch.uint8)
    wanted = {finding.digest: finding for finding in reversed(findings.of("label")[: 2 * WORST])}
    found: dict[int, int] = {}
    pictures: list[Tensor] = []
    for part in (data.train, data.validation, data.test):
        for place, digest in enumerate(picture_digests(part.images, part.file).tolist()):
            if digest in wanted and digest not in found:
                found[digest] = len(pictures)
                pictures.append(part.images[place])
    shown = [finding for digest, finding in reversed(wanted.items()) if digest in found][:WORST]
    kept = [pictures[found[finding.digest]] for finding in shown]
    return shown, torch.stack(kept) if kept else data.test.images[:0]
