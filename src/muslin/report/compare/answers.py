"""Two runs' answers to the same test pictures: which belong together, and where they disagree.

Legend: N test pictures, K classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from muslin.errors import RunError
from muslin.evaluation.significance import McNemar, mcnemar
from muslin.report.compare.groups import Member
from muslin.report.compare.pictures import are_same_by_source
from muslin.run.answers import Answers
from muslin.text import plural

__all__ = ["ClassSplit", "Disagreement", "Exhibit", "disagreement"]

SHOWN = 12  # pictures of each side


@dataclass(frozen=True)
class ClassSplit:
    """How two runs differ on the pictures of one class.

    Attributes:
        name: the class.
        count: its test pictures.
        right: how many of them the first run is right about, and the second.
        only: how many the first alone is right about, and the second alone.
    """

    name: str
    count: int
    right: tuple[int, int]
    only: tuple[int, int]


@dataclass(frozen=True)
class Exhibit:
    """A test picture about which one of two runs is right and the other wrong.

    Attributes:
        position: its place in the first run's test set, from 0.
        label: its class.
        said: what the first run called it, and the second.
        sure: the calibrated probability that each gave to its class, in [0, 1]; None for a run that did not keep them.
    """

    position: int
    label: str
    said: tuple[str, str]
    sure: tuple[float | None, float | None]


@dataclass(frozen=True)
class Disagreement:
    """What two runs say of the same N test pictures.

    Attributes:
        count: N.
        both_right: pictures that both are right about.
        both_wrong: pictures that both are wrong about.
        same_mistake: those of them that both took for the same class.
        test: McNemar's test, with the pictures that one alone is right about.
        classes: each class that has test pictures; first those in which the two differ most.
        only: pictures that the first alone is right about, and the second alone; first those where their probabilities
            are furthest apart.
    """

    count: int
    both_right: int
    both_wrong: int
    same_mistake: int
    test: McNemar
    classes: tuple[ClassSplit, ...]
    only: tuple[tuple[Exhibit, ...], tuple[Exhibit, ...]]


def disagreement(first: Member, second: Member) -> Disagreement:
    """Returns where two runs disagree.

    Raises:
        RunError: it cannot be told that both were tested on the same pictures; the message says why.
    """
    one, other = answers_of(first), answers_of(second)
    rows = paired_rows(first, one, second, other)
    labels = one.labels
    said = names_of(first, one.predicted), names_of(second, other.predicted[rows])
    right = one.predicted == labels, (other.predicted == other.labels)[rows]
    test = mcnemar(*right)
    same = np.array(said[0]) == np.array(said[1])
    wrong = (~right[0] & ~right[1]).numpy()

    def shown(chosen: Tensor) -> tuple[Exhibit, ...]:
        places = chosen.nonzero().flatten()
        sure = true_probability(first, one, places), true_probability(second, other, rows[places])
        nothing: list[float | None] = [None] * len(places)
        pairs = zip(sure[0] or nothing, sure[1] or nothing, strict=True)
        found = [
            Exhibit(at, first.record.classes[int(labels[at])], (said[0][at], said[1][at]), pair)
            for at, pair in zip(places.tolist(), pairs, strict=True)
        ]
        return tuple(sorted(found, key=lambda each: -apart(each.sure))[:SHOWN])

    return Disagreement(
        count=len(labels),
        both_right=int((right[0] & right[1]).sum()),
        both_wrong=int(wrong.sum()),
        same_mistake=int((same & wrong).sum()),
        test=test,
        classes=class_splits(first.record.classes, labels, right),
        only=(shown(right[0] & ~right[1]), shown(right[1] & ~right[0])),
    )


def answers_of(member: Member) -> Answers:
    """Returns a run's answers.

    Raises:
        RunError: it was not tested, or keeps none.
    """
    record = member.record
    if record.test is None:
        raise RunError(f"{member.letter} was not tested; go on with it: muslin fit --resume RUN")
    if record.answers is None or not len(record.answers.labels):
        raise RunError(f"{member.letter} keeps no answers to its test set, as runs of 0.1.0 do not; train it again")
    return record.answers


def paired_rows(first: Member, one: Answers, second: Member, other: Answers) -> Tensor:
    """Returns (N,) int64: which of the second run's answers is to the same picture as each of the first's.

    Pictures are known by their content, and by their class where the same picture is of two.

    Raises:
        RunError: they are not the same, or it cannot be told.
    """
    for member, answers in ((first, one), (second, other)):
        if member.known is None or len(member.known.tested) != len(answers.labels):
            raise RunError(f"{member.letter} does not tell which pictures it was tested on; train it again")
    assert first.known is not None
    assert second.known is not None
    has_order = first.known.order is not None and second.known.order is not None
    if first.record.input != second.record.input:
        if not are_same_by_source(first, second):
            raise RunError(unlike_sizes(first, second))
        has_order = False  # of digests of other pixels
    elif not torch.equal(first.known.tested, second.known.tested):
        common = int(torch.isin(first.known.tested, second.known.tested).sum())
        raise RunError(
            f"{first.letter} and {second.letter} were tested on other pictures: of the "
            f"{plural(len(one.labels), 'test picture')} of {first.letter}, {common:,} {'is' if common == 1 else 'are'} "
            f"in the test set of {second.letter}"
        )
    codes = codes_of(first, one.labels), codes_of(second, other.labels)
    rows = torch.arange(len(one.labels))
    if has_order:
        assert first.known.order is not None
        assert second.known.order is not None
        mine = by_content(first.known.tested, first.known.order, codes[0])
        rows[mine] = by_content(second.known.tested, second.known.order, codes[1])
    if not np.array_equal(codes[0], codes[1][rows.numpy()]):
        raise RunError(
            f"{first.letter} and {second.letter} were tested on the same pictures, but with other labels or in another "
            "order: their answers cannot be held against each other; train both on the same data"
        )
    return rows


def unlike_sizes(first: Member, second: Member) -> str:
    """Returns why pictures that two runs brought to other sizes cannot be known as the same."""
    sizes = [f"{width}x{height}" for _, height, width in (first.record.input, second.record.input)]
    return (
        f"{first.letter} takes pictures of {sizes[0]} pixels and {second.letter} of {sizes[1]}, or of other colours, "
        "and their data do not lie at one place as they were: whether they are the same pictures cannot be told; bring "
        "the data back"
    )


def by_content(digests: Tensor, order: Tensor, codes: NDArray[np.str_]) -> Tensor:
    """Returns (N,) int64: the positions of pictures by the rising order of their digests, and of classes in copies."""
    return order[torch.from_numpy(np.lexsort((codes[order.numpy()], digests.numpy())))]


def codes_of(member: Member, labels: Tensor) -> NDArray[np.str_]:
    """Returns (N,) labels as classes' names, which are the same in every run."""
    names: NDArray[np.str_] = np.array(member.record.classes)[labels.numpy()]
    return names


