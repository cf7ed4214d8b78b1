"""Which pack files have: found by their content, and sooner by what the index remembers.

In the cache a pack is named by the SHA-256 of what went into it: the same content is the same pack wherever it lies,
and a changed, added, removed or relabelled file makes another. An index remembers which content a listing had, told by
size, times and inode of each file, so that unchanged files are not read again.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from muslin.data.files.listing import Entry, Listing
from muslin.data.packs.info import FORMAT
from muslin.data.packs.pack import Pack, open_pack
from muslin.data.packs.plan import PackPlan
from muslin.data.reading import Reading
from muslin.errors import DataError
from muslin.files import replace_file
from muslin.text import printable

__all__ = ["find_pack", "index_entry", "path_below_root", "remember_pack"]


def content_key(plan: PackPlan) -> str:
    """Returns a pack's name by what goes into it: 32 hexadecimal digits."""
    listing = plan.listing
    entries = sorted(
        (path_below_root(listing, entry), listing.classes[entry.label], entry.split, plan.digests[entry.path])
        for entry in listing.entries
    )
    wide = [plan.levels] if plan.levels else []
    return _key_of([FORMAT, plan.size.shape, *wide, listing.classes, entries])


def index_entry(listing: Listing, reading: Reading) -> Path:
    """Returns where the index notes the pack of these files as they are now; reads none of them."""
    asked = (reading.shape,) if reading.shape else (reading.size, reading.most)
    entries = []
    for entry, (path, status) in zip(listing.entries, _files_now(listing), strict=True):
        times = status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
        entries.append((path, entry.label, entry.split, *times))
    return (
        reading.cache
        / "index"
        / _key_of([FORMAT, reading.rule, reading.levels, str(listing.root.resolve()), listing.classes, asked, entries])
    )


def find_pack(index: Path, reading: Reading) -> Pack | None:
    """Returns the pack that files had when they were last read; None if there is none or they have changed.

    Args:
        index: their `index_entry`.
        reading: the way in which they are to be read; where it is verified, a damaged pack counts as none. So does
            one that lacks pictures which could not be read before and can be now.

    Raises:
        PictureError: the pack left pictures out, and they are not to be skipped.
    """
    try:
        pack = open_pack(reading.cache / "packs" / index.read_text(encoding="ascii"), verify=reading.verify)
    except (OSError, DataError):  # building it says what is wrong
        return None
    if pack.can_be_completed():
        return None
    pack.check_left_out(reading.on_bad)
    return pack


def remember_pack(index: Path, pack: Pack) -> None:
    """Notes for `find_pack` which pack files have; `index` is their entry from before they were read."""
    with writable_folder(index.parent):
        replace_file(index, pack.folder.name)


def fingerprint(listing: Listing) -> list[tuple[int, int]]:
    """Returns what tells that files have changed while they were read: the size and time of each."""
    return [(status.st_size, status.st_mtime_ns) for _, status in _files_now(listing)]


def _files_now(listing: Listing) -> Iterator[tuple[str, os.stat_result]]:
    """Returns each file's path below the root, and its size and times."""
    for entry in listing.entries:
        try:
            yield path_below_root(listing, entry), entry.path.stat()
        except FileNotFoundError as error:
            raise DataError(f"{printable(entry.path)} was removed while the data were read; try again") from error


def path_below_root(listing: Listing, entry: Entry) -> str:
    """Returns a file's path below the root, with slashes."""
    return str(entry.path).removeprefix(f"{listing.root}{os.sep}").replace(os.sep, "/")  # relative_to is slow


def _key_of(values: Any) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:32]


@contextmanager
def writable_folder(folder: Path) -> Iterator[None]:
    """Makes a folder of the cache to write in, and says what to do where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise DataError(
            f"cannot write the pack in {printable(folder)}: {error.strerror or error}; "
            "free some space or choose another folder with --cache"
        ) from error
