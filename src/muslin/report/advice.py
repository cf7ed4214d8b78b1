"""What to try next, told from a run's numbers; each with the command to type."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch

from muslin.evaluation.figures import Figures
from muslin.models.pretrained import PRETRAINED_WEIGHTS
from muslin.recipes import RECIPES
from muslin.report.command import data_name, fit_command
from muslin.report.record import RunRecord
from muslin.text import join_first, percent, plural, printable

__all__ = ["Confusion", "Suggestion", "suggestions", "worst_confusions"]

ROSE = 1.05  # times the lowest validation loss: it learnt by heart from there on
LATE = 0.8  # of the epochs: a lowest loss after that was still falling
POOR = 0.5  # of the loss of guessing: such training has not taken hold
FEW = 100  # training pictures of a class
WIDE = 0.02  # half an interval of accuracy
SURE = 0.99  # the probability of a mistake from which on the label may be wrong
SEVERAL = 5  # such mistakes
PAIR = 0.1  # the share of all mistakes from which on a pair is worth a word
UNEVEN = 5  # times as many pictures in one class as in another


@dataclass(frozen=True)
class Suggestion:
    """One thing to try.

    Attributes:
        kind: what it is about, in a word.
        text: what the numbers say, and what may help.
        command: what to type; empty where nothing is to be typed.
    """

    kind: str
    text: str
    command: str

    def as_json(self) -> dict[str, Any]:
        """Returns the attributes by their names, for `json.dumps`."""
        return asdict(self)


@dataclass(frozen=True)
class Confusion:
    """One class taken for another.

    Attributes:
        true: what the pictures are.
        said: what they were called.
        count: how many.
        of: how many test pictures the class has.
    """

    true: str
    said: str
    count: int
    of: int

    def as_json(self) -> dict[str, Any]:
        """Returns the attributes by their names, and the whole in words, for `json.dumps`."""
        words = f"{printable(self.true)} called {printable(self.said)}, {self.count:,} of {self.of:,}"
        return asdict(self) | {"in_words": words}


def worst_confusions(record: RunRecord, most: int = 10) -> list[Confusion]:
    """Returns the most frequent mistakes, the most frequent first; of a tested run."""
    assert record.test is not None
    confusion = record.test.confusion
    off = confusion - torch.diag(confusion.diagonal())
    cells = off.flatten().argsort(descending=True, stable=True)[:most].tolist()
    pairs = [divmod(cell, len(off)) for cell in cells]
    return [
        Confusion(record.classes[i], record.classes[j], int(off[i, j]), int(confusion[i].sum()))
        for i, j in pairs
        if off[i, j]
    ]


def suggestions(
    record: RunRecord, figures: Figures | None, train_counts: Sequence[int] | None, doubted: int | None
) -> list[Suggestion]:
    """Returns what to try, the most promising first; of a tested run.

    Args:
        record: the run.
        figures: what its answers to the test set say; None where these are not known.
        train_counts: training pictures of each class; None where they are not known.
        doubted: how many labels the data doctor doubts; None where it has not looked.
    """
    return [
        *_of_curves(record),
        *_of_labels(record, doubted),
        *_of_pairs(record),
        *(_of_counts(record, train_counts) if train_counts else ()),
        *_of_the_test(record, figures),
    ]


def _of_curves(record: RunRecord) -> Iterator[Suggestion]:
    losses = [epoch.validation_loss for epoch in record.epochs if math.isfinite(epoch.validation_loss)]
    settings = record.settings
    if not losses or record.test is None:
        return
    best, guess = min(losses), math.log(max(2, len(record.classes)))
    at, last = losses.index(best) + 1, losses[-1]
    if last > POOR * guess:
        yield Suggestion(
            "under-fit",
            f"The validation loss ended at {last:.2f} nats, where guessing has {guess:.2f}: the model "
            "has hardly learnt yet. Train longer, or take one that has seen many photographs.",
            fit_command(record, epochs=2 * settings.epochs)
            if settings.model in PRETRAINED_WEIGHTS
            else f"muslin fit {printable(data_name(record))} --model efficientnet_lite0",
        )
    elif last > ROSE * best and at <= LATE * len(losses):
        yield Suggestion(
            "over-fit",
            f"The validation loss was lowest after epoch {at} ({best:.4f}) and rose to {last:.4f}: from there on the "
            "model learnt its training pictures by heart. Stop there, or let the pictures vary more.",
            fit_command(record, patience=3, erase=max(8, settings.augmentation.erase)),
        )
    elif len(losses) > 1 and at > LATE * len(losses):
        longer = _next_recipe(record)
        yield Suggestion(
            "still improving",
            f"The validation loss was still falling when training ended (epoch {at} of {len(losses)} is the best): "
            + (f"the recipe {longer} trains longer." if longer else "more epochs may help."),
            fit_command(record, recipe=longer) if longer else fit_command(record, epochs=2 * settings.epochs),
        )


def _next_recipe(record: RunRecord) -> str:
    """Returns the name of the next longer recipe, where the run kept to its own; empty if there is none."""
    names = list(RECIPES)
    place = names.index(record.recipe) + 1 if record.recipe in names else len(names)
    kept = record.recipe in names and record.settings.model == RECIPES[record.recipe].settings.model
    return names[place] if kept and place < len(names) else ""


def _of_labels(record: RunRecord, doubted: int | None) -> Iterator[Suggestion]:
    command = f"muslin data doctor {printable(data_name(record))}"
    if doubted:
        yield Suggestion(
            "labels in doubt",
            f"The data doctor doubts {plural(doubted, 'label')}: look at them, and mend them.",
            command,
        )
    answers = record.answers
    if doubted is not None or answers is None or answers.probabilities is None:
        return
    confidence, predicted = record.calibration.applied_to(answers.probabilities).max(1)
    certain = int(((confidence >= SURE) & (predicted != answers.labels)).sum())
    if certain >= SEVERAL:
        yield Suggestion(
            "labels in doubt",
            f"{plural(certain, 'mistake')} {'was' if certain == 1 else 'were'} made with {percent(SURE, 0)} or more: "
            "some of their labels may be wrong. The data doctor finds such labels.",
            command,
        )


def _of_pairs(record: RunRecord) -> Iterator[Suggestion]:
    assert record.test is not None
    confusion = record.test.confusion
    mistakes = int(confusion.sum() - confusion.trace())
    both = (confusion + confusion.T).triu(1)
    if not mistakes or not both.numel():
        return
    i, j = divmod(int(both.argmax()), len(both))
    share = int(both[i, j]) / mistakes
    if share >= PAIR and len(both) > 2:
        one, other = printable(record.classes[i]), printable(record.classes[j])
        yield Suggestion(
            "a confused pair",
            f"{one} and {other} are taken for each other in {percent(share, 0)} of all mistakes "
            f"({int(both[i, j]):,} of {mistakes:,}). More pictures of these two help most; or see whether people "
            "can tell them apart.",
            "",
        )


def _of_counts(record: RunRecord, counts: Sequence[int]) -> Iterator[Suggestion]:
    few = [printable(name) for name, count in zip(record.classes, counts, strict=True) if count < FEW]
    if few:
        least = min(counts)
        yield Suggestion(
            "too few pictures",
            f"{plural(len(few), 'class has', 'classes have')} fewer than {FEW} pictures to train on (the least: "
            f"{least:,}): {join_first(few)}. Add some; each doubling is worth more than any setting.",
            "",
        )
    if max(counts) >= UNEVEN * max(1, min(counts)) and record.settings.balance == "none":
        yield Suggestion(
            "uneven classes",
            f"The largest class has {max(counts):,} training pictures and the smallest {min(counts):,}: the small ones "
            "may be overlooked. Let each count the same.",
            fit_command(record, balance="weights"),
        )


def _of_the_test(record: RunRecord, figures: Figures | None) -> Iterator[Suggestion]:
    low, high = figures.interval if figures else (0.0, 0.0)
    if figures and (high - low) / 2 > WIDE:
        yield Suggestion(
            "a small test set",
            f"With {plural(figures.count, 'test picture')} the accuracy is known to {percent((high - low) / 2, 1)} "
            "either way: smaller differences between two runs mean nothing. Add test pictures.",
            "",
        )
    seed = record.settings.seed
    yield Suggestion(
        "another seed",
        "One run is one throw of the dice: train with another seed and compare, before you believe a small gain.",
        fit_command(record, seed=seed + 1),
    )
