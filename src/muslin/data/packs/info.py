"""What a pack says of itself: `pack.json`, spelt once."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from muslin.data.decoding.wide import Levels
from muslin.errors import DataError
from muslin.text import printable

__all__ = ["LeftOut", "PackInfo", "is_pack", "read_info"]

FORMAT = 1
INFO = "pack.json"


@dataclass(frozen=True)
class LeftOut:
    """A picture that was left out of a pack.

    Attributes:
        path: its file, below the pack's root.
        reason: what was wrong with it.
        unread: whether the system could not read it, so that it may be whole.
    """

    path: str
    reason: str
    unread: bool = False


@dataclass(frozen=True, kw_only=True)
class PackInfo:
    """What a pack says of itself.

    Attributes:
        classes: the K class names.
        splits: the first and the last-plus-one row of each split that there is.
        shape: (N, C, H, W), the pictures' shape.
        input: a sentence that says what the pictures were brought to, and why.
        root: the folder that the pictures came from.
        files: the number of files that were read, damaged ones included.
        notes: sentences on what was done to pictures.
        skipped: the pictures that were left out.
        sha256: the SHA-256 of each array's file, in hexadecimal.
        levels: the values of more than 8 bits that became black and white; None where no picture had so many.
        format: the version of the pack's layout.
    """

    classes: tuple[str, ...]
    splits: dict[str, tuple[int, int]]
    shape: tuple[int, int, int, int]
    input: str
    root: str
    files: int
    notes: tuple[str, ...]
    skipped: tuple[LeftOut, ...]
    sha256: dict[str, str]
    levels: Levels | None = None
    format: int = FORMAT

    def as_json(self) -> dict[str, Any]:
        """Returns the whole as plain values, as `pack.json` holds it."""
        return {"format": self.format} | asdict(self)


def read_info(folder: Path) -> PackInfo:
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
    try:
        count, channels, height, width = info["shape"]
        return PackInfo(
            classes=tuple(info["classes"]),
            splits={name: (int(start), int(stop)) for name, (start, stop) in info["splits"].items()},
            shape=(count, channels, height, width),
            input=info["input"],
            root=info["root"],
            files=info["files"],
            notes=tuple(info["notes"]),
            skipped=tuple(LeftOut(**one) for one in info["skipped"]),
            sha256=info["sha256"],
            levels=info.get("levels") and (info["levels"][0], info["levels"][1]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"the pack {printable(folder)} is damaged: {error}; remove it") from error


def is_pack(path: Path) -> bool:
    """Whether a path is a folder that looks like a pack."""
    return (path / INFO).is_file()
