"""Tables that stand beside one of training pictures and hold its validation or test pictures: `test.csv`."""

from collections.abc import Mapping
from pathlib import Path

from muslin.data.files.columns import is_data_row
from muslin.data.files.table import first_record
from muslin.data.files.words import split_named, without_split
from muslin.errors import DataError
from muslin.text import join_first, printable

__all__ = ["find_partners", "partner_notes"]


def find_partners(path: Path) -> tuple[dict[str, Path], tuple[str, ...]]:
    """Returns the tables of the other splits, known by the words of their names, and what was passed over.

    `mnist_train.csv` has `mnist_test.csv` beside it; a table of any other name has none.

    Args:
        path: a table.

    Raises:
        DataError: several tables could be those of one split.
    """
    if split_named(path.stem) != "train":
        return {}, ()
    found: dict[str, list[Path]] = {}
    for other in sorted(path.parent.glob(f"*{path.suffix}")):
        split = split_named(other.stem)
        if split not in ("", "train") and without_split(other.stem) == without_split(path.stem):
            found.setdefault(split, []).append(other)
    notes = []
    for split, tables in list(found.items()):
        if len(tables) > 1:
            names = join_first(printable(table.name) for table in tables)
            raise DataError(f"{printable(path)} has {names} beside it, which all mean {split}; put them into one")
        if _layout(tables[0]) != _layout(path):
            notes.append(f"{printable(tables[0].name)} is passed over: its columns are others")
            del found[split]
    return {split: tables[0] for split, tables in found.items()}, tuple(notes)


def partner_notes(partners: Mapping[str, Path]) -> tuple[str, ...]:
    """Returns the sentence on which tables were read besides; none where there are none."""
    taken = join_first(f"{printable(path.name)} for {split}" for split, path in partners.items())
    return (f"read besides: {taken}",) if partners else ()


def _layout(path: Path) -> object:
    """Returns a table's header, or the number of its columns where it has none."""
    first = first_record(path)
    return len(first) if is_data_row(first) else [cell.strip() for cell in first]
