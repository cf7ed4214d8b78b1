"""The rows of an .npy file of pictures, as they are written."""

import os
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["HEADER", "close_gaps", "make_room"]

HEADER = 128  # bytes of the file before the first picture
BLOCK = 16 << 20  # bytes moved at a time


def make_room(path: Path, shape: tuple[int, ...]) -> None:
    """Writes the header of an .npy file and takes the disk space for its values, so that a full disk shows here."""
    with path.open("wb") as file:
        _write_header(file, shape)
        size = HEADER + int(np.prod(shape, dtype=np.int64))
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
        else:
            file.truncate(size)


def close_gaps(path: Path, shape: tuple[int, ...], kept: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
    """Moves the rows that are kept to the front of an .npy file and cuts the rest off."""
    with path.open("r+b") as file:
        _write_header(file, (len(kept), *shape[1:]))
    size = int(np.prod(shape[1:]))
    rows = np.memmap(path, np.uint8, "r+", HEADER, (shape[0], size))
    for start in range(0, len(kept), max(1, BLOCK // size)):
        some = kept[start : start + max(1, BLOCK // size)]
        rows[start : start + len(some)] = rows[some]  # each comes from its own place or from further back
    rows.flush()
    del rows
    os.truncate(path, HEADER + len(kept) * size)


def _write_header(file: Any, shape: tuple[int, ...]) -> None:
    np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
    assert file.tell() == HEADER
