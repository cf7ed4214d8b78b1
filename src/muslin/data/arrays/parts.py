"""Which pictures are trained on, of those that were read with a split or without."""

from collections.abc import Mapping
from typing import TypeVar

from muslin.data.files.listing import SPLITS
from muslin.errors import DataError

__all__ = ["as_parts"]

T = TypeVar("T")


def as_parts(found: Mapping[str, T]) -> dict[str, T]:
    """Returns what was found for each split as parts: the one that is trained on first.

    Args:
        found: by `train`, `validation` or `test`, or by nothing where no split was told.

    Returns:
        By `train` and what else there is; or by `all` where there is only one, whatever it was called.

    Raises:
        DataError: none is for training.

    >>> as_parts({"test": 1, "": 2}), as_parts({"test": 1})
    ({'train': 2, 'test': 1}, {'all': 1})
    """
    if len(found) == 1:
        return {"all": next(iter(found.values()))}
    named = {split or "train": value for split, value in found.items()}
    if len(named) < len(found) or "train" not in named:
        raise DataError(
            "some pictures have no split, beside those of train; tell the split of each"
            if "train" in named
            else "no picture is there to train on; add some of the split train"
        )
    return {split: named[split] for split in SPLITS if split in named}
