"""Packs: the pictures of a folder decoded once, into plain NumPy files that are mapped, not read.

A pack is a folder of three files that any program can open: `images.npy` (N, C, H, W) uint8, `labels.npy` (N,) int64,
and `pack.json`, which says what they are. The splits lie one after the other. Within a split the pictures lie in a
random order that spreads each class evenly, so that every stretch of the file is a fair sample.

In the cache a pack is named by the SHA-256 of what went into it: the same content is the same pack wherever it lies,
and a changed, added, removed or relabelled file makes another. An index remembers which content a listing had, told by
size, times and inode of each file, so that unchanged files are not read again.
"""

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from filelock import FileLock, Timeout
from torch import Tensor

from muslin.data.bad_files import bad_pictures, check_on_bad, may_be_left_out, named
from muslin.data.decoding.pool import Progress
from muslin.data.decoding.tasks import Decoded, Target, decode_into
from muslin.data.files.listing import SPLITS, Entry, Listing, check_classes
from muslin.data.images import MappedPictures
from muslin.data.sizing import InputSize
from muslin.data.wording import printable
from muslin.errors import DataError, PictureError

__all__ = [
    "Pack",
    "build_pack",
    "cache_folder",
    "find_pack",
    "in_pack_order",
    "index_entry",
    "is_pack",
    "open_pack",
    "pack_info",
    "remember_pack",
]

FORMAT = 1
IMAGES, LABELS, INFO = "images.npy", "labels.npy", "pack.json"
HEADER = 128  # bytes of images.npy before the first picture
BLOCK = 16 << 20  # bytes moved at a time

Indices = np.ndarray[tuple[int], np.dtype[np.int64]]


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
        """Gives a split's pictures (n, C, H, W), still on disk, and labels (n,)."""
        start, stop = self.splits[split]
        return self.file.images[start:stop], self.labels[start:stop]


def cache_folder() -> Path:
    """Names the folder for packs: `$MUSLIN_CACHE`, else `$XDG_CACHE_HOME/muslin`, else `~/.cache/muslin`."""
    own, common = os.environ.get("MUSLIN_CACHE"), os.environ.get("XDG_CACHE_HOME")
    return Path(own) if own else (Path(common) if common else Path.home() / ".cache") / "muslin"


def build_pack(
    listing: Listing,
    digests: Mapping[Path, str],
    size: InputSize,
    *,
    cache: Path,
    on_bad: str,
    threads: int,
    progress: Progress,
) -> Pack:
    """Makes the pack of a listing, or opens it where the cache has it undamaged; whole or not at all.

    Args:
        listing: with a split for every picture.
        digests: the SHA-256 of each picture's file.
        size: what to bring the pictures to.
        cache: the folder of all packs.
        on_bad: `stop` where a picture is damaged, or `skip` it, up to 1 % of all.
        threads: pictures decoded at a time.
        progress: told how many are done.

    Raises:
        PictureError: pictures are damaged; the message names the first.
        DataError: a class is too small without the damaged ones, files changed meanwhile, or the cache cannot be
            written.
        SettingError: `on_bad` is neither.
    """
    check_on_bad(on_bad)
    key = content_key(listing, digests, size)
    packs = cache / "packs"
    notes: tuple[str, ...] = ()
    with _writing(packs), FileLock(_lock_of(packs, key)):
        _remove_stale(packs, key)
        if (packs / key).exists():
            try:
                return _accepted(open_pack(packs / key, verify=True), on_bad)
            except PictureError:
                raise
            except DataError as error:
                notes = (f"the pack was made anew: {error}",)
                shutil.rmtree(packs / key)
        temporary = packs / f".{key}.tmp"
        temporary.mkdir()
        try:
            _fill(temporary, listing, size, on_bad, threads, progress)
            temporary.replace(packs / key)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    pack = open_pack(packs / key)
    return Pack(pack.folder, pack.file, pack.labels, pack.classes, pack.splits, (*pack.notes, *notes))


def content_key(listing: Listing, digests: Mapping[Path, str], size: InputSize) -> str:
    """Names a pack by what goes into it: 32 hexadecimal digits."""
    entries = sorted(
        (_below(listing, entry), listing.classes[entry.label], entry.split, digests[entry.path])
        for entry in listing.entries
    )
    return _key_of([FORMAT, size.shape, listing.classes, entries])


