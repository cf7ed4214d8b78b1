"""Arrays that a person hands over in Python, known by their content.

Legend: N pictures, C channels, H x W pixels.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import torch

from muslin.errors import DataError

__all__ = ["ARRAYS", "AnyArray", "Arrays", "Pair", "read_given"]

ARRAYS = "arrays:"  # what begins the name of arrays where a path would stand; their digest follows
FORMS = "(images, labels), or ((images, labels), (test_images, test_labels))"

AnyArray: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
Pair: TypeAlias = tuple[AnyArray, AnyArray]  # pictures and their labels, in any form


@dataclass(frozen=True, eq=False)
class Arrays:
    """Pictures and labels in memory; as text it is `arrays:` and the SHA-256 of all, a path at which no file lies.

    Attributes:
        parts: pictures and labels of `train` and `test`, or of `all`, from which a test set is still to be cut.
    """

    parts: dict[str, Pair]

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
        data: `(images, labels)`, or `((images, labels), (test_images, test_labels))`; each an array of NumPy or torch,
            or a list.

    Raises:
        DataError: it has neither form.
    """
    if not isinstance(data, tuple | list) or len(data) != 2:
        count = f" of {len(data)}" if isinstance(data, tuple | list) else ""
        raise DataError(f"data is a {type(data).__name__}{count}; give a name, a path, {FORMS}")
    if all(isinstance(pair, tuple) for pair in data):
        if any(len(pair) != 2 for pair in data):
            raise DataError(f"data has pairs of {len(data[0])} and {len(data[1])} arrays; give {FORMS}")
        (images, labels), (test_images, test_labels) = data
        return Arrays({"train": _pair(images, labels), "test": _pair(test_images, test_labels)})
    return Arrays({"all": _pair(*data)})


def _pair(images: object, labels: object) -> Pair:
    return as_numpy(images, "pictures"), as_numpy(labels, "labels")


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
