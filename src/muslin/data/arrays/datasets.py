"""Datasets of torch, of (picture, label), read whole.

Legend: N pictures, C channels, H x W pixels.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import torch
from PIL import Image
from torch.utils.data import Dataset, IterableDataset

from muslin.data.decoding.fitting import fit_to_shape
from muslin.data.decoding.pictures import open_picture
from muslin.data.sizing import InputSize, choose_input
from muslin.errors import DataError
from muslin.text import note_on_pictures, printable, shortened

__all__ = ["read_datasets"]

Items: TypeAlias = Iterator[tuple[Any, Any]]
SHOWN = 120  # letters of what a dataset says of its own failure


def read_datasets(
    parts: Mapping[str, "Dataset[Any]"],
) -> tuple[dict[str, tuple[Any, Any]], dict[str, list[str]], tuple[str, ...]]:
    """Returns each dataset's pictures and labels as arrays, digests, and sentences on what was done to pictures.

    Args:
        parts: by name, datasets of map style whose items are (picture, label): pictures are arrays or tensors of one
            shape, or Pillow images, which are brought to one size where they differ, as pictures in files are; labels
            are numbers, names or one-hot. Where the dataset has `classes`, as those of torchvision do, these names
            are taken for labels that are numbers. Pillow images are read twice: the first time for their sizes.

    Returns:
        By name, pictures (N, ...) and labels (N,) or (N, K), arrays of NumPy or torch; by name, the SHA-256 of each
        Pillow image as it was before it was brought to a size; and the sentences.

    Raises:
        DataError: a dataset has no length or no item, an item is no such pair, or the dataset fails to give it.
    """
    first = {part: next(_items(part, dataset), None) for part, dataset in parts.items()}
    if empty := [part for part, item in first.items() if item is None]:
        raise DataError(f"the dataset has no items ({empty[0]}); at least one (picture, label) is needed")
    if first and all(item is not None and isinstance(item[0], Image.Image) for item in first.values()):
        pictures, labels, digests, notes = _decoded(parts)
    else:
        pictures, labels, digests, notes = {}, {}, {}, ()
        for part, dataset in parts.items():
            pictures[part], labels[part] = _stacked(part, dataset)
    return {part: (pictures[part], _named(labels[part], dataset)) for part, dataset in parts.items()}, digests, notes


def _items(part: str, dataset: "Dataset[Any]") -> Items:
    if isinstance(dataset, IterableDataset) or not hasattr(dataset, "__len__"):
        raise DataError(
            f"the dataset has no length ({part}: {type(dataset).__name__}); one with __len__ and __getitem__ is needed"
        )
    for number in range(len(dataset)):
        try:
            item = dataset[number]
        except Exception as error:  # what a dataset of another's making raises
            said = shortened(printable(f"{type(error).__name__}: {error}"), SHOWN)
            raise DataError(f"the dataset cannot give item {number} ({part}): {said}; mend or leave it out") from error
        if not isinstance(item, tuple | list) or len(item) != 2:
            count = f" of {len(item)}" if isinstance(item, tuple | list) else ""
            raise DataError(
                f"item {number} of the dataset ({part}) is a {type(item).__name__}{count}; (picture, label) is needed"
            )
        yield item[0], _plain(item[1])


def _plain(label: Any) -> Any:
    """Returns a label as numbers or text of Python."""
    return label.tolist() if isinstance(label, torch.Tensor | np.ndarray | np.generic) else label


def _stacked(part: str, dataset: "Dataset[Any]") -> tuple[Any, list[Any]]:
    """Returns a dataset's pictures, arrays or tensors of one shape, and its labels."""
    pictures, labels = zip(*_items(part, dataset), strict=True)
    shapes = [np.shape(picture) for picture in pictures]
    odd = next((number for number, shape in enumerate(shapes) if shape != shapes[0]), None)
    if odd is not None:
        raise DataError(
            f"item {odd} of the dataset ({part}) is a picture of shape {tuple(shapes[odd])}, the first of "
            f"{tuple(shapes[0])}; bring all to one size, or give Pillow images"
        )
    is_torch = all(isinstance(picture, torch.Tensor) for picture in pictures)
    return torch.stack(pictures) if is_torch else np.stack([np.asarray(p) for p in pictures]), list(labels)


def _decoded(
    parts: Mapping[str, "Dataset[Any]"],
) -> tuple[dict[str, Any], dict[str, list[Any]], dict[str, list[str]], tuple[str, ...]]:
    """Returns the Pillow images of datasets as (N, H, W, C) uint8, their labels, digests, and what was done to them."""
    sizes: dict[str, list[tuple[int, int]]] = {part: [] for part in parts}
    labels: dict[str, list[Any]] = {part: [] for part in parts}
    digests: dict[str, list[str]] = {part: [] for part in parts}
    modes, done = set(), Counter[str]()
    for part, dataset in parts.items():
        for image, label in _images(part, dataset, done):
            sizes[part].append(image.size)
            modes.add(image.mode)
            labels[part].append(label)
            digests[part].append(_digest(image))
    size = _size(sizes, sorted(modes))
    pictures = {part: torch.empty((len(sizes[part]), *size.shape), dtype=torch.uint8) for part in parts}
    for part, dataset in parts.items():
        for row, (image, _) in zip(pictures[part], _images(part, dataset, Counter()), strict=True):
            row[...] = torch.from_numpy(fit_to_shape(image, size.shape))
    notes = [note_on_pictures(count, note) for note, count in done.items()]
    pictures = {part: images.permute(0, 2, 3, 1) for part, images in pictures.items()}
    return pictures, labels, digests, (*notes, *([size.reason] if size.reason else []))


def _digest(image: Image.Image) -> str:
    """Returns the SHA-256 of a grey or colour picture's pixels, with the colours one after the other as in arrays."""
    pixels = np.asarray(image)  # (H, W) or (H, W, 3)
    return hashlib.sha256((pixels if pixels.ndim == 2 else pixels.transpose(2, 0, 1)).tobytes()).hexdigest()


def _images(part: str, dataset: "Dataset[Any]", done: Counter[str]) -> Iterator[tuple[Image.Image, Any]]:
    """Returns a dataset's Pillow images, upright and without transparency; counts what was done to them."""
    for number, (picture, label) in enumerate(_items(part, dataset)):
        if not isinstance(picture, Image.Image):
            raise DataError(
                f"item {number} of the dataset ({part}) is a {type(picture).__name__}, the first a Pillow image; give "
                "all in one form"
            )
        image, notes = open_picture(picture)
        done.update(notes)
        yield image, label


def _size(sizes: Mapping[str, Sequence[tuple[int, int]]], modes: Sequence[str]) -> InputSize:
    """Returns the one size of all pictures, or what those of the first part are to be brought to."""
    every = {size for part in sizes.values() for size in part}
    if len(every) == 1:
        width, height = every.pop()
        return InputSize(1 if modes == ["L"] else 3, height, width, "")
    first = next(iter(sizes.values()))
    return choose_input(first, modes)


def _named(labels: Sequence[Any], dataset: Any) -> Any:
    """Returns labels by the names that a dataset, or the one that it is a part of, has for them."""
    while not hasattr(dataset, "classes") and hasattr(dataset, "dataset"):
        dataset = dataset.dataset
    names = [", ".join(name) if isinstance(name, tuple) else name for name in getattr(dataset, "classes", None) or ()]
    are_names = len(set(names)) == len(names) > 0 and all(isinstance(name, str) for name in names)
    are_numbers = all(isinstance(label, int) and 0 <= label < len(names) for label in labels)
    return [names[label] for label in labels] if are_names and are_numbers else labels
