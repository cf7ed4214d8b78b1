"""Links, and other ways out of the data's folder: only those to files in the same data are followed."""

import os
from pathlib import Path

from muslin.errors import DataError
from muslin.text import printable

__all__ = ["check_link", "is_below"]


def check_link(path: Path, real_root: str | None = None) -> None:
    """Raises DataError unless a link leads to a file, and below `real_root` if that is given."""
    try:
        target = os.path.realpath(path, strict=True)
    except OSError as error:
        raise _link_error(path, "leads nowhere or in a loop") from error
    if real_root is not None and not is_below(target, real_root):
        raise _link_error(path, f"leads out of the data, to {printable(target)}")
    if Path(target).is_dir():
        raise _link_error(path, "leads to a folder")


def is_below(target: str, real_root: str) -> bool:
    """Whether a path without links is that of a folder, or lies in it."""
    return os.path.commonpath([target, real_root]) == real_root


def _link_error(path: Path, what: str) -> DataError:
    return DataError(
        f"{printable(path)} is a link that {what}; only links to files in the same data are followed; put a copy there"
    )
