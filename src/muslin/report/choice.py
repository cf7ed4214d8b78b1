"""Which test pictures a report shows."""

from collections import Counter
from collections.abc import Sequence

import torch

from muslin.report.record import RunRecord
from muslin.report.sheets import LONGEST

__all__ = ["choose_exhibits"]

WORST = 24  # most confident mistakes
RIGHT = 6  # pictures of each class that were answered right
BUDGET = 600_000  # values of pictures: some 760 of 28 x 28


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
