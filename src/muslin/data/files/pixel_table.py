"""Tables of pixels: a picture a row, a number a cell, as in `label,pixel1,...,pixel784`; imports no torch.

Legend: N pictures, P pixels of a row, H x W pixels, C channels.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from muslin.data.arrays.parts import as_parts
from muslin.data.files.columns import SPLITS as SPLIT_COLUMNS
from muslin.data.files.columns import find_label, is_data_row, is_id, is_label, is_number, is_path, plain_name
from muslin.data.files.partners import find_partners, partner_notes
from muslin.data.files.table import Record, cell_shown, first_record, is_table, read_table
from muslin.data.files.words import split_named, split_notes
from muslin.errors import DataError
from muslin.text import join_first, printable

__all__ = ["is_pixel_table", "read_pixel_table"]

Numbers = np.ndarray[Any, np.dtype[Any]]

NUMBERED = re.compile(r"\D{0,12}\d+(\D{1,3}\d+)?")  # pixel12, 3x4, p_0_1, 17
FEWEST = 16  # pixels of a picture
COMPARED = 500  # pictures that tell how colours lie
CLEARLY = 0.9  # how much more alike neighbours must be for that


@dataclass(frozen=True)
class _Columns:
    """Places of columns from 0; with `packed`, one cell holds all of a picture's pixels."""

    names: tuple[str, ...]
    pixels: tuple[int, ...]
    label: int
    split: int | None
    packed: bool
    has_header: bool


@dataclass(frozen=True, slots=True)
class _Row:
    pixels: Numbers
    label: str
    split: str


def is_pixel_table(path: Path) -> bool:
    """Whether a path is a table whose rows are pixels, told by its first row."""
    return is_table(path) and bool(_pixels_of(first_record(path))[0])


def read_pixel_table(path: Path) -> tuple[dict[str, tuple[Numbers, Numbers]], tuple[str, ...]]:
    """Reads a table of pixels, and its partners for validation and testing.

    Args:
        path: as for `read_table`; a column that is called `label` or stands alone beside the pixels, and perhaps one
            called `split`. Without a header, the label comes first.

    Returns:
        By split, or as `all`, pictures (N, H, W) or (N, H, W, 3) and labels (N,), numbers or text; and sentences on
        what was assumed.

    Raises:
        DataError: unreadable, a cell is no number, a row is too short or too long, or its pixels make no square.
    """
    found, notes, columns = _read(path, "")
    if columns.split is None:
        partners, passed_over = find_partners(path)
        notes += [*partner_notes(partners), *passed_over]
        for split, other in partners.items():
            found |= _read(other, split)[0]
    widths = {len(row.pixels) for rows in found.values() for row in rows}
    if len(widths) > 1:
        raise DataError(f"{printable(path)} has rows of {min(widths)} to {max(widths)} pixels; all must have as many")
    try:
        parts = as_parts(found)
    except DataError as error:
        raise DataError(f"{printable(path)}: {error}") from error
    pixels = {part: np.stack([row.pixels for row in rows]) for part, rows in parts.items()}
    shape, are_planes, how = _shape(path, next(iter(pixels.values()))[:COMPARED])
    pictures = {part: values.reshape(len(values), *shape) for part, values in pixels.items()}
    if are_planes:
        pictures = {part: images.transpose(0, 2, 3, 1) for part, images in pictures.items()}
    are_numbers = all(is_number(row.label) for rows in parts.values() for row in rows)
    labels = {part: np.array([row.label for row in rows]) for part, rows in parts.items()}
    labels = {part: each.astype(np.float64) for part, each in labels.items()} if are_numbers else labels
    return {part: (pictures[part], labels[part]) for part in parts}, (*notes, *how)


def _read(path: Path, split: str) -> tuple[dict[str, list[_Row]], list[str], _Columns]:
    """Returns a table's rows by split, what was assumed, and which columns are which."""
    table = read_table(path)
    records = table.records()
    first = next(records, Record(1, []))
    columns = _find_columns(path, first)
    rows, spelt = defaultdict(list), Counter[str]()
    for record in records if columns.has_header else chain([first], records):
        where = f"{printable(path)}, line {record.line}"
        row = _row(where, columns, record.cells)
        part = split if columns.split is None else split_named(row.split)
        if columns.split is not None and not part:
            raise DataError(f"{where}: split is {cell_shown(row.split)!r}; train, validation or test is needed")
        spelt[row.split] += 1
        rows[part].append(row)
    if not rows:
        raise DataError(f"{printable(path)} holds no pictures; add a row of pixels for each")
    return dict(rows), [*table.assumed, *_notes(columns), *split_notes(spelt)], columns


