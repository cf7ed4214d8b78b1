"""Runs in groups: those that differ in the seed alone are one, with the mean and the spread of what they reached."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import product
from statistics import mean, stdev
from string import ascii_uppercase
from typing import Any

import torch

from muslin.errors import RunError
from muslin.report.record import RunRecord
from muslin.run.known import Known, read_known
from muslin.text import duration, printable

__all__ = ["FIGURES", "Group", "Member", "Spread", "group_runs", "setting", "unlike_settings", "written"]


@dataclass(frozen=True)
class Member:
    """A run among those that are compared.

    Attributes:
        record: the run.
        letter: what it is called here: its group's letter, and its number there if it has others beside it.
        known: what it was trained and tested on, by content; None where it does not tell.
    """

    record: RunRecord
    letter: str
    known: Known | None

    @property
    def seed(self) -> int:
        """What fixed all that is random."""
        return self.record.settings.seed

    @cached_property
    def figures(self) -> dict[str, float | None]:
        """What it reached, by the names of `FIGURES`; None for what it lacks, and for what is no finite number."""
        record = self.record
        epochs, test = record.epochs, record.test
        accuracies = [e.validation_accuracy for e in epochs if math.isfinite(e.validation_accuracy)]
        losses = [e.validation_loss for e in epochs if math.isfinite(e.validation_loss)]
        values = {
            "test_accuracy": test.accuracy if test else None,
            "test_accuracy_one_view": test.accuracy_one_view if test else None,
            "test_loss": test.loss if test else None,
            "last_validation_accuracy": epochs[-1].validation_accuracy if epochs else None,
            "best_validation_accuracy": max(accuracies, default=None),
            "last_validation_loss": epochs[-1].validation_loss if epochs else None,
            "best_validation_loss": min(losses, default=None),
            "last_train_loss": epochs[-1].train_loss if epochs else None,
            "seconds": record.seconds,
        }
        return {name: finite(value) for name, value in values.items()}


FIGURES: Mapping[str, str] = {
    "test_accuracy": "test accuracy",
    "test_accuracy_one_view": "with one view",
    "test_loss": "test loss, nats",
    "last_validation_accuracy": "validation accuracy, last",
    "best_validation_accuracy": "validation accuracy, best",
    "last_validation_loss": "validation loss, last",
    "best_validation_loss": "validation loss, lowest",
    "last_train_loss": "training loss, last",
    "seconds": "time",
}  # by their names in JSON, as a person reads them


def finite(value: float | None) -> float | None:
    """Returns a number; None for one that JSON lacks."""
    return value if value is not None and math.isfinite(value) else None


def written(figure: str, mean: float, deviation: float | None = None) -> str:
    """Returns what was reached as a person reads it, with its deviation.

    >>> written("test_accuracy", 0.94402, 0.0015), written("test_loss", 0.2), written("seconds", 75.0)
    ('94.40 ± 0.15 %', '0.2000', '1:15')
    """
    if figure == "seconds":
        return duration(mean) if deviation is None else f"{duration(mean)} ± {duration(deviation)}"
    scale, digits, unit = (100, 2, " %") if "accuracy" in figure else (1, 4, "")
    spread = "" if deviation is None else f" ± {scale * deviation:.{digits}f}"
    return f"{scale * mean:.{digits}f}{spread}{unit}"


def setting(value: object) -> str:
    """Returns a setting's value as a person reads it.

    >>> setting(77120), setting(0.1), setting("")
    ('77,120', '0.1', '–')
    """
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return printable(f"{value:,}" if is_count else str(value)) or "–"


@dataclass(frozen=True)
class Spread:
    """What the seeds of a group reached.

    Attributes:
        mean: the mean.
        deviation: the standard deviation with n - 1; None for a single seed.
        count: n, the seeds that have such a value.
    """

    mean: float
    deviation: float | None
    count: int

    def as_json(self) -> dict[str, Any]:
        """Returns the attributes by their names, for `json.dumps`."""
        return asdict(self)


@dataclass(frozen=True)
class Group:
    """Runs that differ in the seed alone.

    Attributes:
        letter: A for the first, and so on.
        members: the runs, in the order in which they were named.
    """

    letter: str
    members: tuple[Member, ...]

    @property
    def counted(self) -> tuple[Member, ...]:
        """The first run of each seed: the same training twice is no second measurement."""
        return tuple({member.seed: member for member in reversed(self.members)}.values())[::-1]

    def values(self, figure: str) -> list[float]:
        """Returns what each seed reached that has such a value."""
        found = (member.figures[figure] for member in self.counted)
        return [value for value in found if value is not None]

    def spreads(self) -> dict[str, Spread | None]:
        """Returns what the seeds reached, by the names of `FIGURES`; None for what none of them has."""
        return {name: spread_of(self.values(name)) for name in FIGURES}


def spread_of(values: Sequence[float]) -> Spread | None:
    """Returns the spread of some values; None of none.

    >>> spread_of([0.5]), spread_of([])
    (Spread(mean=0.5, deviation=None, count=1), None)
    """
    if not values:
        return None
    return Spread(mean(values), stdev(values) if len(values) > 1 else None, len(values))


def group_runs(records: Sequence[RunRecord]) -> tuple[Group, ...]:
    """Returns runs in groups, both in the order in which they were named."""
    found: list[list[tuple[RunRecord, Known | None]]] = []
    for record in records:
        known = known_of(record)
        for group in found:
            if differ_in_seed_alone(group[0][0], record) and not know_otherwise(group[0][1], known):
                group.append((record, known))
                break
        else:
            found.append([(record, known)])
    return tuple(
        Group(letter, tuple(Member(record, f"{letter}{number}" if len(group) > 1 else letter, known)
                            for number, (record, known) in enumerate(group, 1)))
        for letter, group in zip(letters(), found, strict=False)
    )  # fmt: skip


def letters() -> Iterator[str]:
    """Gives A to Z, then AA, AB and so on."""
    yield from ascii_uppercase
    yield from map("".join, product(ascii_uppercase, repeat=2))


def known_of(record: RunRecord) -> Known | None:
    """Returns what a run knows by content; None where it does not tell, or its file is damaged."""
    try:
        return read_known(record.folder)
    except RunError:
        return None


def know_otherwise(one: Known | None, other: Known | None) -> bool:
    """Whether two runs tell that they were trained or tested on other pictures."""
    if one is None or other is None:
        return False
    return not (torch.equal(one.trained, other.trained) and torch.equal(one.tested, other.tested))


def differ_in_seed_alone(one: RunRecord, other: RunRecord) -> bool:
    """Whether recipe, settings but for the seed, and data are the same by name and size."""
    return all(
        a == b
        for a, b in (
            (one.recipe, other.recipe),
            (one.settings.changed(seed=0), other.settings.changed(seed=0)),
            (one.data, other.data),
            (one.sizes, other.sizes),
            (one.classes, other.classes),
            (one.input, other.input),
        )
    )


def unlike_settings(groups: Sequence[Group]) -> list[dict[str, Any]]:
    """Returns what differs in how the groups were made: each setting's name, and its value for each group.

    What is equal for all is left out, and so are paths but for their last names.
    """
    made = [made_by(group.members[0].record) for group in groups]
    return [
        {"name": name, "values": [values[name] for values in made]}
        for name in made[0]
        if any(values[name] != made[0][name] for values in made)
    ]


def made_by(record: RunRecord) -> dict[str, Any]:
    """Returns how a run was made, by name."""
    settings = asdict(record.settings)
    settings |= settings.pop("augmentation")
    del settings["seed"]
    channels, height, width = record.input
    return {
        "recipe": record.recipe,
        **settings | {name: last_name(settings[name]) for name in ("model", "init")},
        "data": record.data,
        **{f"pictures to {what}": record.sizes[part] for what, part in SPLITS.items()},
        "classes": len(record.classes),
        "a picture": f"{width}x{height}, {'grey' if channels == 1 else 'colour'}",
        "parameters": record.parameters,
        "computed on": record.machine.split(";")[0],
        **record.versions,
    }


SPLITS = {"train": "train", "validate": "validation", "test": "test"}


def last_name(path: str) -> str:
    """Returns the last name of a path, for the rest tells of a person's machine."""
    return path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