def index_entry(listing: Listing, asked: Sequence[Any], cache: Path) -> Path:
    """Names where the index notes the pack of these files as they are now; reads none of them.

    Args:
        listing: as it was listed.
        asked: what else decides on the pack, such as the size that was asked for.
        cache: the folder of all packs.
    """
    entries = []
    for entry, (path, status) in zip(listing.entries, _now(listing), strict=True):
        times = status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
        entries.append((path, entry.label, entry.split, *times))
    return cache / "index" / _key_of([FORMAT, str(listing.root.resolve()), listing.classes, asked, entries])


def find_pack(index: Path, cache: Path, on_bad: str, *, verify: bool = False) -> Pack | None:
    """Finds the pack that files had when they were last read; None if there is none or they have changed.

    Args:
        index: their `index_entry`.
        cache: the folder of all packs.
        on_bad: as for `build_pack`.
        verify: as for `open_pack`; a damaged pack counts as none.

    Raises:
        PictureError: the pack left pictures out, and `on_bad` is not `skip`.
        SettingError: `on_bad` is neither `stop` nor `skip`.
    """
    check_on_bad(on_bad)
    try:
        pack = open_pack(cache / "packs" / index.read_text(encoding="ascii"), verify=verify)
    except (OSError, DataError):  # building it says what is wrong
        return None
    return _accepted(pack, on_bad)


def remember_pack(index: Path, pack: Pack) -> None:
    """Notes for `find_pack` which pack files have; `index` is their entry from before they were read."""
    with _writing(index.parent):
        temporary = index.with_name(f".{index.name}.{os.getpid()}.tmp")
        temporary.write_text(pack.folder.name, encoding="ascii")
        temporary.replace(index)


def _now(listing: Listing) -> Iterator[tuple[str, os.stat_result]]:
    """Gives each file's path below the root, and its size and times."""
    for entry in listing.entries:
        try:
            yield _below(listing, entry), entry.path.stat()
        except FileNotFoundError as error:
            raise DataError(f"{printable(entry.path)} was removed while the data were read; try again") from error


def _below(listing: Listing, entry: Entry) -> str:
    return str(entry.path).removeprefix(f"{listing.root}{os.sep}").replace(os.sep, "/")  # relative_to is slow


def _key_of(values: Any) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:32]


def _lock_of(packs: Path, key: str) -> Path:
    return packs / f".{key}.lock"


def _remove_stale(packs: Path, key: str) -> None:
    """Removes what killed builds left: of this pack, whose lock is held, and of all that nobody is building."""
    for temporary in packs.glob(".*.tmp"):
        other = temporary.name[1:-4]
        if other == key:
            shutil.rmtree(temporary)
            continue
        try:
            with FileLock(_lock_of(packs, other), timeout=0):
                shutil.rmtree(temporary, ignore_errors=True)
        except Timeout:
            pass  # it is being built


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise DataError(
            f"cannot write the pack in {printable(folder)}: {error.strerror or error}; "
            "free some space or choose another folder with --cache"
        ) from error


def _accepted(pack: Pack, on_bad: str) -> Pack:
    skipped = pack_info(pack.folder)["skipped"]
    if skipped and on_bad == "stop":
        raise bad_pictures([one["reason"] for one in skipped], len(pack.labels) + len(skipped), on_bad)
    return pack


def _fill(folder: Path, listing: Listing, size: InputSize, on_bad: str, threads: int, progress: Progress) -> None:
    """Writes the three files of a pack to the disk."""
    before = _fingerprint(listing)
    entries = in_pack_order(listing.entries)
    shape = (len(entries), *size.shape)
    _make_room(folder / IMAGES, shape)
    decoded = decode_into(
        Target(folder / IMAGES, HEADER, size.shape),
        [entry.path for entry in entries],
        range(len(entries)),
        threads=threads,
        progress=progress,
    )
    bad = [(_below(listing, entry), one.problem) for entry, one in zip(entries, decoded, strict=True) if one.problem]
    if bad and (on_bad == "stop" or not may_be_left_out(len(bad), len(entries))):
        raise bad_pictures([problem for _, problem in bad], len(entries), on_bad)
    if bad:
        kept = np.array([row for row, one in enumerate(decoded) if not one.problem])
        entries = [entries[row] for row in kept]
        check_classes(replace(listing, entries=tuple(entries)))
        _close_gaps(folder / IMAGES, shape, kept)
    if _fingerprint(listing) != before:
        raise DataError(f"files in {printable(listing.root)} changed while they were read; try again")
    np.save(folder / LABELS, np.array([entry.label for entry in entries], np.int64), allow_pickle=False)
    info = _describe(folder, listing, entries, size, bad, decoded)
    (folder / INFO).write_text(json.dumps(info, indent=2) + "\n", encoding="utf-8")
    for name in (IMAGES, LABELS, INFO):
        _to_disk(folder / name)