def _pixels_of(cells: Sequence[str]) -> tuple[tuple[int, ...], bool]:
    """Returns which columns of a table hold pixels, by its first row, and whether all are in one; none if none do."""
    names = [cell.strip() for cell in cells]
    if is_data_row(names):
        return (tuple(range(1, len(names))) if len(names) > FEWEST and all(map(is_number, names)) else ()), False
    if "pixels" in map(plain_name, names):
        return (([plain_name(name) for name in names].index("pixels")),), True
    numbered = [
        p for p, name in enumerate(names) if NUMBERED.fullmatch(name) and not is_id(name) and not is_label(name)
    ]
    are_pixels = len(numbered) >= FEWEST and not any(map(is_path, names))
    return tuple(numbered) if are_pixels else (), False


def _find_columns(path: Path, first: Record) -> _Columns:
    names = tuple(cell.strip() for cell in first.cells)
    pixels, packed = _pixels_of(names)
    where = f"{printable(path)}, line {first.line}"
    if not pixels:
        raise DataError(f"{where}: the header is {cell_shown(','.join(names))!r}; label,pixel1,pixel2,... is needed")
    if is_data_row(names):
        return _Columns(names, pixels, 0, None, packed=False, has_header=False)
    splits = [place for place, name in enumerate(names) if plain_name(name) in SPLIT_COLUMNS]
    split = splits[0] if splits else None
    label = find_label(where, names, {*pixels, split})
    if label is None:
        raise DataError(f"{where}: no column tells the class of the pixels; add one called label")
    return _Columns(names, pixels, label, split, packed, has_header=True)


def _notes(columns: _Columns) -> list[str]:
    if not columns.has_header:
        return [f"no header: column 1 for label, {len(columns.pixels):,} columns for pixels"]
    name = cell_shown(columns.names[columns.label])
    used = {*columns.pixels, columns.label, columns.split}
    left = [cell_shown(name) for place, name in enumerate(columns.names) if place not in used and name]
    return [
        *([f"columns are taken: {name} for label"] if name.lower() != "label" else []),
        *([f"columns are passed over: {join_first(left)}"] if left else []),
    ]


def _row(where: str, columns: _Columns, cells: Sequence[str]) -> _Row:
    """Returns a row's pixels, as uint8 where they are such, its label and the word for its split."""
    if len(cells) != len(columns.names):
        raise DataError(f"{where}: {len(cells):,} cells, but the first line has {len(columns.names):,}; mend the row")
    label = cells[columns.label].strip()
    if not label:
        raise DataError(f"{where}: the label is empty; fill it or remove the line")
    start, stop = columns.pixels[0], columns.pixels[-1] + 1
    is_stretch = stop - start == len(columns.pixels)
    texts = cells[start:stop] if is_stretch else [cells[place] for place in columns.pixels]
    texts = texts[0].split() if columns.packed else texts
    try:
        pixels = np.array(texts, np.float32)
    except ValueError as error:
        odd = next(text for text in texts if not is_number(text))
        raise DataError(f"{where}: a pixel is {cell_shown(odd)!r}; numbers are needed, 0 to 255 at best") from error
    with np.errstate(invalid="ignore"):
        whole = pixels.astype(np.uint8)
    word = "" if columns.split is None else cells[columns.split].strip()
    return _Row(whole if np.array_equal(whole, pixels) else pixels, label, word)


def _shape(path: Path, rows: Numbers) -> tuple[tuple[int, ...], bool, list[str]]:
    """Returns the shape of a picture of P pixels, whether its colours are planes, and what was assumed."""
    count = rows.shape[1]
    side = math.isqrt(count)
    if side * side == count:
        return (side, side), False, []
    side = math.isqrt(count // 3)
    if side < 2 or 3 * side * side != count:
        raise DataError(
            f"{printable(path)} has {count:,} pixels a row, which make neither a square in grey nor one in colour; "
            "bring the pictures into an array (N, H, W) and save it in a .npz file"
        )
    apart = {stride: _difference(rows, stride) for stride in (side, 3 * side)}  # of pixels one above another
    if apart[3 * side] < CLEARLY * apart[side]:
        return (side, side, 3), False, [f"rows are taken for {side} x {side} pixels with three colours each"]
    if apart[side] < CLEARLY * apart[3 * side]:
        return (3, side, side), True, [f"rows are taken for {side} x {side} pixels in three planes, one a colour"]
    raise DataError(
        f"{printable(path)} has {count:,} pixels a row, {side} x {side} in three colours, but these could lie together "
        "or in planes; bring the pictures into an array (N, H, W, 3) and save it in a .npz file"
    )


def _difference(rows: Numbers, stride: int) -> float:
    """Returns how much values differ that lie `stride` apart, in the mean."""
    values = rows.astype(np.float32)
    return float(np.abs(values[:, stride:] - values[:, :-stride]).mean())
