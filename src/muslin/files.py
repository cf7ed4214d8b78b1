"""Write files whole or not at all, and where those go that can be made again."""

import hashlib
import os
import tempfile
from pathlib import Path

from muslin.errors import cannot_write

__all__ = ["SUMS", "cache_folder", "file_sha256", "remove_temporaries", "write_sums", "write_whole"]

SUMS = "SHA256SUMS"


def cache_folder() -> Path:
    """Returns the folder for what can be made again.

    That is `$MUSLIN_CACHE`, else `$XDG_CACHE_HOME/muslin`, else `~/.cache/muslin`.
    """
    own, common = os.environ.get("MUSLIN_CACHE"), os.environ.get("XDG_CACHE_HOME")
    return Path(own) if own else (Path(common) if common else Path.home() / ".cache") / "muslin"


def write_whole(path: Path, content: bytes | str) -> None:
    """Replaces or creates a file in one step: after a crash it holds the old content or the new, never a part.

    The content goes to a temporary file beside it and to the disk (fsync) before it takes the name.

    Raises:
        RunError: the folder is not writable; nothing half-written stays.
        DiskFullError: likewise.
    """
    data = content.encode() if isinstance(content, str) else content
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise cannot_write(path, error) from error
    _sync_folder(path.parent)


def remove_temporaries(folder: Path) -> None:
    """Removes what writing left behind in a folder when the program was killed in the middle of it."""
    for path in folder.glob(".*.tmp"):
        path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_sha256(path: Path) -> str:
    """Returns the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_sums(folder: Path) -> None:
    """Writes SHA256SUMS over all visible files of a folder, as `sha256sum --check` reads it."""
    names = sorted(p.name for p in folder.iterdir() if p.is_file() and p.name != SUMS and not p.name.startswith("."))
    write_whole(folder / SUMS, "".join(f"{file_sha256(folder / name)}  {name}\n" for name in names))
