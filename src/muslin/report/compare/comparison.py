"""All that a comparison says, as plain values: what `--json` prints, and what terminal and page are made of."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from muslin.errors import SettingError
from muslin.evaluation.significance import wilson_interval
from muslin.report.compare.groups import Group, Member, finite, group_runs, last_name, unlike_settings
from muslin.report.compare.pairs import Pair, pairs_of
from muslin.report.compare.words import reasons, verdict
from muslin.report.record import RunRecord, read_record
from muslin.run.folder import find_run
from muslin.run.notes import read_notes
from muslin.text import percent, printable
from muslin.web.notebook import table

__all__ = ["Comparison", "compare_runs"]


@dataclass(frozen=True)
class Comparison:
    """Runs held against each other: what `muslin.compare` returns.

    Attributes:
        groups: the runs in groups that differ in the seed alone, in the order in which they were named.
        pairs: the first group against each other one; of a single group, its first run against each other one.
        names: what each run is called: a person's name for it, or its folder's.
    """

    groups: tuple[Group, ...]
    pairs: tuple[Pair, ...]
    names: tuple[str, ...]

    @property
    def runs(self) -> tuple[Member, ...]:
        """All runs, by their groups."""
        return tuple(member for group in self.groups for member in group.members)

    def as_json(self) -> dict[str, Any]:
        """Returns all that it says by name, for `json.dumps`: no nan, no path of anybody's machine."""
        return {
            "runs": [run_facts(run, name) for run, name in zip(self.runs, self.names, strict=True)],
            "groups": [group_facts(group) for group in self.groups],
            "settings": unlike_settings(self.groups),
            "pairs": [pair.as_json() | {"verdict": verdict(pair), "reasons": reasons(pair)} for pair in self.pairs],
            "notes": list(notes_on(self.groups)),
        }

    def _repr_html_(self) -> str:
        """Returns what a notebook shows: the runs with their scores, and what the differences mean."""
        facts = self.as_json()
        scores = [run["test_accuracy"] for run in facts["runs"]]
        told = ["–" if score is None else percent(score, 2) for score in scores]
        rows = [(printable(run["name"]), score) for run, score in zip(facts["runs"], told, strict=True)]
        note = " ".join(pair["verdict"] for pair in facts["pairs"])
        return table(f"{len(rows)} runs compared", ("run", "test accuracy"), rows, note)


def compare_runs(*runs: str | Path) -> Comparison:
    """Holds runs against each other: settings, curves, values, and their answers to the test set.

    Runs that differ in the seed alone become a group, told by the mean and the standard deviation over its seeds. The
    first group is held against each of the others: by Welch's test over the seeds where both have several, else by
    McNemar's exact test (McNemar, 1947) on the answers of two runs, of the same seed where there are such. Several
    comparisons at once are raised by Holm's rule (Holm, 1979), so that chance is not found to mean something.

    >>> import muslin
    >>> comparison = muslin.compare("runs/one", "runs/other")  # doctest: +SKIP
    >>> comparison.as_json()["pairs"][0]["p_value"]  # doctest: +SKIP
    0.0004

    Args:
        *runs: two runs or more, each a run's folder, its name under `runs/`, a person's name for it, or `latest`.

    Raises:
        SettingError: there are not two different runs.
        RunError: a run is missing or damaged.
        BundleError: a run has no model's description, or a damaged one.
    """
    folders = list({os.path.realpath(folder): folder for folder in map(find_run, runs)}.values())
    if len(folders) < 2:
        raise SettingError("comparing needs two different runs; `muslin runs` lists those in runs/ here")
    groups = group_runs([read_record(folder) for folder in folders])
    members = [member for group in groups for member in group.members]
    return Comparison(groups, pairs_of(groups), names_of([member.record for member in members]))


def names_of(records: Sequence[RunRecord]) -> tuple[str, ...]:
    """Returns what each run is called, with as much of its path as tells it from the others."""
    parts = [record.folder.resolve().parts for record in records]
    names = []
    for record, own in zip(records, parts, strict=True):
        others = [other for other in parts if other != own]
        length = next(n for n in range(1, len(own) + 1) if all(own[-n:] != other[-n:] for other in others))
        names.append(read_notes(record.folder).name or "/".join(own[-length:]))
    return tuple(names)


def run_facts(run: Member, name: str) -> dict[str, Any]:
    """Returns what is to be told of one run."""
    record, test = run.record, run.record.test
    interval = wilson_interval(int(test.confusion.trace()), test.count) if test and test.count else None
    return {
        "run": run.letter, "name": name, "note": read_notes(record.folder).note, "seed": run.seed,
        "recipe": record.recipe, "model": last_name(record.settings.model), "data": record.data,
        "started": record.started, "ended": record.ended, "training": record.training, "machine": record.machine,
        "parameters": record.parameters, "test_count": test.count if test else 0,
        "interval": list(interval) if interval else None,
        **run.figures, "best_epoch": best_epoch(record),
        "epochs": [{key: finite(value) for key, value in asdict(epoch).items()} for epoch in record.epochs],
    }  # fmt: skip


def best_epoch(record: RunRecord) -> int | None:
    """Returns the number of the epoch with the lowest validation loss; None where no epoch has one."""
    known = [epoch for epoch in record.epochs if finite(epoch.validation_loss) is not None]
    return min(known, key=lambda epoch: epoch.validation_loss).epoch if known else None


def group_facts(group: Group) -> dict[str, Any]:
    """Returns what is to be told of a group."""
    spreads = group.spreads()
    return {
        "group": group.letter,
        "runs": [member.letter for member in group.members],
        "seeds": [member.seed for member in group.counted],
        "figures": {name: spread and spread.as_json() for name, spread in spreads.items()},
    }


def notes_on(groups: Sequence[Group]) -> Iterator[str]:
    """Gives a sentence on each thing that a person should know of the groups."""
    for group in groups:
        twice = [member.letter for member in group.members if member not in group.counted]
        for letter in twice:
            yield f"{letter} has the seed of another run of {group.letter}: it counts in no mean"
        machines = {member.record.machine for member in group.members}
        if len(machines) > 1:
            among = "; ".join(sorted(machines))
            yield f"the runs of {group.letter} were made on different machines or versions: {among}"
        for member in group.members:
            if member.record.test is None and len(group.members) > 1:
                yield f"{member.letter} was not tested: the test's means of {group.letter} are without it"
