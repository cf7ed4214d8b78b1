"""CSV files that name pictures, with a class and perhaps a split each."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from muslin.data.files.columns import Columns, find_columns
from muslin.data.files.listing import Listing, make_listing
from muslin.data.files.named import NamedFiles, is_absolute
from muslin.data.files.partners import find_partners, partner_notes
from muslin.data.files.table import Record, cell_shown, read_table
from muslin.data.files.words import split_named, split_notes
from muslin.errors import DataError
from muslin.text import join_first, printable, shortened

__all__ = ["list_csv"]

SHOWN = 160  # letters of missing files in a message


def list_csv(path: Path) -> Listing:
    """Lists the pictures that a CSV file names, and those of its partners for validation and testing.

    Args:
        path: as for `read_table`, with the columns `path`, `label` and perhaps `split`, or others that `find_columns`
            knows; each path is relative to the CSV file's folder and stays below it, as `NamedFiles` finds it.

    Raises:
        DataError: unreadable, a column or cell missing or unknown, a picture missing, named twice or outside the
            folder, fewer than two classes, or a class too small for the splits still to be cut. Names the line.
    """
    rows, notes, columns = _read(path, "")
    if not rows:
        raise DataError(f"{printable(path)} names no pictures; add a line path,label for each")
    if columns.split is None:
        partners, passed_over = find_partners(path)
        notes += [*partner_notes(partners), *passed_over]
        if partners:
            rows = [_Row(row.where, row.path, row.label, "train") for row in rows]
        for split, other in partners.items():
            rows += _read(other, split)[0]
    named = NamedFiles(path.parent)
    files = _find_files(path, rows, named)
    found = [(row.split, file, row.label) for row, file in zip(rows, files, strict=True)]
    return make_listing(path.parent, path.stem, found, (*notes, *named.notes))


@dataclass(frozen=True, slots=True)
class _Row:
    where: str
    path: str
    label: str
    split: str


def _read(path: Path, split: str) -> tuple[list[_Row], list[str], Columns]:
    """Returns a table's rows, of a split unless a column tells it, with what was assumed."""
    table = read_table(path)
    records = list(table.records())
    columns = find_columns(table, records)
    spelt: Counter[str] = Counter()
    rows = list(_rows(path, columns, records[columns.has_header :], split, spelt))
    return rows, [*table.assumed, *columns.notes, *split_notes(spelt)], columns


def _rows(path: Path, columns: Columns, records: Sequence[Record], split: str, spelt: Counter[str]) -> Iterator[_Row]:
    for record in records:
        where = f"{printable(path)}, line {record.line}"
        cells = record.cells[: columns.count]
        if len(cells) < columns.count or any(cell.strip() for cell in record.cells[columns.count :]):
            raise DataError(
                f"{where}: {len(record.cells)} cells, but the {'header' if columns.has_header else 'first line'} has "
                f"{columns.count}; put cells with commas in double quotes"
            )
        label = _label(where, columns, cells)
        name = cells[columns.path]
        if not name.strip() or not label:
            raise DataError(f"{where}: the {'label' if name.strip() else 'path'} is empty; fill it or remove the line")
        if columns.split is not None:
            word = cells[columns.split].strip()
            split = split_named(word)
            spelt[word] += 1
            if not split:
                raise DataError(f"{where}: split is {cell_shown(word)!r}; train, validation or test is needed")
        yield _Row(where, name, label, split)


def _label(where: str, columns: Columns, cells: Sequence[str]) -> str:
    if columns.label is not None:
        return cells[columns.label].strip()
    ones = [name for place, name in columns.one_hot.items() if cells[place].strip() in ("1", "1.0")]
    if len(ones) != 1:
        raise DataError(
            f"{where}: {len(ones)} columns of classes are 1; a classifier of one class a picture needs exactly one"
        )
    return ones[0]


def _find_files(path: Path, rows: Sequence[_Row], named: NamedFiles) -> list[Path]:
    """Returns the file that each row names."""
    first: dict[str, str] = {}
    found, missing = [], []
    for row in rows:
        file = named.find(row.path, row.split)
        shown = cell_shown(row.path)
        if file is None and is_absolute(row.path):
            raise DataError(
                f"{row.where}: {shown} is absolute, and no file below {printable(path.name)}; give paths relative to it"
            )
        if file is None:
            missing.append(f"{row.where.removeprefix(f'{printable(path)}, ')}: {shown}")
            continue
        if named.is_outside(file):
            raise DataError(f"{row.where}: {shown} leads out of the CSV file's folder; put the file above the pictures")
        normal = os.path.normpath(file)
        if first.setdefault(normal, row.where) != row.where:
            there = first[normal].removeprefix(row.where.rpartition("line ")[0])
            raise DataError(f"{row.where}: {shown} stands in {there} too; keep one of them")
        found.append(file)
    if missing:
        shown = shortened(join_first(missing), SHOWN)
        raise DataError(
            f"{printable(path)} names {len(missing):,} files that do not exist ({shown}); "
            "paths are relative to the CSV file's folder"
        )
    return found
