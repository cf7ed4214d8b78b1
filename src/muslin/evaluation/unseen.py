"""Which pictures a run is scored on: those that it was neither trained on nor watched by.

Legend: N pictures.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from muslin.data.content import picture_digests
from muslin.data.reading import Reading
from muslin.data.sources.registry import load_sample
from muslin.data.sources.source import Origin, Sample
from muslin.errors import DataError
from muslin.run.known import Known, read_known
from muslin.text import plural

__all__ = ["Scored", "choose_scored", "own_test"]


@dataclass(frozen=True)
class Scored:
    """The pictures of a data set that a run is scored on.

    Attributes:
        sample: those that were loaded.
        rows: (n,) int64, which of them are scored, in rising order.
        part: `test`, `all` or `unseen`, as an `Evaluation` has it.
        trained_on: how many of those loaded the run was trained on or watched by; None where it does not tell.
        notes: sentences on them.
    """

    sample: Sample
    rows: Tensor
    part: Literal["test", "all", "unseen"]
    trained_on: int | None
    notes: tuple[str, ...]


Shape = tuple[int, int, int]


def choose_scored(
    origin: Origin, run: Path, shape: Shape, reading: Reading, *, is_own: bool, everything: bool
) -> Scored:
    """Loads pictures, and chooses which of them a run is scored on, by their content.

    The run's own data are those that hold its test set as it was: that is scored, so that the result is what training
    said. Of all other data, those at the same path too, what the run knows is left out.

    Args:
        origin: the pictures.
        run: the run's folder.
        shape: (C, H, W) that the run's model needs.
        reading: the way in which they are read.
        is_own: whether they are where those lay that the run was made for.
        everything: whether all are to be scored whatever they are.

    Raises:
        DataError: they cannot be read, or none is left to score.
    """
    known = read_known(run)
    if is_own and not everything and (own := own_test(origin, known, shape, reading)):
        return own
    sample = load_sample(origin, shape, "all" if everything else "test", reading)
    if known is None:
        return _all_of(sample, None, "this run does not tell what it was trained on: such pictures may be among them")
    seen = torch.isin(picture_digests(sample.images, sample.file), known.trained)
    count, total = int(seen.sum()), len(seen)
    if not count:
        return _all_of(sample, 0)
    trained = f"{count:,} of {plural(total, 'picture')} {_were(count)} trained on"
    if everything:
        return _all_of(sample, count, f"{trained}: the accuracy is flattered by them")
    if count == total:
        raise DataError(
            f"{run} was trained on all {plural(total, 'picture')} of {sample.name}, so nothing is left to test it on; "
            "score them nevertheless with --all (everything=True in Python)"
        )
    note = f"{trained} and left out; the other {total - count:,} are scored (--all scores all)"
    return Scored(sample, (~seen).nonzero().flatten(), "unseen", count, (note,))


def _all_of(sample: Sample, trained_on: int | None, *notes: str) -> Scored:
    if not len(sample.labels):
        raise DataError(f"{sample.name} has no picture to score; add some")
    return Scored(sample, torch.arange(len(sample.labels)), sample.part, trained_on, notes)


def own_test(origin: Origin, known: Known | None, shape: Shape, reading: Reading) -> Scored | None:
    """Returns the test set that a run was tested on; None where the data have become others.

    A run that does not tell is taken at its word that the data are where they were.
    """
    sample = load_sample(origin, shape, "cut", reading)
    if known is None:
        return _all_of(sample, None)
    digests = picture_digests(sample.images, sample.file)
    is_tested = torch.isin(digests, known.tested)
    is_whole = torch.equal(digests[is_tested].sort().values, known.tested)
    if not is_whole or not torch.isin(digests[~is_tested], known.trained).all():
        return None
    count = int((~is_tested).sum())
    notes = (f"{count:,} of {plural(len(digests), 'test picture')} {_were(count)} trained on and left out",)
    return Scored(sample, is_tested.nonzero().flatten(), "test", count, notes if count else ())


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
