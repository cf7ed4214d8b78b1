"""CSV files that name pictures, with a class and perhaps a split each."""

import csv
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from muslin.data.files.links import is_below
from muslin.data.files.listing import SPLIT_NAMES, Listing, make_listing
from muslin.errors import DataError
from muslin.text import join_first, printable

__all__ = ["list_csv"]

COLUMNS = ("path", "label", "split")


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
        rows = list(_rows(path, path.read_bytes().decode("utf-8-sig")))
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
    _check_files(path, rows)
    return make_listing(path.parent, path.stem, [(row.split, path.parent / row.path, row.label) for row in rows], ())


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    path: str
    label: str
    split: str


def _rows(path: Path, text: str) -> Iterator[_Row]:
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
            yield _row(f"{printable(path)}, line {line}", line, header, cells)
        line = reader.line_num + 1


def _row(where: str, line: int, header: Sequence[str], cells: Sequence[str]) -> _Row:
    if len(cells) != len(header):
        raise DataError(
            f"{where}: {len(cells)} cells, but the header has {len(header)}; put cells with commas in double quotes"
        )
    values = dict(zip(header, cells, strict=True))
    label, split = values["label"].strip(), values.get("split", "").strip().lower()
    if not values["path"] or not label:
        raise DataError(f"{where}: the {'label' if values['path'] else 'path'} is empty; fill it or remove the line")
    if "split" in values and split not in SPLIT_NAMES:
        raise DataError(f"{where}: split is {printable(split)!r}; train, validation or test is needed")
    return _Row(line, values["path"], label, SPLIT_NAMES.get(split, ""))


def _check_files(path: Path, rows: Sequence[_Row]) -> None:
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
        elif not is_below(os.path.realpath(file), real_root):
            raise DataError(
                f"{where}: {printable(row.path)} leads out of the CSV file's folder; put the file above the pictures"
            )
        normal = os.path.normpath(row.path)
        if first_line.setdefault(normal, row.line) != row.line:
            raise DataError(f"{where}: {printable(row.path)} stands in line {first_line[normal]} too; keep one of them")
    if missing:
        raise DataError(
            f"{printable(path)} names {len(missing):,} files that do not exist ({join_first(missing)}); "
            "paths are relative to the CSV file's folder"
        )
