"""Folders of pictures: one sub-folder a class, or train/, validation/ and test/ with them."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from muslin.data.files.links import check_link
from muslin.data.files.listing import SPLIT_NAMES, SPLITS, Listing, make_listing
from muslin.errors import DataError
from muslin.text import join_first, printable

__all__ = ["is_picture_folder", "list_folder"]

SYSTEM_FILES = {"thumbs.db", "desktop.ini", "__macosx"}  # of Windows and macOS; hidden files are ignored anyway
NOT_PICTURES = {".txt", ".json", ".csv", ".md", ".xml", ".html", ".npz", ".zip", ".tar", ".gz"}


def is_picture_folder(path: Path) -> bool:
    """Whether a folder holds sub-folders with files that may be pictures."""
    try:
        folders = [entry for entry in _scan(path) if (path / entry.name).is_dir()] if path.is_dir() else []
        return any(entry.is_symlink() or _may_hold_pictures(path / entry.name) for entry in folders)
    except OSError:
        return False


def list_folder(root: Path) -> Listing:
    """Lists a folder with one sub-folder a class, or with `train/`, `test/`, `validation/` that have them.

    Files further down belong to the class above them. Hidden files and those of the system are ignored, well-known
    other kinds (.txt, .zip, ...) passed over with a note; what else there is counts as a picture, whatever its name.

    Args:
        root: the folder; `val/` or `valid/` mean `validation/`, and `validation/` and `test/` may be missing.

    Raises:
        DataError: no such folder, fewer than two classes, an empty class, classes that differ between the splits, a
            class too small for the splits still to be cut, or a link out of the folder, in a loop, or to a folder.
    """
    if not root.is_dir():
        raise DataError(f"no folder at {printable(root)}; give a folder with one sub-folder of pictures a class")
    skipped: Counter[str] = Counter()
    try:
        found, notes = _walk(root, skipped)
    except OSError as error:
        raise DataError(
            f"cannot read {printable(error.filename or root)}: {error.strerror}; may you read it?"
        ) from error
    if skipped:
        kinds = ", ".join(f"{count:,} {suffix}" for suffix, count in sorted(skipped.items()))
        notes = (*notes, f"files passed over because they are no pictures: {kinds}")
    empty = [f"{split}/{printable(name)}" if split else printable(name) for (split, name), p in found.items() if not p]
    if empty:
        raise DataError(
            f"no pictures in {join_first(empty)} of {printable(root)}; fill the folder, or remove the class"
        )
    rows = [(split, path, name) for (split, name), paths in found.items() for path in paths]
    return make_listing(root, root.resolve().name, rows, notes)


def _walk(root: Path, skipped: Counter[str]) -> tuple[dict[tuple[str, str], list[Path]], tuple[str, ...]]:
    """Returns the files of each (split, class), and notes."""
    splits = _split_folders(root)
    found: dict[tuple[str, str], list[Path]] = {}
    notes: list[str] = []
    real_root = os.path.realpath(root)
    for split, folder in splits.items() if splits else [("", root)]:
        for class_folder in _folders(folder):
            found[split, class_folder.name] = list(_files(class_folder, real_root, skipped))
        notes += _beside(folder)
    return found, (*(_beside(root) if splits else ()), *notes)


def _split_folders(root: Path) -> dict[str, Path]:
    """Returns the folder of each split; nothing where the sub-folders are classes."""
    named: dict[str, list[Path]] = defaultdict(list)
    others: list[Path] = []
    for folder in _folders(root):
        split = SPLIT_NAMES.get(folder.name.lower())
        (named[split] if split else others).append(folder)
    train_has_classes = any(list(_folders(folder)) for folder in named.get("train", ()))
    if not named or (others and not train_has_classes):
        return {}  # a class may be called train
    if others:
        raise DataError(
            f"{printable(root)} holds {printable(named['train'][0].name)}/ with folders in it, and beside it "
            f"{join_first(f'{printable(o.name)}/' for o in others)}: splits or classes? Leave only train/, validation/ "
            "and test/, or only classes"
        )
    for split, folders in named.items():
        if len(folders) > 1:
            raise DataError(
                f"{printable(root)} holds {join_first(f'{printable(f.name)}/' for f in folders)}, which all mean "
                f"{split}; put their pictures into one"
            )
    if not train_has_classes:
        raise DataError(
            f"{printable(root)} holds {join_first(f'{printable(f[0].name)}/' for f in named.values())} but no train/ "
            "with one folder a class in it; sort the training pictures into train/<class>/"
        )
    return {split: named[split][0] for split in SPLITS if split in named}


def _folders(folder: Path) -> Iterator[Path]:
    for entry in _scan(folder):
        path = folder / entry.name
        if entry.is_symlink():
            check_link(path)
        elif entry.is_dir():
            yield path


def _files(folder: Path, real_root: str, skipped: Counter[str]) -> Iterator[Path]:
    """Returns the files below a class folder; counts what is passed over by its suffix."""
    folders = [folder]
    while folders:
        here = folders.pop()
        for entry in _scan(here):
            path = here / entry.name
            if entry.is_dir(follow_symlinks=False):
                folders.append(path)
                continue
            if entry.is_symlink():
                check_link(path, real_root)
            if path.suffix.lower() in NOT_PICTURES:
                skipped[path.suffix.lower()] += 1
            else:
                yield path


def _may_hold_pictures(folder: Path) -> bool:
    folders = [folder]
    while folders:
        here = folders.pop()
        for entry in _scan(here):
            if entry.is_dir(follow_symlinks=False):
                folders.append(here / entry.name)
            elif Path(entry.name).suffix.lower() not in NOT_PICTURES:
                return True
    return False


def _beside(folder: Path) -> list[str]:
    names = [printable(entry.name) for entry in _scan(folder) if not entry.is_dir(follow_symlinks=False)]
    if not names:
        return []
    where = printable(folder.resolve().name)
    return [f"files of {where} passed over because they are in no class folder: {len(names):,} ({join_first(names)})"]


def _scan(folder: Path) -> list["os.DirEntry[str]"]:
    with os.scandir(folder) as entries:
        return sorted((e for e in entries if not _is_ignored(e.name)), key=lambda e: e.name)


def _is_ignored(name: str) -> bool:
    return name.startswith(".") or name.lower() in SYSTEM_FILES
