"""Labels as arrays: numbers, names or one-hot rows.

Legend: N pictures, K classes.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from muslin.data.arrays.given import AnyArray
from muslin.errors import DataError
from muslin.text import join_first, plural, printable, shortened

__all__ = ["read_labels"]

SHOWN = 80  # letters of labels in a message
NEEDED = "one whole number or name a picture is needed, or rows with a single 1"


def read_labels(
    parts: Mapping[str, AnyArray], names: Sequence[str] | None = None, *, to_train: bool = True
) -> tuple[dict[str, Tensor], tuple[str, ...], list[str]]:
    """Returns each part's labels as (N,) int64, the classes, and a sentence for each kind of thing that was assumed.

    Args:
        parts: by name, arrays (N,) or (N, 1) of whole numbers, truth values or text, or (N, K) one-hot. The labels of
            the first part become the classes, in rising order, under their own numbers.
        names: names of the classes that are numbered from 0, or from 1; by default the numbers themselves.
        to_train: whether a classifier is to be trained on them; for scoring, the labels of all parts are the classes.

    Raises:
        DataError: they have another form, or, to train on, a later part has a label that the first one lacks.
    """
    notes: list[str] = []
    if any(labels.ndim == 2 and labels.shape[1] > 1 for labels in parts.values()):
        notes.append("labels are one-hot rows: the place of each one's 1 is taken")
    values = {part: _one_each(labels) for part, labels in parts.items()}
    first, *others = values
    found = np.unique(values[first] if to_train else np.concatenate([*values.values()]))
    for part in others:
        extra = np.setdiff1d(values[part], found)
        if len(extra):
            shown = shortened(join_first(printable(str(label)) for label in extra), SHOWN)
            raise DataError(
                f"labels [{shown}] are in the {part} set but not in the training set; leave those pictures out, or "
                "train on some"
            )
    classes, more = _names(found, names, to_train=to_train)
    read = {part: torch.from_numpy(np.searchsorted(found, each)).long() for part, each in values.items()}
    return read, classes, [*notes, *more]


def _one_each(labels: AnyArray) -> AnyArray:
    """Returns (N,) whole numbers from 0, truth values or text; raises DataError if labels have another form."""
    if labels.ndim == 2 and labels.shape[1] > 1:
        return _places(labels)
    if labels.ndim == 0 or labels.size != len(labels):
        raise DataError(f"labels are {labels.dtype} {labels.shape}; {NEEDED}")
    values = labels.reshape(-1)
    if values.dtype.kind == "O" and all(isinstance(value, str) for value in values):
        values = values.astype("U")
    if values.dtype.kind == "S":
        return np.array([value.decode("utf-8", "backslashreplace") for value in values.tolist()], "U")
    if values.dtype.kind in "Ub":
        return values
    is_whole = values.dtype.kind in "iu" or (values.dtype.kind == "f" and bool((values == np.rint(values)).all()))
    if not is_whole or not np.isfinite(values).all():
        raise DataError(f"labels are {values.dtype}, such as {_odd(values)}; {NEEDED}")
    if len(values) and values.min() < 0:
        raise DataError(
            f"labels run from {values.min():g} to {values.max():g}; number classes from 0: if {values.min():g} stands "
            "for no label, leave those pictures out"
        )
    return values.astype(np.int64)


def _places(labels: AnyArray) -> AnyArray:
    """Returns the place of the 1 in each of (N, K) rows; raises DataError where a row has none, or several."""
    if labels.dtype.kind not in "buif" or not np.isin(labels, (0, 1)).all():
        raise DataError(f"labels are {labels.dtype} {labels.shape}, and not of 0 and 1 alone; {NEEDED}")
    counts = labels.astype(np.int64).sum(1)
    if (counts != 1).any():
        row = int((counts != 1).argmax())
        raise DataError(
            f"{plural(int((counts != 1).sum()), 'picture')} of {len(labels):,} have several labels or none, the first "
            f"in row {row} ({counts[row]}); a classifier of one class a picture needs exactly one"
        )
    return np.asarray(labels.argmax(1))


def _names(found: AnyArray, names: Sequence[str] | None, *, to_train: bool) -> tuple[tuple[str, ...], list[str]]:
    """Returns the names of the labels that occur, and what was assumed."""
    if found.dtype.kind != "i":
        return tuple(str(label) for label in found), []
    low, high = (int(found[0]), int(found[-1])) if len(found) else (0, 0)
    if names is None:
        own = tuple(str(label) for label in found)
        is_plain = low == 0 and high == len(found) - 1
        note = f"labels are {join_first(own)}: these are the classes, under their own numbers"
        return own, [] if is_plain or not own or not to_train else [note]
    start = int(low == 1 and high == len(names))
    if high - start >= len(names):
        raise DataError(f"labels run from {low} to {high}, but {len(names)} classes allow 0 to {len(names) - 1}")
    notes = ["labels begin at 1: that is taken for the first of the named classes"] if start else []
    if low and not start and not to_train:
        notes.append(f"labels are counted from 0, of which there is none: {low} is {printable(names[low])}")
    left = [name for number, name in enumerate(names, start) if number not in found]
    if left and to_train:
        notes.append(f"classes without a training picture are left out: {join_first(map(printable, left))}")
    return tuple(names[label - start] for label in found), notes


def _odd(values: AnyArray) -> str:
    odd = [value for value in values.tolist() if not (isinstance(value, float | int) and value == value // 1)]
    return printable(repr(odd[0]))[:40] if odd else "infinity"
