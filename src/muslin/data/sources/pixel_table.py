"""Tables of pixels (.csv), a picture a row: Fashion-MNIST and others come so."""

from pathlib import Path

from muslin.data.files.pixel_table import is_pixel_table, read_pixel_table
from muslin.data.sources.arrays import ArrayParts, source_of_parts
from muslin.text import printable

__all__ = ["SOURCE"]


def read(path: Path) -> ArrayParts:
    """Reads one table of pixels, with its partners, such as `test.csv` beside `train.csv`.

    Args:
        path: as for `read_pixel_table`.

    Raises:
        DataError: the table is not as it should be.
    """
    parts, notes = read_pixel_table(path)
    return ArrayParts(parts, printable(path.stem), notes=tuple(notes), where=printable(path))


SOURCE = source_of_parts(
    "a .csv of pixels",
    lambda origin: Path(str(origin)).is_file() and is_pixel_table(Path(str(origin))),
    lambda origin, _: read(Path(str(origin))),
)
