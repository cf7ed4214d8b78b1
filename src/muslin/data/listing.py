"""Which picture belongs to which class and split: read from folders or from a CSV file.

Nothing is decoded here; `muslin.data.scan` looks into the files.
"""

import csv
import io
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from muslin.errors import DataError

__all__ = [
    "SPLITS",
    "Entry",
    "Listing",
    "assign_splits",
    "check_classes",
    "is_picture_folder",
    "list_csv",
    "list_folder",
    "printable",
]

SPLIT_FOLDERS = {
    "train": "train", "training": "train",
    "validation": "validation", "val": "validation", "valid": "validation",
    "test": "test", "testing": "test",
}  # fmt: skip
SPLITS = ("train", "validation", "test")
COLUMNS = ("path", "label", "split")
SYSTEM_FILES = {"thumbs.db", "desktop.ini", "__macosx"}  # of Windows and macOS; hidden files are ignored anyway
NOT_PICTURES = {".txt", ".json", ".csv", ".md", ".xml", ".html", ".npz", ".zip", ".tar", ".gz"}
TEST_SHARE = 5  # one picture in so many is cut off for testing
SHOWN = 10  # offenders named in an error


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture file.

    Attributes:
        path: of the file, below the listing's root.
        label: index of its class.
        split: `train`, `validation`, `test`, or empty where that was not told.
    """

    path: Path
    label: int
    split: str


@dataclass(frozen=True)
class Listing:
    """The pictures of a data set, before any was opened.

    Attributes:
        root: the folder that holds them all.
        name: what to call the data in reports.
        classes: the K class names, sorted; a label is an index into them.
        entries: the pictures, sorted by split and path.
        notes: what was passed over, and why.
    """

    root: Path
    name: str
    classes: tuple[str, ...]
    entries: tuple[Entry, ...]
    notes: tuple[str, ...]

    @property
    def splits(self) -> frozenset[str]:
        """The splits that were told."""
        return frozenset(entry.split for entry in self.entries) - {""}


def printable(path: str | os.PathLike[str]) -> str:
    r"""Writes a path or a name so that it can be printed: on one line, without control characters, as valid Unicode.

    >>> printable("two\nlines"), printable("Zürich.png")
    ('two\\nlines', 'Zürich.png')
    """
    text = os.fspath(path).encode("utf-8", "backslashreplace").decode("utf-8")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def is_picture_folder(path: Path) -> bool:
    """Tells whether a folder holds sub-folders with files that may be pictures."""
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
        raise DataError(f"no pictures in {_some(empty)} of {printable(root)}; fill the folder, or remove the class")
    rows = [(split, path, name) for (split, name), paths in found.items() for path in paths]
    return _build(root, root.resolve().name, rows, notes)


def list_csv(path: Path) -> Listing:
    """Lists the pictures that a CSV file names.

    Args:
        path: UTF-8, with a header `path,label` and optionally `split` (train, validation or test); each path is
            relative to the CSV file's folder and stays below it.

    Raises:
        DataError: unreadable, a column or cell missing or unknown, a picture missing, named twice or outside the
            folder, fewer than two classes, or a class too small for the splits still to be cut. Names the line.
    """
    try:
        rows = list(_csv_rows(path, path.read_bytes().decode("utf-8-sig")))
    except OSError as error:
        raise DataError(f"cannot read {printable(path)}: {error.strerror}; give a CSV file") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{printable(path)} is not UTF-8 at byte {error.start:,}; save it as UTF-8") from error
    except csv.Error as error:
        raise DataError(
            f"{printable(path)} is not a CSV file: {error}; save it with commas and double quotes"
        ) from error
    if not rows:
        raise DataError(f"{printable(path)} names no pictures; add a line path,label for each")
    _check_csv_files(path, rows)
    return _build(path.parent, path.stem, [(row.split, path.parent / row.path, row.label) for row in rows], ())


def check_classes(listing: Listing) -> None:
    """Checks that every split has every class, and that enough is left where splits are still to be cut.

    Raises:
        DataError: fewer than two classes, classes that differ between the splits, or a class that is too small.
    """
    names = [printable(name) for name in listing.classes]
    if len(names) < 2:
        raise DataError(
            f"{printable(listing.root)} has {len(names)} class{'es' * (not names)} ({', '.join(names)}); a classifier "
            "needs at least 2, each a folder of pictures"
        )
    counts = Counter((entry.split or "train", entry.label) for entry in listing.entries)
    for split in listing.splits - {"train"}:
        lacking = [
            f"{name} ({split if counts['train', label] else 'train'} has none)"
            for label, name in enumerate(names)
            if not (counts[split, label] and counts["train", label])
        ]
        if lacking:
            raise DataError(
                f"{split} and train must have the same classes, but: {_some(lacking)}; add or remove pictures"
            )
    to_cut = [split for split in SPLITS[1:] if split not in listing.splits]
    needed = 1 + len(to_cut)
    small = [f"{n} has {counts['train', label]}" for label, n in enumerate(names) if counts["train", label] < needed]
    if small:
        reason = f", as {' and '.join(to_cut)} must be cut from them" if to_cut else ""
        raise DataError(
            f"too few pictures to train on: {_some(small)}; every class needs at least {needed}{reason}; add pictures, "
            "or remove the class"
        )


def assign_splits(listing: Listing, digests: Sequence[str]) -> Listing:
    """Gives every picture a split: where none is for testing, a fifth of each class is cut off.

    Which fifth depends on the files' content alone, not on their names, on order or on a seed; pictures of one class
    with the same content stay on the same side. Validation is cut out of `train` later, by seed.

    Args:
        listing: as listed.
        digests: the SHA-256 of each entry's file, in hexadecimal.

    Raises:
        DataError: a class has too few different pictures to be on both sides.
    """
    if "test" in listing.splits:
        chosen: set[int] = set()
    else:
        keep = 1 if "validation" in listing.splits else 2  # a later cut of validation needs one more
        members: dict[int, list[int]] = defaultdict(list)
        for index, entry in enumerate(listing.entries):
            if entry.split != "validation":
                members[entry.label].append(index)
        chosen = {
            index
            for label, indices in members.items()
            for index in _cut(listing.classes[label], {i: digests[i] for i in indices}, keep)
        }
    entries = [
        replace(entry, split="test" if index in chosen else entry.split or "train")
        for index, entry in enumerate(listing.entries)
    ]
    return replace(listing, entries=tuple(sorted(entries, key=_order)))


def _cut(name: str, digests: Mapping[int, str], keep: int) -> list[int]:
    """Chooses a fifth of a class, by whole groups of equal files in the order of their digests."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, digest in digests.items():
        groups[digest].append(index)
    target = max(1, round(len(digests) / TEST_SHARE))
    chosen: list[int] = []
    for _, group in sorted(groups.items()):
        if len(chosen) + len(group) <= min(target, len(digests) - keep):
            chosen += group
    if not chosen:  # every group is larger than the share: take the smallest
        _, group = min(groups.items(), key=lambda item: (len(item[1]), item[0]))
        chosen = group if len(digests) - len(group) >= keep else []
    if not chosen:
        raise DataError(
            f"class {printable(name)} has {len(digests)} pictures but only {len(groups)} different; they cannot be on "
            "both sides of the test split; add pictures"
        )
    return chosen


