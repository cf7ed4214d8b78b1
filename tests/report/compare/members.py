"""Runs that were never made, and what they answered."""

from collections.abc import Sequence
from typing import Any

import torch

from muslin.report.compare.groups import Member
from muslin.run.answers import Answers
from muslin.run.known import Known
from tests.report.records import make_record, make_score

CLASSES = ("cat", "dog", "eel")


def make_answers(labels: Sequence[int], predicted: Sequence[int], probabilities: torch.Tensor | None = None) -> Answers:
    nothing = torch.zeros(0, dtype=torch.int64)
    return Answers(
        torch.tensor(labels, dtype=torch.int64), torch.tensor(predicted, dtype=torch.int64), probabilities, nothing,
        torch.zeros(0, 1, 9, 9, dtype=torch.uint8),
    )  # fmt: skip


def make_member(
    letter: str,
    labels: Sequence[int],
    predicted: Sequence[int],
    digests: Sequence[int] | None = None,
    *,
    ordered: bool = True,
    **changes: Any,
) -> Member:
    """A run with its answers to pictures of these digests, in the order of the test set."""
    values = {"answers": make_answers(labels, predicted), "classes": CLASSES} | changes
    tested, order = torch.tensor(digests if digests is not None else range(len(labels))).long().sort(stable=True)
    return Member(make_record(**values), letter, Known(torch.zeros(0).long(), tested, order if ordered else None))


def make_confusion(right: int, wrong: int) -> Any:
    """A score of one class, with its accuracy."""
    confusion = torch.tensor([[right, wrong], [0, 0]])
    return make_score(confusion=confusion, accuracy=right / (right + wrong))
