"""Tables of pixels (.csv), a picture a row: Fashion-MNIST and others come so."""

from dataclasses import replace
from pathlib import Path

from muslin.data.files.pixel_table import is_pixel_table, read_pixel_table
from muslin.data.images import Splits
from muslin.data.sources.arrays import load_arrays
from muslin.data.sources.source import LoadOptions, source_of_arrays
from muslin.errors import DataError
from muslin.text import printable

__all__ = ["SOURCE"]


def load(path: Path, options: LoadOptions) -> Splits:
    """Reads one table of pixels, with its partners, such as `test.csv` beside `train.csv`.

    Args:
        path: as for `read_pixel_table`.
        options: how many pictures are held out for validation, and by which seed.

    Raises:
        DataError: the table is not as it should be, or its pictures show nothing that could be told apart.
    """
    parts, notes = read_pixel_table(path)
    try:
        splits = load_arrays(parts, printable(path.stem), options)
    except DataError as error:
        raise DataError(f"{printable(path)}: {error}") from error
    return replace(splits, notes=(*notes, *splits.notes))


SOURCE = source_of_arrays(
    "a .csv of pixels",
    lambda origin: Path(str(origin)).is_file() and is_pixel_table(Path(str(origin))),
    lambda origin, options: load(Path(str(origin)), options),
)
