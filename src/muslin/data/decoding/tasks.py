"""What can be done with many picture files at once: look at them, examine them, decode them into a file.

Legend: C channels, H x W pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from muslin.data.decoding.pool import ReportProgress, share_out

__all__ = ["Decoded", "Examined", "Target", "decode_into", "examine", "look_at"]


@dataclass(frozen=True)
class Look:
    """What a file's first bytes tell of its picture.

    Attributes:
        sha256: the whole file's digest, in hexadecimal; empty when it cannot be read.
        width: pixels across, 0 when the header cannot be read.
        height: pixels down, 0 when the header cannot be read.
        mode: Pillow's mode, empty when the header cannot be read.
    """

    sha256: str
    width: int
    height: int
    mode: str


@dataclass(frozen=True)
class Target:
    """Where decoded pictures go.

    Attributes:
        file: a file that exists already, with room for all.
        offset: bytes before the first picture.
        shape: (C, H, W) of each.
    """

    file: Path
    offset: int
    shape: tuple[int, int, int]


@dataclass(frozen=True)
class Decoded:
    """What became of one picture.

    Attributes:
        problem: the reason it was not decoded; empty when it was.
        notes: sentences on what was done to it.
    """

    problem: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Examined:
    """What one file holds, fully decoded.

    Attributes:
        bytes: the file's size; 0 where it cannot be read.
        sha256: the file's digest, in hexadecimal; empty where it cannot be read.
        width: pixels across, upright; 0 where it is damaged.
        height: pixels down, upright; 0 where it is damaged.
        mode: L (grey) or RGB, as a model gets it; empty where it is damaged.
        notes: sentences on what was done to it.
        problem: the reason it cannot be used; empty where it can.
        hash: the perceptual hash, 64 bits; None where it is damaged or of one colour.
        thumb: its grey copy of 16 x 16 pixels, a byte each in hexadecimal; black where it is damaged.
    """

    bytes: int
    sha256: str
    width: int
    height: int
    mode: str
    notes: tuple[str, ...]
    problem: str
    hash: int | None
    thumb: str


def look_at(paths: Sequence[Path], *, threads: int, progress: ReportProgress) -> list[Look]:
    """Hashes files and reads the size and mode of their pictures, without decoding them."""
    answers = share_out({"do": "look"}, [str(path) for path in paths], threads, "reading", progress)
    return [Look(*answer) for answer in answers]


def examine(paths: Sequence[Path], *, threads: int, progress: ReportProgress) -> list[Examined]:
    """Reads and fully decodes files, and says all that is to be known of them before training."""
    answers = share_out({"do": "examine"}, [str(path) for path in paths], threads, "examining", progress)
    return [Examined(**answer | {"notes": tuple(answer["notes"])}) for answer in answers]


def decode_into(
    target: Target, paths: Sequence[Path], rows: Sequence[int], *, threads: int, progress: ReportProgress
) -> list[Decoded]:
    """Decodes pictures and writes each at its row of a file; a row whose picture is damaged is left as it was.

    Args:
        target: the file and the form of its pictures.
        paths: N picture files.
        rows: each picture's place in the file, from 0.
        threads: pictures to work on at a time.
        progress: a function that is told the pictures done, of how many.

    Raises:
        DataError: the file cannot be written, or a worker was ended from outside.
    """
    task = {"do": "decode", "file": str(target.file), "offset": target.offset, "shape": target.shape}
    items = [[str(path), int(row)] for path, row in zip(paths, rows, strict=True)]
    return [Decoded(problem, tuple(notes)) for problem, notes in share_out(task, items, threads, "decoding", progress)]
