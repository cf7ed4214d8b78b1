"""The test pictures that a report shows: which, what was said of them, why, and what the model had seen like them.

Legend: N test pictures, S of them shown, C channels, H x W pixels, K classes.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from muslin.data.check.doctor import PictureFinding
from muslin.data.content import picture_digests
from muslin.machine.device import Machine
from muslin.models.footprint import operations
from muslin.report.choice import choose_exhibits
from muslin.report.likeness import Neighbour, evidence_for, like, look_at_training
from muslin.report.materials import Materials
from muslin.report.record import RunRecord

__all__ = ["Exhibit", "Gallery", "make_gallery"]

DOUBTED = 24  # labels that the data doctor doubts most
NAMED = 3  # classes whose probability is told


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
    seen = 0
    if model is not None:
        maps, layer = evidence_for(model, pictures, answers.predicted[chosen])
        if data is not None and (training := look_at_training(model, data.train, machine)):
            found, seen = like(model, pictures, training, machine), len(training.rows)
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
        operations=operations(model.model, model.spec) if model else None,
        seen=seen,
        doubted=tuple(doubted),
        doubted_pictures=doubted_pictures,
    )


def likeliest(record: RunRecord, position: int) -> tuple[tuple[int, float], ...]:
    """Returns the likeliest classes of a test picture, and their calibrated probabilities."""
    assert record.answers is not None
    if record.answers.probabilities is None:
        return ()
    row = record.calibration.applied_to(record.answers.probabilities[position : position + 1])[0]
    best = row.argsort(descending=True, stable=True)[:NAMED].tolist()
    return tuple((k, float(row[k])) for k in best)


def doubted_labels(materials: Materials) -> tuple[list[PictureFinding], Tensor]:
    """Returns the labels that the data doctor doubts most, and (L, C, H, W) uint8 pictures, those at hand alone."""
    data, findings = materials.data, materials.findings
    if data is None or findings is None:
        return [], torch.zeros(0, 1, 1, 1, dtype=torch.uint8)
    wanted = {finding.digest: finding for finding in reversed(findings.of("label")[: 2 * DOUBTED])}
    found: dict[int, int] = {}
    pictures: list[Tensor] = []
    for part in (data.train, data.validation, data.test):
        for place, digest in enumerate(picture_digests(part.images, part.file).tolist()):
            if digest in wanted and digest not in found:
                found[digest] = len(pictures)
                pictures.append(part.images[place])
    shown = [finding for digest, finding in reversed(wanted.items()) if digest in found][:DOUBTED]
    kept = [pictures[found[finding.digest]] for finding in shown]
    return shown, torch.stack(kept) if kept else data.test.images[:0]