def _walk(root: Path, skipped: Counter[str]) -> tuple[dict[tuple[str, str], list[Path]], tuple[str, ...]]:
    """Gives the files of each (split, class), and notes."""
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
    """Gives the folder of each split; nothing where the sub-folders are classes."""
    named: dict[str, list[Path]] = defaultdict(list)
    others: list[Path] = []
    for folder in _folders(root):
        split = SPLIT_FOLDERS.get(folder.name.lower())
        (named[split] if split else others).append(folder)
    train_has_classes = any(list(_folders(folder)) for folder in named.get("train", ()))
    if not named or (others and not train_has_classes):
        return {}  # a class may be called train
    if others:
        raise DataError(
            f"{printable(root)} holds {printable(named['train'][0].name)}/ with folders in it, and beside it "
            f"{_some(f'{printable(o.name)}/' for o in others)}: splits or classes? Leave only train/, validation/ and "
            "test/, or only classes"
        )
    for split, folders in named.items():
        if len(folders) > 1:
            raise DataError(
                f"{printable(root)} holds {_some(f'{printable(f.name)}/' for f in folders)}, which all mean {split}; "
                "put their pictures into one"
            )
    if not train_has_classes:
        raise DataError(
            f"{printable(root)} holds {_some(f'{printable(f[0].name)}/' for f in named.values())} but no train/ with "
            "one folder a class in it; sort the training pictures into train/<class>/"
        )
    return {split: named[split][0] for split in SPLITS if split in named}


def _build(root: Path, name: str, rows: Iterable[tuple[str, Path, str]], notes: Sequence[str]) -> Listing:
    rows = list(rows)
    classes = tuple(sorted({label for _, _, label in rows}))
    label_of = {label: index for index, label in enumerate(classes)}
    entries = sorted((Entry(path, label_of[label], split) for split, path, label in rows), key=_order)
    listing = Listing(root, printable(name), classes, tuple(entries), tuple(notes))
    check_classes(listing)
    return listing


def _order(entry: Entry) -> tuple[str, str]:
    return entry.split, str(entry.path)


