"""What a report is made of besides the run's folder: its pictures, its model, and what the data doctor said of them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch

from muslin.data.check.doctor import Findings, read_findings
from muslin.data.content import picture_digests
from muslin.data.images import Splits
from muslin.data.reading import Reading
from muslin.data.sources.registry import load_places
from muslin.errors import DataError, MuslinError
from muslin.machine.device import Machine
from muslin.prediction.classifier import Classifier, load
from muslin.report.data import read_splits, reading_of
from muslin.report.record import RunRecord
from muslin.run.known import read_known

__all__ = ["Materials", "gather_materials"]

T = TypeVar("T")

MOST_NAMED = 50_000  # pictures: for their names all files are read once more
NO_PICTURES = (
    "The run's pictures are not where they were, or have changed: few are shown, and none of the training set. "
    "Bring the data back, and make the report again: muslin report RUN."
)
NO_MODEL = (
    "The run's model could not be loaded, so that there are no maps and no nearest training pictures. Where it is a "
    "model of your own, name it: muslin report RUN --model FILE.py:FACTORY."
)


@dataclass(frozen=True)
class Materials:
    """What is at hand for a report.

    Attributes:
        data: the run's data; None where they are gone or have changed.
        classifier: the run's model, where this machine computes fastest; None where it cannot be loaded.
        names: the test pictures' files below the data's folder, in their order; empty where they have none, and at the
            end of `fit`, which reads no file twice.
        findings: what the data doctor said of the data; None where it did not look at them.
        missing: sentences on what is not at hand, and what brings it back.
        problems: what went wrong, in full, for the person at the terminal alone: paths may be in it.
    """

    data: Splits | None
    classifier: Classifier | None
    names: tuple[str, ...]
    findings: Findings | None
    missing: tuple[str, ...]
    problems: tuple[str, ...]


def gather_materials(
    record: RunRecord, splits: Splits | None, factory: str | None, reading: Reading, machine: Machine
) -> Materials:
    """Reads what a report of a tested run needs; what cannot be read is left out.

    Args:
        record: the run, with its answers.
        splits: the run's data, where they are at hand; else they are read again.
        factory: `file.py:factory`, for a run with a model of one's own.
        reading: the cache, and whom to tell of progress.
        machine: where to compute.
    """
    missing: list[str] = []
    problems: list[str] = []

    def attempt(make: Callable[[], T], without: str) -> T | None:
        try:
            return make()
        except MuslinError as error:
            missing.append(without)
            problems.append(str(error))
            return None

    data = attempt(lambda: checked(record, splits or read_splits(record, reading)), NO_PICTURES)
    classifier = attempt(lambda: placed(record.folder, factory, machine), NO_MODEL)
    known = read_known(record.folder)
    findings = read_findings(known.trained, reading.cache) if known else None
    names = file_names(record, reading) if data and splits is None else ()  # else all files would be read once more
    return Materials(data, classifier, names, findings, tuple(missing), tuple(problems))


def checked(record: RunRecord, data: Splits) -> Splits:
    """Returns data whose test pictures are those that the run was tested on, in the same order.

    Raises:
        DataError: they are not.
    """
    assert record.answers is not None
    known, test = read_known(record.folder), data.test
    same = len(test) == len(record.answers.labels) and torch.equal(test.labels.cpu(), record.answers.labels)
    if same and known is not None:
        digests = picture_digests(test.images, test.file)
        digests = digests.sort().values if known.order is None else digests[known.order]
        same = torch.equal(digests, known.tested)
    if not same:
        raise DataError(f"the test pictures of {record.data} are not those that {record.folder} was tested on")
    return data


def placed(folder: Path, factory: str | None, machine: Machine) -> Classifier:
    """Returns a run's classifier where this machine computes fastest."""
    classifier = load(folder, factory)
    classifier.model.to(machine.device, memory_format=machine.memory_format)  # type: ignore[call-overload]
    return classifier


def file_names(record: RunRecord, reading: Reading) -> tuple[str, ...]:
    """Returns the names of the test pictures' files; none where the data are no files, or too many."""
    if record.settings.init or not Path(record.source).exists() or sum(record.sizes.values()) > MOST_NAMED:
        return ()
    try:
        places = load_places(
            record.source, validation=record.settings.validation, seed=record.settings.seed,
            reading=reading_of(record, reading),
        )  # fmt: skip
    except MuslinError:
        return ()  # the pictures themselves are there
    return places.names["test"] if places.root else ()
