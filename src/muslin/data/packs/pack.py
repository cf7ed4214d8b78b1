"""What a pack is, and how one is opened.

A pack is a folder of three files that any program can open: `images.npy` (N, C, H, W) uint8, `labels.npy` (N,) int64,
and `pack.json`, which says what they are. The splits lie one after the other. Within a split the pictures lie in a
random order that spreads each class evenly, so that every stretch of the file is a fair sample.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from muslin.data.bad_files import bad_pictures, named
from muslin.data.images import MappedPictures
from muslin.errors import DataError
from muslin.text import printable

__all__ = ["FORMAT", "IMAGES", "INFO", "LABELS", "Pack", "accepted", "is_pack", "open_pack", "pack_info", "sha256_of"]

FORMAT = 1
IMAGES, LABELS, INFO = "images.npy", "labels.npy", "pack.json"


@dataclass(frozen=True)
class Pack:
    """An opened pack.

    Attributes:
        folder: where it lies.
        file: its pictures, mapped.
        labels: (N,) int64.
        classes: the K class names.
        splits: the first and the last-plus-one row of each split that there is.
        notes: what a person should be told of how it was made.
    """

    folder: Path
    file: MappedPictures
    labels: Tensor
    classes: tuple[str, ...]
    splits: Mapping[str, tuple[int, int]]
    notes: tuple[str, ...]

    def part(self, split: str) -> tuple[Tensor, Tensor]:
        """Returns a split's pictures (n, C, H, W), still on disk, and labels (n,)."""
        start, stop = self.splits[split]
        return self.file.images[start:stop], self.labels[start:stop]


def open_pack(folder: Path, *, verify: bool = False) -> Pack:
    """Opens a pack without reading its pictures.

    Args:
        folder: of the pack.
        verify: read both arrays whole and compare their SHA-256 with what the pack says.

    Raises:
        DataError: a file is missing, damaged, or does not fit the others.
    """
    info = pack_info(folder)
    try:
        shape = tuple(info["shape"])
        with (folder / IMAGES).open("rb") as file:
            version = np.lib.format.read_magic(file)
            header = np.lib.format.read_array_header_1_0(file) if version == (1, 0) else None
            offset, size = file.tell(), os.fstat(file.fileno()).st_size
        labels = np.load(folder / LABELS, allow_pickle=False)
        splits = {name: (int(start), int(stop)) for name, (start, stop) in info["splits"].items()}
        fits = header == (shape, False, np.dtype(np.uint8)) and size == offset + int(np.prod(shape, dtype=np.int64))
        fits = fits and labels.dtype == np.int64 and labels.shape == shape[:1] and "train" in splits
        sums, classes, notes = info["sha256"], tuple(info["classes"]), (info["input"], *info["notes"])
        skipped = info["skipped"]
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise DataError(f"the pack {printable(folder)} is damaged: {error}; remove it") from error
    if not fits:
        raise DataError(f"the pack {printable(folder)} is damaged: its arrays are not what {INFO} says; remove it")
    for name in (IMAGES, LABELS) if verify else ():
        if sha256_of(folder / name) != sums[name]:
            raise DataError(f"the pack {printable(folder)} is damaged: {name} has another SHA-256; remove it")
    if skipped:
        reasons = named([one["reason"] for one in skipped])
        notes = (*notes, f"{len(skipped):,} of {info['files']:,} pictures were left out: {reasons}")
    pictures = MappedPictures(folder / IMAGES, offset, shape)
    return Pack(folder, pictures, torch.from_numpy(labels), classes, splits, notes)


def pack_info(folder: Path) -> dict[str, Any]:
    """Reads what a pack says of itself.

    Raises:
        DataError: `pack.json` is missing, damaged, or of another version.
    """
    path = folder / INFO
    try:
        info: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version = info["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"cannot read {printable(path)}: {error}; is {printable(folder)} a pack?") from error
    if version != FORMAT:
        raise DataError(f"{printable(folder)} is a pack of format {version}; this version of Muslin reads {FORMAT}")
    return info


def is_pack(path: Path) -> bool:
    """Whether a path is a folder that looks like a pack."""
    return (path / INFO).is_file()


def accepted(pack: Pack, on_bad: str) -> Pack:
    """Returns a pack that was found, if it is what a person asks for.

    Raises:
        PictureError: it left pictures out, and `on_bad` is not `skip`.
    """
    skipped = pack_info(pack.folder)["skipped"]
    if skipped and on_bad == "stop":
        raise bad_pictures([one["reason"] for one in skipped], len(pack.labels) + len(skipped), on_bad)
    return pack


def sha256_of(path: Path) -> str:
    """Reads a file whole and gives its SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