def _is_ignored(name: str) -> bool:
    return name.startswith(".") or name.lower() in SYSTEM_FILES


def _scan(folder: Path) -> list["os.DirEntry[str]"]:
    with os.scandir(folder) as entries:
        return sorted((e for e in entries if not _is_ignored(e.name)), key=lambda e: e.name)


def _folders(folder: Path) -> Iterator[Path]:
    for entry in _scan(folder):
        path = folder / entry.name
        if entry.is_symlink():
            _check_link(path)
        elif entry.is_dir():
            yield path


def _files(folder: Path, real_root: str, skipped: Counter[str]) -> Iterator[Path]:
    """Gives the files below a class folder; counts what is passed over by its suffix."""
    folders = [folder]
    while folders:
        here = folders.pop()
        for entry in _scan(here):
            path = here / entry.name
            if entry.is_dir(follow_symlinks=False):
                folders.append(path)
                continue
            if entry.is_symlink():
                _check_link(path, real_root)
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


def _check_link(path: Path, real_root: str | None = None) -> None:
    """Raises DataError unless a link leads to a file, and below `real_root` if that is given."""
    try:
        target = os.path.realpath(path, strict=True)
    except OSError as error:
        raise _link_error(path, "leads nowhere or in a loop") from error
    if real_root is not None and not _is_below(target, real_root):
        raise _link_error(path, f"leads out of the data, to {printable(target)}")
    if Path(target).is_dir():
        raise _link_error(path, "leads to a folder")


def _is_below(target: str, real_root: str) -> bool:
    return os.path.commonpath([target, real_root]) == real_root


def _link_error(path: Path, what: str) -> DataError:
    return DataError(
        f"{printable(path)} is a link that {what}; only links to files in the same data are followed; put a copy there"
    )


def _beside(folder: Path) -> list[str]:
    names = [printable(entry.name) for entry in _scan(folder) if not entry.is_dir(follow_symlinks=False)]
    if not names:
        return []
    where = printable(folder.resolve().name)
    return [f"files of {where} passed over because they are in no class folder: {len(names):,} ({_some(names)})"]


def _some(texts: Iterable[str]) -> str:
    texts = list(texts)
    more = f" and {len(texts) - SHOWN:,} more" if len(texts) > SHOWN else ""
    return ", ".join(texts[:SHOWN]) + more


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    path: str
    label: str
    split: str


def _csv_rows(path: Path, text: str) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = [cell.strip() for cell in next(reader, [])]
    if sorted(header) not in (sorted(COLUMNS[:2]), sorted(COLUMNS)):
        raise DataError(
            f"{printable(path)}, line 1: the header is {printable(','.join(header))!r}; path,label or path,label,split "
            "is needed"
        )
    line = reader.line_num + 1
    for cells in reader:
        if cells:
            yield _csv_row(f"{printable(path)}, line {line}", line, header, cells)
        line = reader.line_num + 1


def _csv_row(where: str, line: int, header: Sequence[str], cells: Sequence[str]) -> _Row:
    if len(cells) != len(header):
        raise DataError(
            f"{where}: {len(cells)} cells, but the header has {len(header)}; put cells with commas in double quotes"
        )
    values = dict(zip(header, cells, strict=True))
    label, split = values["label"].strip(), values.get("split", "").strip().lower()
    if not values["path"] or not label:
        raise DataError(f"{where}: the {'label' if values['path'] else 'path'} is empty; fill it or remove the line")
    if "split" in values and split not in SPLIT_FOLDERS:
        raise DataError(f"{where}: split is {printable(split)!r}; train, validation or test is needed")
    return _Row(line, values["path"], label, SPLIT_FOLDERS.get(split, ""))


def _check_csv_files(path: Path, rows: Sequence[_Row]) -> None:
    real_root = os.path.realpath(path.parent)
    first_line: dict[str, int] = {}
    missing = []
    for row in rows:
        where = f"{printable(path)}, line {row.line}"
        file = path.parent / row.path
        if Path(row.path).is_absolute():
            raise DataError(
                f"{where}: {printable(row.path)} is absolute; give paths relative to {printable(path.name)}"
            )
        if not file.is_file():
            missing.append(f"line {row.line}: {printable(row.path)}")
        elif not _is_below(os.path.realpath(file), real_root):
            raise DataError(
                f"{where}: {printable(row.path)} leads out of the CSV file's folder; put the file above the pictures"
            )
        normal = os.path.normpath(row.path)
        if first_line.setdefault(normal, row.line) != row.line:
            raise DataError(f"{where}: {printable(row.path)} stands in line {first_line[normal]} too; keep one of them")
    if missing:
        raise DataError(
            f"{printable(path)} names {len(missing):,} files that do not exist ({_some(missing)}); paths are relative "
            "to the CSV file's folder"
        )
