"""NumPy archives (.npz) of pictures and labels."""

from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from torch import Tensor

from muslin.data.idx import as_images
from muslin.data.images import Splits
from muslin.data.split import train_validation_test
from muslin.errors import DataError

__all__ = ["load"]

LAYOUTS = (  # keys of training pictures, training labels, test pictures, test labels
    ("train_images", "train_labels", "test_images", "test_labels"),  # MedMNIST's
    ("x_train", "y_train", "x_test", "y_test"),  # Keras's
)


def load(path: Path, *, validation: int, seed: int) -> Splits:
    """Reads one .npz file with a training and a test set.

    Args:
        path: holds `train_images` (N, H, W) or (N, H, W, C) uint8, `train_labels` (N,) whole numbers 0 .. K-1, and
            `test_images`, `test_labels`; or the same as `x_train`, `y_train`, `x_test`, `y_test`; optionally `classes`,
            the K names.
        validation: pictures to hold out of the training set.
        seed: chooses which.

    Raises:
        DataError: unreadable, a key is missing, or the arrays do not fit each other.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise DataError(f"cannot read {path}: {error}; a NumPy .npz without Python objects is needed") from error
    for keys in LAYOUTS:
        if all(key in arrays for key in keys):
            train_images, train_labels, test_images, test_labels = (arrays[key] for key in keys)
            break
    else:
        raise DataError(f"{path} holds {', '.join(arrays) or 'nothing'}; needed are {' and '.join(LAYOUTS[0])}")
    train = _images(path, train_images), _labels(path, train_labels)
    test = _images(path, test_images), _labels(path, test_labels)
    classes = tuple(str(name) for name in arrays.get("classes", range(int(train[1].max(initial=0)) + 1)))
    return train_validation_test(
        (train[0], torch.from_numpy(train[1])),
        (test[0], torch.from_numpy(test[1])),
        classes,
        path.stem,
        validation=validation,
        seed=seed,
    )


def _images(path: Path, images: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> Tensor:
    if images.dtype != np.uint8 or images.ndim not in (3, 4):
        raise DataError(
            f"{path}: pictures are {images.dtype} {images.shape}; (N, H, W) or (N, H, W, C) uint8 is needed"
        )
    return as_images(images)


def _labels(
    path: Path, labels: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]"
) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    if labels.dtype.kind not in "iu" or labels.size != len(labels):
        raise DataError(f"{path}: labels are {labels.dtype} {labels.shape}; (N,) whole numbers are needed")
    return labels.reshape(-1).astype(np.int64)
