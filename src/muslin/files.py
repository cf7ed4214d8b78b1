"""Write files and folders whole or not at all, and where those go that can be made again."""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from muslin.errors import cannot_write

__all__ = [
    "SUMS",
    "cache_folder",
    "file_sha256",
    "remove_temporaries",
    "renew_sums",
    "replace_file",
    "sync",
    "sync_problem",
    "whole_folder",
    "write_sums",
    "write_whole",
]

SUMS = "SHA256SUMS"
LOST = {errno.EIO, errno.ENOSPC, errno.EDQUOT}  # what was written is not there


def cache_folder() -> Path:
    """Returns the folder for what can be made again.

    That is `$MUSLIN_CACHE`, else `$XDG_CACHE_HOME/muslin`, else `~/.cache/muslin`.
    """
    own, common = os.environ.get("MUSLIN_CACHE"), os.environ.get("XDG_CACHE_HOME")
    return Path(own) if own else (Path(common) if common else Path.home() / ".cache") / "muslin"


def write_whole(path: Path, content: bytes | str) -> None:
    """Replaces or creates a file of a run in one step, as `replace_file` does.

    Raises:
        RunError: the folder is not writable; nothing half-written stays.
        DiskFullError: likewise.
    """
    try:
        replace_file(path, content)
    except OSError as error:
        raise cannot_write(path, error) from error


def replace_file(path: Path, content: bytes | str) -> None:
    """Replaces or creates a file in one step: after a crash it holds the old content or the new, never a part.

    The content goes to a temporary file beside it and to the disk before it takes the name.

    Raises:
        OSError: it cannot be written; nothing half-written stays.
    """
    data = content.encode() if isinstance(content, str) else content
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            sync(file)
        with suppress(PermissionError):  # where everything belongs to whom the share says
            Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Makes a folder in one step: it appears under its name once it is filled, and not at all if filling fails.

    Args:
        path: the folder to be; nothing lies there yet, and nobody else makes it at the same time.

    Yields:
        The folder to fill, beside it: `.NAME.tmp`, which a killed program leaves behind.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.mkdir()
    try:
        yield temporary
        for inside in temporary.iterdir():
            with inside.open("r+b") as file:
                sync(file)
        temporary.replace(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    _sync_folder(path.parent)


def sync(file: IO[Any]) -> None:
    """Waits until what was written to an open file is on the disk, as far as its place can promise that.

    Raises:
        OSError: the disk failed or is full. A place that has no such promise, as some network shares, is no error:
            `sync_problem` tells of it.
    """
    file.flush()
    _sync_handle(file.fileno())


def sync_problem(folder: Path) -> str:
    """Returns why what is written in a folder cannot be made to stay through a power failure; empty where it can."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            os.fsync(file.fileno())
        if os.name == "posix":
            with _opened(folder) as handle:
                os.fsync(handle)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":  # elsewhere a folder cannot be opened
        with suppress(PermissionError), _opened(folder) as handle:
            _sync_handle(handle)


def _sync_handle(handle: int) -> None:
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno in LOST:
            raise


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)


def remove_temporaries(folder: Path) -> None:
    """Removes what writing left behind in a folder when the program was killed in the middle of it."""
    for path in folder.glob(".*.tmp"):
        path.unlink(missing_ok=True)


def file_sha256(path: Path) -> str:
    """Returns the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def renew_sums(folder: Path, names: Collection[str]) -> None:
    """Renews the lines of some files in a folder's SHA256SUMS; the others stay, so that damage to their files shows.

    Args:
        folder: the folder; where it has no sums, none are written.
        names: the files that were written anew, or for the first time; those that are not there are passed over.
    """
    if not (folder / SUMS).is_file():
        return
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    by_name = {line.partition("  ")[2]: line for line in lines}
    by_name |= {name: f"{file_sha256(folder / name)}  {name}" for name in names if (folder / name).is_file()}
    write_whole(folder / SUMS, "".join(f"{by_name[name]}\n" for name in sorted(by_name)))


def write_sums(folder: Path, but: Collection[str] = ()) -> None:
    """Writes SHA256SUMS over all visible files of a folder, as `sha256sum --check` reads it.

    Args:
        folder: the folder.
        but: the names of files that may change later.
    """
    files = [path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")]
    names = sorted(name for name in files if name != SUMS and name not in but)
    write_whole(folder / SUMS, "".join(f"{file_sha256(folder / name)}  {name}\n" for name in names))
