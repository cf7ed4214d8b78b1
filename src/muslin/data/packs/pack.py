"""What a pack is, and how one is opened.

A pack is a folder of three files that any program can open: `images.npy` (N, C, H, W) uint8, `labels.npy` (N,) int64,
and `pack.json`, which says what they are. The splits lie one after the other. Within a split the pictures lie in a
random order that spreads each class evenly, so that every stretch of the file is a fair sample.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from muslin.data.bad_files import bad_pictures, join_problems
from muslin.data.decoding.plain import content_of
from muslin.data.images import MappedPictures
from muslin.data.packs.info import INFO, PackInfo, read_info
from muslin.errors import DataError, PictureError
from muslin.files import file_sha256
from muslin.text import printable

__all__ = ["Pack"]

IMAGES, LABELS = "images.npy", "labels.npy"


@dataclass(frozen=True)
class Pack:
    """An opened pack.

    Attributes:
        folder: the pack's folder.
        file: its pictures, mapped.
        labels: (N,) int64.
        info: its description.
        made: what is to be said of its making just now: why anew, what is not promised of it; mostly nothing.
    """

    folder: Path
    file: MappedPictures
    labels: Tensor
    info: PackInfo
    made: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """The K class names."""
        return self.info.classes

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should be told of how it was made."""
        notes = [self.info.input, *self.info.notes]
        if self.info.skipped:
            left_out, reasons = len(self.info.skipped), join_problems([one.reason for one in self.info.skipped])
            notes.append(f"{left_out:,} of {self.info.files:,} pictures were left out: {reasons}")
        return (*notes, *self.made)

    def part(self, split: str) -> tuple[Tensor, Tensor]:
        """Returns a split's pictures (n, C, H, W), still on disk, and labels (n,); none where it has none."""
        start, stop = self.info.splits.get(split, (0, 0))
        return self.file.images[start:stop], self.labels[start:stop]

    def can_be_completed(self) -> bool:
        """Whether a picture was left out because the system could not read it, and now it can."""
        return any(one.unread and _is_readable(Path(self.info.root) / one.path) for one in self.info.skipped)

    def check_left_out(self, on_bad: str) -> None:
        """Checks that no picture was left out, unless a person accepts that.

        Raises:
            PictureError: some were, and `on_bad` is `stop`.
        """
        skipped = self.info.skipped
        if skipped and on_bad == "stop":
            raise bad_pictures([one.reason for one in skipped], len(self.labels) + len(skipped), on_bad)


def _is_readable(path: Path) -> bool:
    try:
        content_of(path)
    except PictureError:
        return False
    return True


def open_pack(folder: Path, *, verify: bool = False) -> Pack:
    """Opens a pack without reading its pictures.

    Args:
        folder: the pack's folder.
        verify: read both arrays whole and compare their SHA-256 with what the pack says.

    Raises:
        DataError: a file is missing, damaged, or does not fit the others.
    """
    info = read_info(folder)
    try:
        with (folder / IMAGES).open("rb") as file:
            version = np.lib.format.read_magic(file)
            header = np.lib.format.read_array_header_1_0(file) if version == (1, 0) else None
            offset, size = file.tell(), os.fstat(file.fileno()).st_size
        labels = np.load(folder / LABELS, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"the pack {printable(folder)} is damaged: {error}; remove it") from error
    shape = info.shape
    fits = header == (shape, False, np.dtype(np.uint8)) and size == offset + int(np.prod(shape, dtype=np.int64))
    if not (fits and labels.dtype == np.int64 and labels.shape == shape[:1] and info.splits):
        raise DataError(f"the pack {printable(folder)} is damaged: its arrays are not what {INFO} says; remove it")
    for name in (IMAGES, LABELS) if verify else ():
        if file_sha256(folder / name) != info.sha256.get(name):
            raise DataError(f"the pack {printable(folder)} is damaged: {name} has another SHA-256; remove it")
    return Pack(folder, MappedPictures(folder / IMAGES, offset, shape), torch.from_numpy(labels), info)
