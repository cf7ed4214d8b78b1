"""The test pictures of a run, read again from where its data lay.

Legend: N pictures of the test set, n pictures, C channels, H x W pixels.
"""

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor

from muslin.data.content import picture_digests
from muslin.data.files.cut import Rule
from muslin.data.reading import Reading
from muslin.errors import MuslinError
from muslin.evaluation.evaluate import is_same_source, labels_of
from muslin.evaluation.unseen import Scored, own_test
from muslin.report.compare.groups import Member
from muslin.run.description import read_description

__all__ = ["are_same_by_source", "read_pictures"]


def read_pictures(member: Member, positions: Sequence[int]) -> Tensor | None:
    """Returns some of a run's test pictures as its model saw them; None where they are gone or have changed.

    Args:
        member: the run, with its answers.
        positions: n places in its test set, from 0.

    Returns:
        (n, C, H, W) uint8.
    """
    own = own_pictures(member)
    return None if own is None else own.sample.images[own.rows[list(positions)]]


def are_same_by_source(one: Member, other: Member) -> bool:
    """Whether two runs were tested on the same pictures in the same order, though each brought them to its own size.

    They were if the data of both lie at one place, and each finds there, unchanged, what it was tested on.
    """
    if not is_same_source(one.record.source, other.record.source):
        return False
    first = own_pictures(one)
    second = own_pictures(other) if first else None
    if first is None or second is None:
        return False
    return len(first.sample.labels) == len(second.sample.labels) and torch.equal(first.rows, second.rows)


def own_pictures(member: Member) -> Scored | None:
    """Returns a run's test pictures in the order of its answers; None where they are gone or have changed."""
    record, known = member.record, member.known
    assert record.answers is not None
    try:
        levels = read_description(record.folder)["data"].get("levels")
        reading = Reading(rule=cast(Rule, record.rule), levels=levels, on_bad=record.settings.on_bad)
        own = own_test(record.source, known, record.input, reading)
        if own is None:
            return None
        labels, _ = labels_of(own.sample, own.rows, record.classes, record.folder)
    except MuslinError:
        return None
    if known is not None and known.order is not None:
        digests = picture_digests(own.sample.images, own.sample.file)[own.rows]
        return own if torch.equal(digests[known.order], known.tested) else None
    return own if torch.equal(labels[own.rows], record.answers.labels) else None