def _fingerprint(listing: Listing) -> list[tuple[int, int]]:
    return [(status.st_size, status.st_mtime_ns) for _, status in _now(listing)]


def in_pack_order(entries: Sequence[Entry]) -> list[Entry]:
    """Orders entries by split, and within a split so that each stretch holds the classes in their proportion."""
    ordered = []
    for split in SPLITS:
        part = [entry for entry in entries if entry.split == split]
        ordered += [part[i] for i in spread(np.array([entry.label for entry in part], np.int64))]
    return ordered


def spread(labels: Indices) -> Indices:
    """Orders pictures at random with each class spread evenly: any stretch has the classes in their proportion.

    One picture of each class that has two comes first, so that a beginning of the order has them all.

    Args:
        labels: (N,) int64.

    Returns:
        (N,) int64, a permutation; the same for the same labels.
    """
    generator = np.random.default_rng(0)
    place = np.empty(len(labels))  # in [0, 1), of each picture in the order
    for label in np.unique(labels):
        members = generator.permutation((labels == label).nonzero()[0])
        count = len(members)
        place[members] = (np.arange(count) + (1 + generator.random(count)) / 2) / count
        if count > 1:
            place[members[0]] -= 1
    return np.argsort(place, kind="stable")


def _make_room(path: Path, shape: tuple[int, ...]) -> None:
    """Writes the header of an .npy file and takes the disk space for its values, so that a full disk shows here."""
    with path.open("wb") as file:
        _write_header(file, shape)
        size = HEADER + int(np.prod(shape, dtype=np.int64))
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
        else:
            file.truncate(size)


def _write_header(file: Any, shape: tuple[int, ...]) -> None:
    np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
    assert file.tell() == HEADER


def _close_gaps(path: Path, shape: tuple[int, ...], kept: Indices) -> None:
    """Moves the rows that are kept to the front of an .npy file and cuts the rest off."""
    with path.open("r+b") as file:
        _write_header(file, (len(kept), *shape[1:]))
    size = int(np.prod(shape[1:]))
    rows = np.memmap(path, np.uint8, "r+", HEADER, (shape[0], size))
    for start in range(0, len(kept), max(1, BLOCK // size)):
        some = kept[start : start + max(1, BLOCK // size)]
        rows[start : start + len(some)] = rows[some]  # each comes from its own place or from further back
    rows.flush()
    del rows
    os.truncate(path, HEADER + len(kept) * size)


def _describe(
    folder: Path,
    listing: Listing,
    entries: Sequence[Entry],
    size: InputSize,
    bad: Sequence[tuple[str, str]],
    decoded: Sequence[Decoded],
) -> dict[str, Any]:
    splits, start = {}, 0
    for split in SPLITS:
        count = sum(entry.split == split for entry in entries)
        if count:
            splits[split] = [start, start + count]
        start += count
    done = Counter(note for one in decoded for note in one.notes)
    return {
        "format": FORMAT,
        "classes": listing.classes,
        "splits": splits,
        "shape": [len(entries), *size.shape],
        "input": size.reason,
        "root": str(listing.root.resolve()),
        "files": len(listing.entries),
        "notes": [f"{'1 picture' if n == 1 else f'{n:,} pictures, each'} {note}" for note, n in done.items()],
        "skipped": [{"path": path, "reason": reason} for path, reason in bad],
        "sha256": {name: _sha256(folder / name) for name in (IMAGES, LABELS)},
    }


def is_pack(path: Path) -> bool:
    """Tells whether a path is a folder that looks like a pack."""
    return (path / INFO).is_file()


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
        if _sha256(folder / name) != sums[name]:
            raise DataError(f"the pack {printable(folder)} is damaged: {name} has another SHA-256; remove it")
    if skipped:
        reasons = named([one["reason"] for one in skipped])
        notes = (*notes, f"{len(skipped):,} of {info['files']:,} pictures were left out: {reasons}")
    pictures = MappedPictures(folder / IMAGES, offset, shape)
    return Pack(folder, pictures, torch.from_numpy(labels), classes, splits, notes)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
