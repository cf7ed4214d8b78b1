"""The errors that a person can meet.

Every message says what is wrong (with the value), the rule it breaks, and what to do about it. Anything else that
escapes from Muslin is a bug in Muslin.
"""

import errno
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

__all__ = [
    "BundleError",
    "DataError",
    "LostProcessError",
    "MuslinError",
    "OtherKindError",
    "PictureError",
    "RunError",
    "SettingError",
    "TrainingError",
    "UnreadError",
    "cannot_write",
    "unknown_name",
]


class MuslinError(Exception):
    """Base of all errors that Muslin raises on purpose; the command line prints its message and no traceback."""

    exit_code = 1


class SettingError(MuslinError, ValueError):
    """A setting, an argument or a name is outside what is allowed."""

    exit_code = 2


class DataError(MuslinError, ValueError):
    """A data set is missing, damaged, or not what it says it is."""


class PictureError(DataError):
    """One picture cannot be read."""


class UnreadError(PictureError):
    """A picture's file is there, but the system could not read it; perhaps it can the next time."""


class OtherKindError(PictureError):
    """A file is of a kind that is not read.

    Attributes:
        kind: what it is, as in "is a HEIC photo", and the way to convert it.
    """

    def __init__(self, message: str, kind: tuple[str, str]) -> None:
        super().__init__(message)
        self.kind = kind


class RunError(MuslinError, OSError):
    """A run's folder is missing, in use, not writable or not a run."""


class DiskFullError(RunError):
    """There is no space left to write in; what was written before is whole."""

    exit_code = 74  # EX_IOERR of sysexits.h


class BundleError(MuslinError, ValueError):
    """A saved model is damaged or does not fit what its description says."""


class LostProcessError(MuslinError, RuntimeError):
    """Another of the processes that train together has ended; what was saved is whole."""


class TrainingError(MuslinError, RuntimeError):
    """Training had to stop; the last finite weights were kept."""


def cannot_write(path: Path, error: OSError) -> RunError:
    """Builds the error for a file that could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(f"cannot write {path}: {error.strerror}; free some space or choose another folder")
    return RunError(f"cannot write {path}: {error.strerror}; choose another folder with --out")


def unknown_name(kind: str, name: str, known: Iterable[str]) -> SettingError:
    """Builds the error for a look-up that failed, with the closest known name as a suggestion.

    >>> str(unknown_name("recipe", "cofee", ["coffee", "lunch"]))
    "unknown recipe 'cofee'. Did you mean 'coffee'? Known: coffee, lunch"
    """
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    return SettingError(f"unknown {kind} {name!r}. {hint}Known: {', '.join(names)}")
