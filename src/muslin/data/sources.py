"""From what a person names to splits: the bundled set, a folder of pictures, a CSV, an IDX folder or a .npz file."""

from pathlib import Path

from muslin.data import arrays, fashion_mnist, folder, idx
from muslin.data.decode import Progress
from muslin.data.images import Splits
from muslin.data.listing import is_picture_folder
from muslin.data.sizing import SMALL
from muslin.errors import DataError

__all__ = ["load_splits"]


def load_splits(
    source: str | Path,
    *,
    validation: int = 2000,
    seed: int = 0,
    size: int = 0,
    most: int = SMALL,
    cache: Path | None = None,
    on_bad: str = "stop",
    resident_bytes: int | None = None,
    threads: int | None = None,
    verify: bool = False,
    progress: Progress = lambda *_: None,
) -> Splits:
    """Loads the data that a person named.

    Args:
        source: `fashion-mnist`, or the path of a folder of pictures, of a CSV file that names pictures, of an IDX
            folder, or of a .npz file.
        validation: pictures to hold out of the training set, at most a tenth of it, where the source brings none.
        seed: chooses which; for pictures in files their content alone does.
        size: of pictures in files, as for `folder.load`; so are the following.
        most: likewise.
        cache: likewise.
        on_bad: likewise.
        resident_bytes: likewise.
        threads: likewise.
        verify: likewise.
        progress: likewise.

    Raises:
        DataError: there is nothing there, it is none of these, or it is damaged.
        SettingError: `size` or `on_bad` is outside what is allowed.
    """
    if source == fashion_mnist.NAME:
        return fashion_mnist.load(validation=validation, seed=seed)
    path = Path(source)
    if not path.exists():
        raise DataError(
            f"no data at {source!s}; give {fashion_mnist.NAME!r}, a folder of pictures, a .csv that names them, "
            "an IDX folder or a .npz file"
        )
    if path.is_dir() and idx.is_idx_folder(path):
        return idx.load(path, validation=validation, seed=seed)
    if path.suffix == ".npz":
        return arrays.load(path, validation=validation, seed=seed)
    if is_picture_folder(path) or path.suffix.lower() == ".csv":
        return folder.load(
            path,
            validation=validation,
            size=size,
            most=most,
            cache=cache,
            on_bad=on_bad,
            resident_bytes=resident_bytes,
            threads=threads,
            verify=verify,
            progress=progress,
        )
    if path.is_dir():
        raise DataError(
            f"{path} holds neither folders of pictures, one a class, nor IDX files (train-images-idx3-ubyte and so on)"
        )
    raise DataError(f"{path} is neither a folder of pictures, a .csv that names them, an IDX folder nor a .npz file")
