"""What can be done with many picture files at once: look at them, examine them, decode them into a file.

Legend: C channels, H x W pixels.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from muslin.data.decoding.pool import ReportProgress, share_out
from muslin.data.decoding.wide import Levels

__all__ = ["Decoded", "Examined", "Target", "decode_into", "examine", "look_at"]

PAUSES = (0.1, 1.0)  # seconds before files that could not be read are tried again: a network drive's hiccup
FEW = 100  # files; where more cannot be read, the drive is gone


@dataclass(frozen=True)
class Look:
    """What a file's first bytes tell of its picture.

    Attributes:
        sha256: the whole file's digest, in hexadecimal; empty when it cannot be read.
        width: pixels across, 0 when the header cannot be read.
        height: pixels down, 0 when the header cannot be read.
        mode: Pillow's mode, empty when the header cannot be read.
        unread: whether the system could not read the file, which may pass.
        levels: the darkest and the brightest value of a picture of more than 8 bits; None for any other.
        kind: what a file of a kind that is not read is, and the way to convert it; None for any other.
    """

    sha256: str
    width: int
    height: int
    mode: str
    unread: bool
    levels: Levels | None
    kind: tuple[str, str] | None


@dataclass(frozen=True)
class Target:
    """Where decoded pictures go.

    Attributes:
        file: a file that exists already, with room for all.
        offset: bytes before the first picture.
        shape: (C, H, W) of each.
        levels: as for `open_picture`.
    """

    file: Path
    offset: int
    shape: tuple[int, int, int]
    levels: Levels | None = None


@dataclass(frozen=True)
class Decoded:
    """What became of one picture.

    Attributes:
        problem: the reason it was not decoded; empty when it was.
        notes: sentences on what was done to it.
        unread: whether the reason was that the system could not read the file, which may pass.
    """

    problem: str
    notes: tuple[str, ...]
    unread: bool


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
        unread: whether the reason was that the system could not read the file, which may pass.
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
    unread: bool
    hash: int | None
    thumb: str


Item = TypeVar("Item")
Answer = TypeVar("Answer", Look, Decoded, Examined)


def look_at(paths: Sequence[Path], *, threads: int, progress: ReportProgress) -> list[Look]:
    """Hashes files and reads the size and mode of their pictures, without decoding them."""

    def look(items: Sequence[str], progress: ReportProgress) -> list[Look]:
        answers = share_out({"do": "look"}, items, threads, "reading", progress)
        pairs = ("levels", "kind")
        return [Look(**answer | {name: answer[name] and tuple(answer[name]) for name in pairs}) for answer in answers]

    return _tried_again(look, [str(path) for path in paths], progress)


def examine(paths: Sequence[Path], *, threads: int, progress: ReportProgress) -> list[Examined]:
    """Reads and fully decodes files, and says all that is to be known of them before training."""

    def examine_each(items: Sequence[str], progress: ReportProgress) -> list[Examined]:
        answers = share_out({"do": "examine"}, items, threads, "examining", progress)
        return [Examined(**answer | {"notes": tuple(answer["notes"])}) for answer in answers]

    return _tried_again(examine_each, [str(path) for path in paths], progress)


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
    task["levels"] = target.levels

    def decode(items: Sequence[tuple[str, int]], progress: ReportProgress) -> list[Decoded]:
        answers = share_out(task, items, threads, "decoding", progress)
        return [Decoded(problem, tuple(notes), unread) for problem, notes, unread in answers]

    return _tried_again(decode, [(str(path), int(row)) for path, row in zip(paths, rows, strict=True)], progress)


def _tried_again(
    ask: Callable[[Sequence[Item], ReportProgress], list[Answer]], items: Sequence[Item], progress: ReportProgress
) -> list[Answer]:
    """Returns the answers for all items; a few files that the system could not read are tried again after a while."""
    answers = ask(items, progress)
    for pause in PAUSES:
        unread = [number for number, answer in enumerate(answers) if answer.unread]
        if not 0 < len(unread) <= FEW:
            break
        time.sleep(pause)
        for number, answer in zip(unread, ask([items[n] for n in unread], lambda *_: None), strict=True):
            answers[number] = answer
    return answers
