"""From what a person names to splits: every source of data, and the one that an origin belongs to.

To add a source is to write a file beside this one, and a word in `SOURCES`.
"""

from dataclasses import replace
from pathlib import Path

from muslin.data.arrays.given import ARRAYS
from muslin.data.files.folders import is_class_folder
from muslin.data.files.table import is_table
from muslin.data.images import Splits
from muslin.data.reading import Reading
from muslin.data.sources import arrays, fashion_mnist, idx, npz, parquet, picture_files, pixel_table
from muslin.data.sources.outline import Outline
from muslin.data.sources.source import LoadOptions, Origin, Part, Places, Sample, Source
from muslin.errors import DataError
from muslin.text import join_first, join_words, printable

__all__ = ["load_outline", "load_placed_splits", "load_places", "load_sample", "load_splits"]

SOURCES: tuple[Source, ...] = (
    fashion_mnist.SOURCE, picture_files.SOURCE, pixel_table.SOURCE, idx.SOURCE, npz.SOURCE, parquet.SOURCE,
    arrays.SOURCE,
)  # fmt: skip


def load_splits(source: Origin, *, validation: int = 2000, seed: int = 0, reading: Reading | None = None) -> Splits:
    """Loads the data that a person named.

    Args:
        source: `fashion-mnist`, or the path of a folder of pictures, of a CSV file that names pictures or holds their
            pixels, of an IDX folder, of a .npz file, or of a .parquet file or a folder of them; or arrays.
        validation: pictures to hold out of the training set, at most a tenth of it, where the source brings none.
        seed: any int; chooses which, but for pictures in files, where their content alone does.
        reading: the way in which pictures in files are read; by default as `Reading()` says.

    Raises:
        DataError: there is nothing there, it is none of these, or it is damaged.
        SettingError: the size is outside what is allowed.
    """
    options = LoadOptions(validation=validation, seed=seed, reading=reading or Reading())
    return find_source(source).load(source, options)


def load_placed_splits(
    source: Origin, *, validation: int = 2000, seed: int = 0, reading: Reading | None = None
) -> tuple[Splits, Places]:
    """Loads data as `load_splits` does, and tells where each picture came from. Arguments as for `load_splits`.

    Raises:
        DataError: as `load_splits`; or files changed meanwhile.
        SettingError: as `load_splits`.
    """
    options = LoadOptions(validation=validation, seed=seed, reading=reading or Reading())
    return find_source(source).load_placed(source, options)


def load_places(source: Origin, *, validation: int = 2000, seed: int = 0, reading: Reading | None = None) -> Places:
    """Tells where each picture came from that `load_splits` loads. Arguments as there.

    Files are listed and hashed, and decoded only where no pack of them is in the cache.

    Raises:
        DataError: as `load_splits`; or files changed meanwhile.
        SettingError: as `load_splits`.
    """
    return find_source(source).places(
        source, LoadOptions(validation=validation, seed=seed, reading=reading or Reading())
    )


def load_outline(source: Origin, *, validation: int = 2000, reading: Reading | None = None) -> Outline:
    """Returns how a source would be read, without decoding picture files. Arguments as for `load_splits`.

    Raises:
        DataError: as `load_splits`.
    """
    options = LoadOptions(validation=validation, reading=reading or Reading())
    return find_source(source).outline(source, options)


def load_sample(
    source: Origin, shape: tuple[int, int, int], part: Part = "test", reading: Reading | None = None
) -> Sample:
    """Loads pictures of a source to score a model on, brought to the shape that it needs.

    They need not do for training: one class, one picture, or copies are scored as well.

    Args:
        source: as for `load_splits`.
        shape: (C, H, W).
        part: `test`, the test pictures where the source tells which, else all; `cut`, those or else the ones that
            training cuts off for testing; `all`, every picture.
        reading: the way in which picture files are read; by default as `Reading()` says.

    Raises:
        DataError: as `load_splits`.
    """
    options = LoadOptions(part=part, reading=replace(reading or Reading(), shape=shape))
    return find_source(source, to_train=False).sample(source, options)


def find_source(origin: Origin, *, to_train: bool = True) -> Source:
    """Returns the source that an origin belongs to; for scoring, the pictures of one class in a folder are one, too.

    Raises:
        DataError: there is nothing there, or it is of no kind that is read.
    """
    for source in SOURCES:
        if source.accepts(origin):
            return source
    if str(origin).startswith(ARRAYS):
        raise DataError(
            f"these data are arrays that were given in Python ({str(origin)[: len(ARRAYS) + 12]}…), and no file holds "
            "them; pass them again, as (images, labels)"
        )
    path = Path(str(origin))
    if not path.exists():
        raise DataError(f"no data at {origin!s}; give {join_words([source.name for source in SOURCES])}")
    if path.is_dir() and (tables := sorted(printable(each.name) for each in path.iterdir() if is_table(each))):
        raise DataError(f"{path} holds no pictures, but tables ({join_first(tables)}); name one of them")
    if path.is_dir() and not to_train and is_class_folder(path):
        return picture_files.SOURCE
    if path.is_dir():
        raise DataError(
            f"{path} holds neither folders of pictures, one a class, nor IDX files (train-images-idx3-ubyte and so on)"
        )
    kinds = [source.name for source in SOURCES if source not in (fashion_mnist.SOURCE, arrays.SOURCE)]
    remedy = "" if to_train else "; to see what a run sees in one picture: muslin predict RUN PICTURE"
    raise DataError(f"{path} is neither {join_words(kinds, 'nor')}{remedy}")
