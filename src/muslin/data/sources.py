"""From what a person names to splits: the bundled set, an IDX folder or a .npz file."""

from pathlib import Path

from muslin.data import arrays, fashion_mnist, idx
from muslin.data.images import Splits
from muslin.errors import DataError

__all__ = ["load_splits"]


def load_splits(source: str | Path, *, validation: int = 2000, seed: int = 0) -> Splits:
    """Loads the data that a person named.

    Args:
        source: `fashion-mnist`, the path of an IDX folder, or the path of a .npz file.
        validation: pictures to hold out of the training set, at most a tenth of it.
        seed: chooses which.

    Raises:
        DataError: there is nothing there, or it is none of these.
    """
    if source == fashion_mnist.NAME:
        return fashion_mnist.load(validation=validation, seed=seed)
    path = Path(source)
    if not path.exists():
        raise DataError(f"no data at {source!s}; give {fashion_mnist.NAME!r}, an IDX folder or a .npz file")
    if path.is_dir():
        if idx.is_idx_folder(path):
            return idx.load(path, validation=validation, seed=seed)
        raise DataError(f"{path} holds no IDX files (train-images-idx3-ubyte and so on, .gz or not)")
    if path.suffix == ".npz":
        return arrays.load(path, validation=validation, seed=seed)
    raise DataError(f"{path} is neither an IDX folder nor a .npz file")
