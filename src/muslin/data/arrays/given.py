"""Arrays that a person hands over in Python, known by their content.

Legend: N pictures, C channels, H x W pixels.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import torch
from torch.utils.data import Dataset

from muslin.data.arrays.datasets import read_datasets
from muslin.errors import DataError
from muslin.text import plural

__all__ = ["ARRAYS", "AnyArray", "Arrays", "Pair", "as_numpy", "read_given"]

ARRAYS = "arrays:"  # what begins the name of arrays where a path would stand; their digest follows
FORMS = "(images, labels), or a torch Dataset of (picture, label), or two of these, to train and to test"

AnyArray: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
Pair: TypeAlias = tuple[AnyArray, AnyArray]  # pictures and their labels, in any form


@dataclass(frozen=True, eq=False)
class Arrays:
    """Pictures and labels in memory; as text it is `arrays:` and the SHA-256 of all, a path at which no file lies.

    Attributes:
        parts: pictures and labels of `train` and `test`, or of `all`, from which a test set is still to be cut.
        notes: sentences on what was done to bring them into arrays.
        digests: of parts whose pictures were brought to one size, the SHA-256 of each as it was before.
    """

    parts: dict[str, Pair]
    notes: tuple[str, ...] = ()
    digests: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def name(self) -> str:
        """The arrays' name, by their content."""
        digest = hashlib.sha256()
        for part, arrays in self.parts.items():
            for array in arrays:
                values = array.astype("U") if array.dtype.kind == "O" else array
                digest.update(f"{part} {values.dtype.str} {values.shape}".encode())
                digest.update(np.ascontiguousarray(values).tobytes() if values.ndim == 0 else _bytes(values))
        return f"{ARRAYS}{digest.hexdigest()}"

    def __str__(self) -> str:
        return self.name


def read_given(data: object) -> Arrays:
    """Returns what a person handed over, as NumPy arrays.

    Args:
        data: `(images, labels)`, each an array of NumPy or torch, or a list; or a torch `Dataset` as for
            `read_datasets`; or a pair of these, to train and to test.

    Raises:
        DataError: it has neither form.
    """
    if isinstance(data, Dataset):
        return _arrays({"all": data})
    if not isinstance(data, tuple | list) or len(data) != 2:
        count = f" of {len(data)}" if isinstance(data, tuple | list) else ""
        raise DataError(f"data is a {type(data).__name__}{count}; give a name, a path, {FORMS}")
    if all(isinstance(part, tuple | Dataset) for part in data):
        if odd := [len(part) for part in data if isinstance(part, tuple) and len(part) != 2]:
            raise DataError(f"data has a part of {plural(odd[0], 'array')}; give {FORMS}")
        return _arrays(dict(zip(("train", "test"), data, strict=True)))
    return _arrays({"all": tuple(data)})


def _arrays(parts: dict[str, Any]) -> Arrays:
    """Returns parts, each a pair of arrays or a torch `Dataset`, as pairs of NumPy arrays."""
    read, digests, notes = read_datasets({part: given for part, given in parts.items() if isinstance(given, Dataset)})
    pairs = {part: read.get(part, given) for part, given in parts.items()}
    arrays = {part: (as_numpy(pair[0], "pictures"), as_numpy(pair[1], "labels")) for part, pair in pairs.items()}
    return Arrays(arrays, notes, digests)


def as_numpy(values: Any, what: str) -> AnyArray:
    """Returns an array of NumPy or torch, or a list, as a NumPy array.

    Raises:
        DataError: it is none, such as a list of pictures of several sizes.
    """
    if isinstance(values, torch.Tensor):
        values = values.detach().cpu()
        return np.asarray((values.float() if values.dtype == torch.bfloat16 else values).numpy())
    try:
        return np.asarray(values)
    except (ValueError, TypeError) as error:
        raise DataError(f"{what} are no array ({error}); bring all to one size, and stack them") from error


def _bytes(values: AnyArray) -> memoryview:
    return np.ascontiguousarray(values).reshape(-1).view(np.uint8).data
