"""NumPy archives (.npz) of pictures and labels."""

from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from muslin.data.arrays.given import AnyArray, Pair
from muslin.data.sources.arrays import ArrayParts, source_of_parts
from muslin.errors import DataError
from muslin.text import join_first, printable, shortened

__all__ = ["SOURCE"]

LAYOUTS = (  # keys of pictures and labels, for training, validation (which may be missing) and test
    (("train_images", "train_labels"), ("val_images", "val_labels"), ("test_images", "test_labels")),  # MedMNIST's
    (("x_train", "y_train"), ("x_val", "y_val"), ("x_test", "y_test")),  # Keras's
)
ALL_IN_ONE = ("images", "labels")
SHOWN = 80  # letters of a file's own names in a message


def read(path: Path) -> ArrayParts:
    """Reads one .npz file of pictures and labels.

    Args:
        path: a file with `train_images`, `train_labels`, `test_images` and `test_labels`, with `val_images`,
            `val_labels` or without, in the forms that `read_pictures` and `read_labels` take; or the same as `x_train`,
            `y_train` and so on; or `images`, `labels` alone. Those for training alone do, too, and to score a model
            those for testing alone.
            Optionally `classes`, the K names.

    Raises:
        DataError: unreadable, or a key is missing.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise DataError(f"cannot read {path}: {error}; a NumPy .npz without Python objects is needed") from error
    parts = _parts(path, arrays)
    names = [str(name) for name in arrays["classes"].reshape(-1)] if "classes" in arrays else None
    return ArrayParts(parts, path.stem, names, where=str(path))


def _parts(path: Path, arrays: dict[str, AnyArray]) -> dict[str, Pair]:
    """Returns pictures and labels of each part, by the first layout whose keys are there."""
    for layout in LAYOUTS:
        keys = dict(zip(("train", "validation", "test"), layout, strict=True))
        there = {part: pair for part, pair in keys.items() if {*pair} & arrays.keys()}
        is_whole = all({*pair} <= arrays.keys() for pair in there.values())
        if is_whole and {"train", "test"} & there.keys():
            return {part: (arrays[images], arrays[labels]) for part, (images, labels) in there.items()}
    if set(ALL_IN_ONE) <= arrays.keys():
        return {"all": (arrays["images"], arrays["labels"])}
    held = shortened(join_first(map(printable, arrays)), SHOWN) or "nothing"
    raise DataError(
        f"{path} holds {held}; needed are {' and '.join(LAYOUTS[0][0])}, "
        f"{' and '.join(LAYOUTS[0][2])}, or {' and '.join(ALL_IN_ONE)} alone"
    )


SOURCE = source_of_parts(
    "a .npz file",
    lambda origin: Path(str(origin)).suffix == ".npz" and Path(str(origin)).is_file(),
    lambda origin, _: read(Path(str(origin))),
)
