"""Tell picture files, in folders or named by a CSV file, from data of other kinds; imports no torch."""

from pathlib import Path

from muslin.data.files.csv_file import list_csv
from muslin.data.files.folders import is_class_folder, is_picture_folder, list_class, list_folder
from muslin.data.files.listing import Listing, check_classes
from muslin.data.files.pixel_table import is_pixel_table
from muslin.data.files.shards import is_parquet
from muslin.data.files.table import is_table
from muslin.errors import DataError
from muslin.text import printable

__all__ = ["are_picture_files", "list_picture_files"]

KINDS = {".npz": "a .npz file", ".csv": "a table of pixels", ".tsv": "a table of pixels", ".parquet": "a .parquet file"}


def are_picture_files(path: Path) -> bool:
    """Whether a path is a folder of picture files, or a CSV file that names some."""
    return is_picture_folder(path) if path.is_dir() else is_table(path) and not is_pixel_table(path)


def list_picture_files(path: Path, *, to_train: bool = True) -> Listing:
    """Lists a folder of pictures as `list_folder` does, or those that a CSV file names as `list_csv` does.

    Args:
        path: the folder or the CSV file.
        to_train: whether a classifier is to be trained on them; for scoring, any pictures with a class will do, those
            straight in a folder that is called like their class too.

    Raises:
        DataError: it is neither, or is not as it should be; to train on, also as `check_classes`.
    """
    try:
        exists = path.exists()
    except OSError as error:
        raise DataError(f"cannot read {printable(path)}: {error.strerror}; may you read it?") from error
    if not exists:
        raise DataError(f"no data at {printable(path)}; give a folder of pictures or a .csv that names them")
    if not are_picture_files(path) and (kind := _other_kind(path)):
        raise DataError(
            f"{printable(path)} is {kind}, not a folder of pictures or a .csv that names them; see how it would be "
            "read with: muslin data info"
        )
    if not to_train and is_class_folder(path):
        return list_class(path)
    listing = list_csv(path) if path.is_file() else list_folder(path)
    if to_train:
        check_classes(listing)
    return listing


def _other_kind(path: Path) -> str:
    """Returns what a path holds instead of picture files; nothing for a folder in which nothing is known."""
    if path.is_file():
        return KINDS.get(path.suffix.lower(), "another kind of file")
    return "IDX files" if any(path.glob("*-ubyte*")) else "a folder of .parquet files" if is_parquet(path) else ""
