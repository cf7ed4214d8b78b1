"""What the columns of a table of pictures mean, by their names or else by what stands in them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from muslin.data.files.table import Record, Table, cell_shown
from muslin.data.files.words import split_named
from muslin.errors import DataError
from muslin.text import join_first, printable

__all__ = [
    "Columns",
    "find_columns",
    "find_label",
    "find_paths",
    "is_data_row",
    "is_id",
    "is_label",
    "is_number",
    "is_path",
]

PATHS = {
    "path", "paths", "file", "files", "filename", "filenames", "filepath", "fname", "image", "images", "img",
    "imagepath", "imgpath", "imagefile", "imgfile", "imagename", "imgname", "imagefilename", "picture", "photo",
    "relativepath",
}  # fmt: skip
IDS = {"id", "imageid", "imgid", "idcode", "fileid", "name"}  # paths where no other column is one
LABELS = {
    "label", "labels", "class", "classes", "classname", "classlabel", "classid", "labelname", "category", "target",
    "tag", "tags", "y",
}  # fmt: skip
SPLITS = {"split", "subset", "set", "partition", "usage"}
PICTURES = {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm", ".pbm"}
ROLES = ("path", "label", "split")
NEEDED = "path,label or path,label,split is needed"


@dataclass(frozen=True)
class Columns:
    """Which column of a table is which, by their places from 0.

    Attributes:
        count: how many there are.
        path: the one that names the picture.
        label: the one that tells its class; None where each of `one_hot` is a class.
        split: the one that tells its split; None where there is none.
        one_hot: places and names of columns of 0 and 1, of which the single 1 tells the class.
        has_header: whether the first row names the columns.
        notes: sentences on what was assumed.
    """

    count: int
    path: int
    label: int | None
    split: int | None
    one_hot: dict[int, str] = field(default_factory=dict)
    has_header: bool = True
    notes: tuple[str, ...] = ()


def find_columns(table: Table, records: Sequence[Record]) -> Columns:
    """Returns which columns name picture, class and split.

    Raises:
        DataError: a column is missing, or several could be it.
    """
    header = [cell.strip() for cell in records[0].cells] if records else []
    if is_data_row(header):
        return _without_header(table, records)
    where = f"{printable(table.path)}, line {records[0].line if records else 1}"
    first = records[1].cells if len(records) > 1 else []
    path = _find_path(where, header, first)
    split = _choose(where, "split", header, SPLITS)
    label = None if path is None else find_label(where, header, {path, split})
    one_hot = {} if path is None or label is not None else _one_hot(header, first, {path, split})
    if path is None or (label is None and not one_hot):
        shown = cell_shown(table.separator.join(header))
        raise DataError(f"{where}: the header is {shown!r}; {NEEDED}")
    return Columns(len(header), path, label, split, one_hot, notes=_notes(header, path, label, split, one_hot))


def find_paths(table: Table, records: Sequence[Record]) -> tuple[int, bool]:
    """Returns which column names the picture, and whether the first row names the columns; no other one is needed.

    Raises:
        DataError: no column does, or several could.
    """
    header = [cell.strip() for cell in records[0].cells] if records else []
    where = f"{printable(table.path)}, line {records[0].line if records else 1}"
    pictures = [place for place, cell in enumerate(header) if looks_like_picture(cell)]
    if pictures:
        path = pictures[0] if len(pictures) == 1 else None
    else:
        path = _find_path(where, header, records[1].cells if len(records) > 1 else [])
    if path is None:
        shown = cell_shown(table.separator.join(header))
        raise DataError(f"{where}: no column of {shown!r} names the pictures; call one of them path")
    return path, not pictures


def find_label(where: str, header: Sequence[str], others: set[int | None]) -> int | None:
    """Returns the column that tells the class: by its name, or as the only one that is left.

    Args:
        where: the header's place, for errors.
        header: the columns' names.
        others: the columns that are something else.

    Raises:
        DataError: several columns could be it.
    """
    label = _choose(where, "label", header, LABELS)
    left = [place for place, name in enumerate(header) if place not in others and not is_id(name)]
    return left[0] if label is None and len(left) == 1 else label


def is_label(name: str) -> bool:
    """Whether a column's name says that it tells the class."""
    return plain_name(name) in LABELS


def is_path(name: str) -> bool:
    """Whether a column's name says that it names pictures."""
    return plain_name(name) in PATHS


