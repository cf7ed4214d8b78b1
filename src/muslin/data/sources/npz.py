"""NumPy archives (.npz) of pictures and labels."""

import hashlib
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch
from torch import Tensor

from muslin.data.files.cut import assign_splits
from muslin.data.files.listing import Entry, Listing
from muslin.data.images import Splits, check_images
from muslin.data.sources.idx import as_images
from muslin.data.sources.source import source_of_arrays
from muslin.data.split import train_validation_test
from muslin.errors import DataError

__all__ = ["SOURCE"]

LAYOUTS = (  # keys of pictures and labels, for training, validation (which may be missing) and test
    (("train_images", "train_labels"), ("val_images", "val_labels"), ("test_images", "test_labels")),  # MedMNIST's
    (("x_train", "y_train"), ("x_val", "y_val"), ("x_test", "y_test")),  # Keras's
)
ALL_IN_ONE = ("images", "labels")

Arrays = dict[str, "np.ndarray[Any, np.dtype[Any]]"]
Part = tuple[Tensor, Tensor]  # (N, C, H, W) uint8 pictures, (N,) int64 labels


def load(path: Path, *, validation: int, seed: int) -> Splits:
    """Reads one .npz file of pictures and labels.

    Args:
        path: a file with `train_images` (N, H, W) or (N, H, W, C) uint8, `train_labels` (N,) or (N, 1) whole numbers
            0 .. K-1, and `test_images`, `test_labels`, with `val_images`, `val_labels` or without; or the same as
            `x_train`, `y_train` and so on; or `images`, `labels` alone, of which a fifth of each class is cut off for
            testing, chosen by content. Optionally `classes`, the K names.
        validation: pictures to hold out of the training set, where the file brings none for validation.
        seed: any int; chooses which.

    Raises:
        DataError: unreadable, a key is missing, or the arrays do not fit each other.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise DataError(f"cannot read {path}: {error}; a NumPy .npz without Python objects is needed") from error
    held_out = None
    for of_train, of_validation, of_test in LAYOUTS:
        if {*of_train, *of_test} <= arrays.keys():
            train, test = _part(path, arrays, of_train), _part(path, arrays, of_test)
            held_out = _part(path, arrays, of_validation) if set(of_validation) <= arrays.keys() else None
            classes = _classes(arrays, train)
            break
    else:
        if not set(ALL_IN_ONE) <= arrays.keys():
            raise DataError(
                f"{path} holds {', '.join(arrays) or 'nothing'}; needed are {' and '.join(LAYOUTS[0][0])}, "
                f"{' and '.join(LAYOUTS[0][2])}, or {' and '.join(ALL_IN_ONE)} alone"
            )
        everything = _part(path, arrays, ALL_IN_ONE)
        classes = _classes(arrays, everything)
        train, test = _cut_test(path, everything, classes)
    return train_validation_test(train, test, classes, path.stem, validation=validation, seed=seed, held_out=held_out)


def _classes(arrays: Arrays, part: Part) -> tuple[str, ...]:
    labels = part[1]
    return tuple(str(name) for name in arrays.get("classes", range(int(labels.max()) + 1 if len(labels) else 1)))


def _cut_test(path: Path, everything: Part, classes: tuple[str, ...]) -> tuple[Part, Part]:
    """Cuts a fifth of each class off, as for folders: by content, equal pictures of a class on the same side."""
    images, labels = everything
    check_images(images, labels, len(classes))
    entries = tuple(Entry(Path(str(number)), int(label), "") for number, label in enumerate(labels))
    digests = [hashlib.sha256(image.numpy().tobytes()).hexdigest() for image in images]
    cut = assign_splits(Listing(path.parent, path.stem, classes, entries, ()), digests)
    train, test = (
        torch.tensor(sorted(int(entry.path.name) for entry in cut.entries if entry.split == split))
        for split in ("train", "test")
    )
    return (images[train], labels[train]), (images[test], labels[test])


def _part(path: Path, arrays: Arrays, keys: tuple[str, str]) -> Part:
    images, labels = (arrays[key] for key in keys)
    if images.dtype != np.uint8 or images.ndim not in (3, 4):
        raise DataError(
            f"{path}: pictures are {images.dtype} {images.shape}; (N, H, W) or (N, H, W, C) uint8 is needed"
        )
    if labels.dtype.kind not in "iu" or labels.ndim == 0 or labels.size != len(labels):
        raise DataError(f"{path}: labels are {labels.dtype} {labels.shape}; (N,) whole numbers are needed")
    return as_images(images), torch.from_numpy(labels.reshape(-1).astype(np.int64))


SOURCE = source_of_arrays(
    "a .npz file",
    lambda origin: Path(origin).suffix == ".npz" and Path(origin).is_file(),
    lambda origin, options: load(Path(origin), validation=options.validation, seed=options.seed),
)