def names_of(member: Member, labels: Tensor) -> list[str]:
    """Returns the classes' names of (N,) labels."""
    return [member.record.classes[label] for label in labels.tolist()]


def true_probability(member: Member, answers: Answers, places: Tensor) -> list[float] | None:
    """Returns the calibrated probability of the class of some pictures; None where they were not kept."""
    if answers.probabilities is None:
        return None
    calibrated = member.record.calibration.applied_to(answers.probabilities[places])
    found: list[float] = calibrated.gather(1, answers.labels[places, None])[:, 0].tolist()
    return found


def apart(sure: tuple[float | None, float | None]) -> float:
    """Returns how far two probabilities are apart; 0 where one is not known."""
    return 0.0 if sure[0] is None or sure[1] is None else abs(sure[0] - sure[1])


def class_splits(classes: Sequence[str], labels: Tensor, right: tuple[Tensor, Tensor]) -> tuple[ClassSplit, ...]:
    """Returns how two runs differ class by class, where (N,) bool say what each is right about."""

    def count(mask: Tensor) -> list[int]:
        counts: list[int] = labels[mask].bincount(minlength=len(classes)).tolist()
        return counts

    of_class = zip(
        classes, count(torch.ones_like(right[0])), *map(count, right), count(right[0] & ~right[1]),
        count(right[1] & ~right[0]), strict=True,
    )  # fmt: skip
    splits = [ClassSplit(name, n, (a, b), (only_a, only_b)) for name, n, a, b, only_a, only_b in of_class if n]
    return tuple(sorted(splits, key=lambda split: -abs(split.right[0] - split.right[1])))
