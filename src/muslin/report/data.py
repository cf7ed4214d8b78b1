"""The pictures of a run, read again from where its data lie."""

from dataclasses import replace
from pathlib import Path
from typing import cast

from muslin.data.files.cut import Rule
from muslin.data.images import Splits, labels_digest
from muslin.data.reading import Reading
from muslin.data.sources.registry import load_splits
from muslin.errors import DataError
from muslin.report.record import RunRecord
from muslin.run.known import tested_on_unseen

__all__ = ["read_splits", "reading_of"]


def read_splits(record: RunRecord, reading: Reading) -> Splits:
    """Returns the data of a run as they were when it was trained.

    Args:
        record: the run.
        reading: the cache, and whom to tell of progress; all else is as it was for the run.

    Raises:
        DataError: they are gone, or have changed.
    """
    settings, reading = record.settings, reading_of(record, reading)
    splits = load_splits(record.source, validation=settings.validation, seed=settings.seed, reading=reading)
    splits = tested_on_unseen(splits, Path(settings.init)) if settings.init else splits
    if record.labels and labels_digest(splits) != record.labels:
        raise DataError(f"the data of {record.folder} have changed since it was trained: {record.source}")
    return splits


def reading_of(record: RunRecord, reading: Reading) -> Reading:
    """Returns the way in which a run read its pictures, with the cache and the progress of `reading`."""
    settings = record.settings
    return replace(reading, size=settings.size, rule=cast(Rule, record.rule), on_bad=settings.on_bad)
