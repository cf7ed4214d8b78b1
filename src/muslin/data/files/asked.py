"""The picture files that a person names: themselves, by their folder, by a pattern, or in a table."""

import glob
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from muslin.data.files.columns import find_paths
from muslin.data.files.companions import kind_of
from muslin.data.files.named import NamedFiles
from muslin.data.files.sieve import Sieve, counted_kinds
from muslin.data.files.table import is_table, read_table
from muslin.errors import DataError
from muslin.text import plural, printable

__all__ = ["Asked", "find_asked"]


@dataclass(frozen=True)
class Asked:
    """What a person asks about.

    Attributes:
        files: the picture files, as a person would name them; whether each is there, reading it will say.
        folders: the folders that were named, or that a pattern matched.
        notes: sentences on what was passed over.
    """

    files: tuple[str, ...]
    folders: tuple[Path, ...]
    notes: tuple[str, ...]


def find_asked(names: Sequence[str]) -> Asked:
    """Returns the picture files that names stand for, in the order of the names.

    A folder stands for all that may be pictures in it, at any depth, sorted; a pattern (`*`, `?`, `[...]`, and `**` for
    any depth) for what it matches, sorted; a `.csv` or `.tsv` for the files that its column `path` names, which are
    relative to it and found as `NamedFiles` finds them, or absolute. Anything else is a file, and so is what exists
    though it looks like a pattern. Links to files are followed wherever they lead.

    Raises:
        DataError: a folder or table without a picture, a pattern that matches none, a table without such a column, or
            what cannot be read.
    """
    files: list[str] = []
    folders: list[Path] = []
    notes: list[str] = []
    for name in names:
        path = Path(name)
        passed_over: list[str] = []
        if os.path.isdir(name):  # noqa: PTH112  # unlike Path, it takes any text
            found, passed_over = _in_folder(path)
            folders.append(path)
        elif is_table(path) and os.path.isfile(name):  # noqa: PTH113
            found, passed_over = _in_table(path)
        elif glob.has_magic(name) and not os.path.lexists(name):
            found, inside, passed_over = _matched(name)
            folders += inside
        else:
            found = [name]
        files += found
        notes += [f"{printable(name)}: {note}" for note in passed_over]
    return Asked(tuple(files), tuple(folders), tuple(notes))


def _in_folder(folder: Path) -> tuple[list[str], list[str]]:
    found, notes = _look_into(folder)
    if not found:
        beside = "".join(f" ({note})" for note in notes)
        raise DataError(f"no pictures in {printable(folder)}{beside}; name a folder that holds some, or the files")
    return found, notes


def _look_into(folder: Path) -> tuple[list[str], list[str]]:
    """Returns the files in a folder that may be pictures, and notes on the others."""
    sieve = Sieve(folder)
    try:
        found = sorted(sieve.pictures(folder, any_link=True))
    except OSError as error:
        where = printable(error.filename or folder)
        raise DataError(f"cannot read {where}: {error.strerror}; may you read it?") from error
    return [str(path) for path in found], list(sieve.notes)


def _in_table(path: Path) -> tuple[list[str], list[str]]:
    table = read_table(path)
    records = list(table.records())
    column, has_header = find_paths(table, records)
    named, found = NamedFiles(path.parent), []
    for record in records[has_header:]:
        cell = record.cells[column] if column < len(record.cells) else ""
        if not cell.strip():
            raise DataError(f"{printable(path)}, line {record.line}: the path is empty; fill it or remove the line")
        found.append(str(named.find(cell, "") or path.parent / cell.strip()))
    if not found:
        raise DataError(f"{printable(path)} names no pictures; add a line for each below the header")
    return found, [*table.assumed, *named.notes]


def _matched(pattern: str) -> tuple[list[str], list[Path], list[str]]:
    """Returns the files that a pattern matches, those in folders that it matches, these folders, and notes."""
    matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207  # keeps the name as it was typed
    folders = [] if "**" in pattern else [Path(match) for match in matches if os.path.isdir(match)]  # noqa: PTH112
    kinds = {match: kind_of(Path(match).name) for match in matches if not os.path.isdir(match)}  # noqa: PTH112
    found = [match for match, kind in kinds.items() if not kind]
    others = counted_kinds(kind for kind in kinds.values() if kind)
    notes = [f"files passed over because they are no pictures: {others}"] if others else []
    for folder in folders:
        inside, passed_over = _look_into(folder)
        found += inside
        notes += passed_over
    if not found:
        which = f"matches {plural(len(matches), 'file')}, none a picture" if matches else "matches nothing"
        raise DataError(
            f"{printable(pattern)!r} {which}; * stands for any part of a name, ** for folders at any depth; it "
            "begins in the current folder"
        )
    return found, folders, notes
