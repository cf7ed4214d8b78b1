"""From what a person names to splits: the bundled set, a folder of pictures, a CSV, an IDX folder or a .npz file."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from torch import Tensor

from muslin.data.files.kinds import are_picture_files, list_picture_files
from muslin.data.images import MappedPictures, Splits
from muslin.data.reading import Reading
from muslin.data.sources import fashion_mnist, idx, npz, picture_files
from muslin.errors import DataError

__all__ = ["Sample", "existing", "load_sample", "load_splits"]


def load_splits(source: str | Path, *, validation: int = 2000, seed: int = 0, reading: Reading | None = None) -> Splits:
    """Loads the data that a person named.

    Args:
        source: `fashion-mnist`, or the path of a folder of pictures, of a CSV file that names pictures, of an IDX
            folder, or of a .npz file.
        validation: pictures to hold out of the training set, at most a tenth of it, where the source brings none.
        seed: chooses which; for pictures in files their content alone does.
        reading: how pictures in files are read; by default as `Reading()` says.

    Raises:
        DataError: there is nothing there, it is none of these, or it is damaged.
        SettingError: the size is outside what is allowed.
    """
    if source == fashion_mnist.NAME:
        return fashion_mnist.load(validation=validation, seed=seed)
    path = existing(source)
    if path.is_dir() and idx.is_idx_folder(path):
        return idx.load(path, validation=validation, seed=seed)
    if path.suffix == ".npz":
        return npz.load(path, validation=validation, seed=seed)
    if are_picture_files(path):
        return picture_files.load(path, reading or Reading(), validation=validation)
    if path.is_dir():
        raise DataError(
            f"{path} holds neither folders of pictures, one a class, nor IDX files (train-images-idx3-ubyte and so on)"
        )
    raise DataError(f"{path} is neither a folder of pictures, a .csv that names them, an IDX folder nor a .npz file")


def existing(source: str | Path) -> Path:
    """Returns the path of data that are there.

    Raises:
        DataError: they are not.
    """
    path = Path(source)
    if not path.exists():
        raise DataError(
            f"no data at {source!s}; give {fashion_mnist.NAME!r}, a folder of pictures, a .csv that names them, "
            "an IDX folder or a .npz file"
        )
    return path


@dataclass(frozen=True)
class Sample:
    """Pictures that a saved model is scored on.

    Attributes:
        name: what to call the data.
        part: `test`, or `all` where the source was not cut.
        images: (N, C, H, W) uint8.
        labels: (N,) int64, indices into `classes`.
        classes: the names of the data's own classes.
        file: what `images` is a part of; None when they are in memory.
        notes: what a person should be told of how they were read.
    """

    name: str
    part: Literal["test", "all"]
    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]
    file: MappedPictures | None
    notes: tuple[str, ...]


def load_sample(
    source: str | Path, shape: tuple[int, int, int], *, cut: bool, reading: Reading | None = None
) -> Sample:
    """Loads the test pictures of a source, picture files brought to the shape that a model needs.

    Args:
        source: as for `load_splits`.
        shape: (C, H, W).
        cut: where picture files tell no test split, take the fifth that is cut off for testing; otherwise take all.
        reading: how else picture files are read; by default as `Reading()` says.

    Raises:
        DataError: as `load_splits`.
    """
    if source != fashion_mnist.NAME and are_picture_files(existing(source)):
        listing = list_picture_files(Path(source))
        pack = picture_files.pack_of(listing, replace(reading or Reading(), shape=shape))
        notes = (*pack.notes, *listing.notes)
        if cut or "test" in listing.splits:
            return Sample(listing.name, "test", *pack.part("test"), pack.classes, pack.file, notes)
        return Sample(listing.name, "all", pack.file.images, pack.labels, pack.classes, pack.file, notes)
    splits = load_splits(source)
    return Sample(splits.name, "test", splits.test.images, splits.test.labels, splits.spec.classes, None, ())
