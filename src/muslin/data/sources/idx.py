"""IDX files, the format of MNIST, Fashion-MNIST, KMNIST and EMNIST (LeCun, Cortes and Burges, 1998).

A file is a magic number (two zero bytes, a type code, the number of dimensions), each dimension's length as a
big-endian 32-bit integer, then the values. Reading is strict: one byte too few or too many is an error.
"""

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from muslin.data.sources.arrays import ArrayParts, source_of_parts
from muslin.errors import DataError

__all__ = ["read_idx"]

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

UNSIGNED_BYTE = 0x08
MAX_DIMENSIONS = 4  # pictures, rows, columns, and channels for colour


def read_idx(path: Path) -> Pixels:
    """Reads one IDX file of unsigned bytes, gzip-compressed or not (told by content, not by name).

    Args:
        path: the file.

    Returns:
        uint8 array of the shape that the header states.

    Raises:
        DataError: unreadable, wrong magic number, or shorter or longer than its header says.
    """
    try:
        with path.open("rb") as file:
            compressed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if compressed else path.open("rb") as stream:
            shape = _read_header(path, stream.read(4), stream.read)
            size = int(np.prod(shape, dtype=np.int64))
            values = stream.read(size + 1)  # one more than there should be: a compression bomb ends here
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    if len(values) != size:
        problem = "more" if len(values) > size else f"only {len(values):,}"
        raise DataError(
            f"{path}: the header promises {size:,} values {shape}, the file holds {problem}; get a whole copy"
        )
    return np.frombuffer(values, np.uint8).reshape(shape)


def _read_header(path: Path, magic: bytes, read: Callable[[int], bytes]) -> tuple[int, ...]:
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] != UNSIGNED_BYTE or not 1 <= magic[3] <= MAX_DIMENSIONS:
        raise DataError(
            f"{path}: magic number {magic.hex() or 'missing'} is not that of an IDX file of unsigned bytes "
            f"(000008 and 1 to {MAX_DIMENSIONS} dimensions); is it another format?"
        )
    lengths = read(4 * magic[3])
    if len(lengths) < 4 * magic[3]:
        raise DataError(f"{path}: the header ends early; get a whole copy of the file")
    return tuple(int(n) for n in np.frombuffer(lengths, ">u4"))


def is_idx_folder(path: Path) -> bool:
    """Whether a path is a folder that holds IDX files, by their usual names."""
    return path.is_dir() and any(path.glob("*-ubyte*"))


def read(folder: Path) -> ArrayParts:
    """Reads an IDX folder: training and test pictures and labels under their usual names.

    The labels found in the training set become the classes, in rising order, whatever number they start at (EMNIST's
    letters start at 1).

    Args:
        folder: a folder with `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, and the same with `t10k` or `test`,
            or one of these pairs alone; any prefix (`emnist-letters-train-...`) and `.gz` are understood.

    Raises:
        DataError: a file is missing, damaged, or does not fit the others.
    """
    words = {"train": ("train",), "test": ("t10k", "test")}
    there = {part: each for part, each in words.items() if _files(folder, each, "")}
    parts = {part: _pair(folder, each) for part, each in (there or words).items()}
    return ArrayParts(parts, folder.resolve().name, where=str(folder))


def as_images(pixels: Pixels) -> Tensor:
    """Returns (N, H, W) or (N, H, W, C) uint8 pixels as (N, C, H, W) uint8."""
    if pixels.ndim == 4:
        return torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)))
    return torch.from_numpy(pixels.copy())[:, None]


def _pair(folder: Path, words: tuple[str, ...]) -> tuple[Pixels, Pixels]:
    images_path, labels_path = _find(folder, words, "images"), _find(folder, words, "labels")
    images, labels = read_idx(images_path), read_idx(labels_path)
    if images.ndim not in (3, 4):
        raise DataError(f"{images_path}: {images.ndim} dimensions; pictures have 3 (grey) or 4 (colour)")
    if labels.ndim != 1:
        raise DataError(f"{labels_path}: {labels.ndim} dimensions; labels have 1")
    if len(images) != len(labels):
        raise DataError(f"{len(images)} pictures in {images_path} but {len(labels)} labels in {labels_path}")
    return images, labels


def _files(folder: Path, words: tuple[str, ...], kind: str) -> list[Path]:
    names = folder.glob("*-ubyte*")
    return sorted(path for path in names if kind in path.name and any(word in path.name for word in words))


def _find(folder: Path, words: tuple[str, ...], kind: str) -> Path:
    found = _files(folder, words, kind)
    if not found:
        raise DataError(f"{folder}: no IDX file of {words[0]} {kind}; expected {words[0]}-{kind}-idx…-ubyte[.gz]")
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise DataError(f"{folder}: more than one file of {words[0]} {kind} ({names}); keep one set in a folder")
    return found[0]


SOURCE = source_of_parts(
    "an IDX folder",
    lambda origin: is_idx_folder(Path(str(origin))),
    lambda origin, _: read(Path(str(origin))),
)
