"""Make a pack: whole, or not at all."""

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from muslin.data.bad_files import bad_pictures, may_be_left_out
from muslin.data.decoding.tasks import Decoded, Target, decode_into
from muslin.data.files.listing import SPLITS, Entry
from muslin.data.packs.index import content_key, fingerprint, path_below_root, writable_folder
from muslin.data.packs.info import INFO, LeftOut, PackInfo
from muslin.data.packs.order import in_pack_order
from muslin.data.packs.pack import IMAGES, LABELS, Pack, open_pack
from muslin.data.packs.plan import PackPlan
from muslin.data.packs.rows import HEADER, close_gaps, make_room
from muslin.data.reading import Reading
from muslin.errors import DataError
from muslin.files import file_sha256, sync_problem, whole_folder
from muslin.text import note_on_pictures, printable

__all__ = ["build_pack"]


def build_pack(plan: PackPlan, reading: Reading) -> Pack:
    """Makes a pack, or opens it where the cache has it undamaged; whole or not at all.

    Args:
        plan: the pictures, and what they become.
        reading: the way in which the files are read, and the folder for the pack.

    Raises:
        PictureError: pictures are damaged; the message names the first.
        DataError: files changed meanwhile, or the cache cannot be written.
    """
    key = content_key(plan)
    packs = reading.cache / "packs"
    made = []
    with writable_folder(packs), FileLock(_lock_of(packs, key)):
        _remove_stale(packs, key)
        if (packs / key).exists():
            try:
                pack = open_pack(packs / key, verify=True)
            except DataError as error:
                made.append(f"the pack was made anew: {error}")
                shutil.rmtree(packs / key)
            else:
                if not pack.can_be_completed():
                    pack.check_left_out(reading.on_bad)
                    return pack
                shutil.rmtree(packs / key)
        with whole_folder(packs / key) as folder:
            _fill(folder, plan, reading)
        if problem := sync_problem(packs):
            made.append(f"the cache cannot be synced ({problem}): a power failure can damage packs made just before")
    return replace(open_pack(packs / key), made=tuple(made))


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


def _lock_of(packs: Path, key: str) -> Path:
    return packs / f".{key}.lock"


def _fill(folder: Path, plan: PackPlan, reading: Reading) -> None:
    """Writes the three files of a pack."""
    listing, size = plan.listing, plan.size
    before = fingerprint(listing)
    entries = in_pack_order(listing.entries)
    shape = (len(entries), *size.shape)
    make_room(folder / IMAGES, shape)
    decoded = decode_into(
        Target(folder / IMAGES, HEADER, size.shape, plan.levels),
        [entry.path for entry in entries],
        range(len(entries)),
        threads=reading.threads,
        progress=reading.progress,
    )
    bad = [
        LeftOut(path_below_root(listing, entry), one.problem, one.unread)
        for entry, one in zip(entries, decoded, strict=True)
        if one.problem
    ]
    if bad and (reading.on_bad == "stop" or not may_be_left_out(len(bad), len(entries))):
        raise bad_pictures([one.reason for one in bad], len(entries), reading.on_bad)
    if bad:
        kept = np.array([row for row, one in enumerate(decoded) if not one.problem])
        entries = [entries[row] for row in kept]
        close_gaps(folder / IMAGES, shape, kept)
    if fingerprint(listing) != before:
        raise DataError(f"files in {printable(listing.root)} changed while they were read; try again")
    np.save(folder / LABELS, np.array([entry.label for entry in entries], np.int64), allow_pickle=False)
    info = _describe(folder, plan, entries, bad, decoded)
    (folder / INFO).write_text(json.dumps(info.as_json(), indent=2) + "\n", encoding="utf-8")


def _describe(
    folder: Path,
    plan: PackPlan,
    entries: Sequence[Entry],
    bad: Sequence[LeftOut],
    decoded: Sequence[Decoded],
) -> PackInfo:
    splits: dict[str, tuple[int, int]] = {}
    start = 0
    for split in SPLITS:
        count = sum(entry.split == split for entry in entries)
        if count:
            splits[split] = start, start + count
        start += count
    done = Counter(note for one in decoded for note in one.notes)
    return PackInfo(
        classes=plan.listing.classes,
        splits=splits,
        shape=(len(entries), *plan.size.shape),
        input=plan.size.reason,
        levels=plan.levels,
        root=str(plan.listing.root.resolve()),
        files=len(plan.listing.entries),
        notes=(*(note_on_pictures(count, note) for note, count in done.items()), *plan.repeats),
        skipped=tuple(bad),
        sha256={name: file_sha256(folder / name) for name in (IMAGES, LABELS)},
    )