def is_id(name: str) -> bool:
    """Whether a column's name says that it counts the rows, or nothing."""
    return not name or plain_name(name) in IDS | {"index", "unnamed0"}


def is_data_row(cells: Sequence[str]) -> bool:
    """Whether a table's first row is no header: it names a picture, or is of numbers alone."""
    return any(map(looks_like_picture, cells)) or (len(cells) > 0 and all(map(is_number, cells)))


def is_number(cell: str) -> bool:
    """Whether a cell is a number."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def looks_like_picture(cell: str) -> bool:
    """Whether a cell ends like the name of a picture file."""
    return Path(cell.strip()).suffix.lower() in PICTURES


def plain_name(name: str) -> str:
    """Returns a column's name in small letters, without what stands between its words."""
    return re.sub(r"[\W_]+", "", name.lower())


def _find_path(where: str, header: Sequence[str], first: Sequence[str]) -> int | None:
    path = _choose(where, "path", header, PATHS)
    if path is None:
        pictures = [place for place, cell in enumerate(first[: len(header)]) if looks_like_picture(cell)]
        path = pictures[0] if len(pictures) == 1 else None
    return _choose(where, "path", header, IDS) if path is None else path


def _choose(where: str, role: str, header: Sequence[str], words: set[str]) -> int | None:
    """Returns the column that is called like its role, or else the only one that is called by one of its words."""
    plain = [plain_name(name) for name in header]
    found = [place for place, name in enumerate(plain) if name == role]
    found = found or [place for place, name in enumerate(plain) if name in words]
    if len(found) > 1:
        names = join_first(cell_shown(header[place]) for place in found)
        raise DataError(f"{where}: columns {names} could all be the {role}; call one of them {role}, and no other")
    return found[0] if found else None


def _one_hot(header: Sequence[str], first: Sequence[str], others: set[int | None]) -> dict[int, str]:
    """Returns the columns besides `others`, if there are several and a single one is 1 and all else 0."""
    left = {place: name for place, name in enumerate(header) if place not in others and not is_id(name)}
    cells = [first[place].strip() for place in left if place < len(first)]
    ones = [cell in ("1", "1.0") for cell in cells]
    are_flags = len(cells) == len(left) > 1 and all(cell in ("0", "0.0", "1", "1.0") for cell in cells)
    return left if are_flags and sum(ones) == 1 else {}


def _notes(
    header: Sequence[str], path: int, label: int | None, split: int | None, one_hot: dict[int, str]
) -> tuple[str, ...]:
    places = dict(zip(ROLES, (path, label, split), strict=True))
    named = {role: header[place] for role, place in places.items() if place is not None}
    odd = [f"{cell_shown(name)} for {role}" for role, name in named.items() if name.lower() != role]
    used = {*places.values(), *one_hot}
    left = [cell_shown(name) for place, name in enumerate(header) if place not in used and name]
    notes = [f"columns are taken: {', '.join(odd)}"] if odd else []
    if one_hot:
        notes.append(f"columns of 0 and 1 are taken for the classes: {join_first(map(cell_shown, one_hot.values()))}")
    if left:
        notes.append(f"columns are passed over: {join_first(left)}")
    return tuple(notes)


def _without_header(table: Table, records: Sequence[Record]) -> Columns:
    """Returns the columns of a table whose first row is a picture's, by what stands in them."""
    cells = [cell.strip() for cell in records[0].cells]
    pictures = [place for place, cell in enumerate(cells) if looks_like_picture(cell)]
    left = [place for place, cell in enumerate(cells) if place not in pictures and cell]
    splits = [
        place
        for place in left
        if len(left) == 2 and all(place < len(r.cells) and split_named(r.cells[place]) for r in records)
    ]
    labels = [place for place in left if place not in splits]
    if len(pictures) != 1 or len(labels) != 1:
        raise DataError(
            f"{printable(table.path)}, line {records[0].line}: {cell_shown(table.separator.join(cells))!r} is no "
            f"header; {NEEDED} as the first line"
        )
    split = splits[0] if splits else None
    roles = {pictures[0]: "path", labels[0]: "label", split: "split"}
    order = ", ".join(f"column {place + 1} for {role}" for place, role in roles.items() if place is not None)
    return Columns(len(cells), pictures[0], labels[0], split, has_header=False, notes=(f"no header: {order}",))
