"""Parquet files of pictures (.parquet), in the layout of Hugging Face's data sets; needs `muslin[parquet]`.

Legend: N pictures, C channels, H x W pixels.
"""

import hashlib
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from muslin.data.arrays.given import as_numpy
from muslin.data.arrays.parts import as_parts
from muslin.data.bad_files import bad_pictures, may_be_left_out
from muslin.data.decoding.fitting import fit_to_shape
from muslin.data.decoding.pictures import decode_picture
from muslin.data.files.shards import find_shards, is_parquet
from muslin.data.reading import Reading
from muslin.data.sizing import InputSize, choose_input
from muslin.data.sources.arrays import ArrayParts, named_in_errors, source_of_parts
from muslin.errors import DataError, PictureError
from muslin.text import join_first, note_on_pictures, plural, printable, shortened

__all__ = ["SOURCE"]

ROWS = 256  # pictures read at a time
LABELS = ("label", "labels", "class", "fine_label", "target")
PICTURES = ("image", "img", "picture", "pixel_values", "photo")
NO_LABEL = -1  # what stands where a test set's labels are not told
WIDTH = 80  # letters of column names in a message


@dataclass(frozen=True)
class _Row:
    """One picture's file as bytes, its label, and where it stands."""

    content: bytes | None
    label: Any
    where: str


@dataclass(frozen=True)
class _Columns:
    """Names of the columns of picture and label, and the classes' names, if there are any."""

    image: str
    label: str
    names: tuple[str, ...]


def read(path: Path, reading: Reading) -> ArrayParts:
    """Reads a Parquet file of pictures and labels, or a folder of them.

    Args:
        path: as for `find_shards`. A column holds pictures' files, as bytes or `{bytes, path}`, another one labels:
            numbers, with the names of the `ClassLabel` in the files' own description if there is one, or text.
        reading: the size that pictures are brought to, and what is done about damaged ones.

    Raises:
        DataError: pyarrow is not installed, a file is missing or damaged, or is not of this layout.
        SettingError: the size is outside what is allowed.
    """
    pyarrow = _pyarrow(path)
    found, notes = find_shards(path)
    try:
        with named_in_errors(printable(path)):
            files = {split: [_File(pyarrow, each) for each in shards] for split, shards in found.items()}
            labels = {split: [label for file in each for label in file.labels()] for split, each in files.items()}
            if left := sorted(
                split for split, each in labels.items() if all(label in (NO_LABEL, None) for label in each)
            ):
                notes = (*notes, f"passed over, for no picture has a label: {join_first(left) or 'all'}")
            parts = as_parts({split: each for split, each in files.items() if split not in left})
            size = _size([file for each in parts.values() for file in each], reading)
            pictures, digests, rows, more = _decoded(parts, size, reading)
    except (pyarrow.ArrowException, OSError) as error:
        said = shortened(printable(str(error)), WIDTH)
        raise DataError(f"cannot read {printable(path)}: {said}; get whole copies of its .parquet files") from error
    name = printable(path.resolve().name if path.is_dir() else path.stem)
    notes = (*notes, *filter(None, [size.reason]), *more)
    return ArrayParts(pictures, name, notes=notes, where=printable(path), digests=digests, rows=rows)


def _pyarrow(path: Path) -> Any:
    try:
        import pyarrow.parquet  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError as error:
        raise DataError(
            f"{printable(path)} is read with pyarrow, which cannot be imported ({error}); install it: "
            "pip install 'muslin[parquet]'"
        ) from error
    return pyarrow


class _File:
    """One Parquet file: its labels by themselves, and its pictures some at a time."""

    def __init__(self, pyarrow: Any, path: Path) -> None:
        self.pyarrow, self.path = pyarrow, path
        with pyarrow.parquet.ParquetFile(path) as file:
            self.columns = _columns(pyarrow, path, file.schema_arrow)

    def labels(self) -> list[Any]:
        """Returns the labels as they are named, or else numbered."""
        with self.pyarrow.parquet.ParquetFile(self.path) as file:
            return self.named(file.read(columns=[self.columns.label]).column(0).to_pylist())

    def rows(self) -> Iterator[_Row]:
        """Returns all rows, reading a few at a time."""
        number = 0
        with self.pyarrow.parquet.ParquetFile(self.path) as file:
            for batch in file.iter_batches(ROWS, columns=[self.columns.image, self.columns.label]):
                images = batch.column(self.columns.image).to_pylist()
                labels = self.named(batch.column(self.columns.label).to_pylist())
                for image, label in zip(images, labels, strict=True):
                    content = image.get("bytes") if isinstance(image, dict) else image
                    yield _Row(content, label, f"{printable(self.path)}, row {number}")
                    number += 1

    def named(self, labels: Sequence[Any]) -> list[Any]:
        names = self.columns.names
        is_named = [isinstance(label, int) and 0 <= label < len(names) for label in labels]
        return [names[label] if named else label for label, named in zip(labels, is_named, strict=True)]


def _columns(pyarrow: Any, path: Path, schema: Any) -> _Columns:
    """Returns which columns hold pictures and labels, by the file's own description or by names and types."""
    features = _features(schema)
    kinds = {name: str(each.get("_type")) for name, each in features.items() if isinstance(each, dict)}
    images = [name for name in schema.names if kinds.get(name) == "Image"]
    images = images or [field.name for field in schema if _holds_bytes(pyarrow, field.type)]
    labels = [name for name in schema.names if kinds.get(name) == "ClassLabel"]
    labels = labels or [name for name in schema.names if name.lower() in LABELS and name not in images]
    image, label = _only(images, PICTURES), _only(labels, LABELS[:1])
    if image is None or label is None:
        role = "pictures" if image is None else "labels"
        wanted = "image, of {bytes, path}" if image is None else "label, of numbers or names"
        raise DataError(
            f"{printable(path)} has the columns {shortened(printable(', '.join(schema.names)), WIDTH)}, of which "
            f"{len(images) if image is None else len(labels)} could be the {role}; one called {wanted}, is needed"
        )
    names = features.get(label, {}).get("names") if label in features else None
    return _Columns(image, label, tuple(map(str, names or ())))


def _features(schema: Any) -> dict[str, Any]:
    """Returns what a data set says of its columns; nothing where it says nothing that can be understood."""
    try:
        told = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        features = told["info"]["features"]
    except (ValueError, KeyError, TypeError):
        return {}
    return features if isinstance(features, dict) else {}


def _holds_bytes(pyarrow: Any, kind: Any) -> bool:
    types = pyarrow.types
    is_file = types.is_struct(kind) and kind.get_field_index("bytes") >= 0
    return bool(is_file or types.is_binary(kind) or types.is_large_binary(kind))


def _only(found: Sequence[str], preferred: Sequence[str]) -> str | None:
    """Returns the only one of some columns, or the only one with a name that is preferred."""
    chosen = found if len(found) == 1 else [name for name in found if name.lower() in preferred]
    return chosen[0] if len(chosen) == 1 else None


def _size(files: Sequence[_File], reading: Reading) -> InputSize:
    """Returns what pictures are brought to, by their headers; with a reason where that is not their own size."""
    if reading.shape:
        return InputSize(*reading.shape, "")
    sizes, modes = [], []
    for file in files:
        for row in file.rows():
            try:
                with Image.open(io.BytesIO(row.content or b"")) as image:
                    sizes.append(image.size)
                    modes.append(image.mode)
            except Exception:  # noqa: S112 - Pillow raises anything at all; decoding will say what is wrong
                continue
    size = choose_input(sizes, modes, most=reading.most, size=reading.size)
    return replace(size, reason="") if set(sizes) == {(size.width, size.height)} else size


def _decoded(
    parts: Mapping[str, Sequence[_File]], size: InputSize, reading: Reading
) -> tuple[dict[str, tuple[Any, Any]], dict[str, list[str]], dict[str, list[int]], list[str]]:
    """Returns each part's pictures (N, H, W, C) uint8 and labels, their SHA-256 and rows, and what was done to them."""
    done, problems, total = Counter[str](), list[str](), 0
    decoded, digests, rows = {}, defaultdict[str, list[str]](list), defaultdict[str, list[int]](list)
    for part, files in parts.items():
        pictures: list[NDArray[np.uint8]] = []
        labels: list[Any] = []
        for number, row in enumerate(row for file in files for row in file.rows()):
            total += 1
            try:
                image, made = decode_picture(row.content or b"", row.where)
            except PictureError as error:
                problems.append(str(error))
                continue
            done.update(made)
            pictures.append(fit_to_shape(image, size.shape))
            labels.append(row.label)
            rows[part].append(number)
            digests[part].append(hashlib.sha256(row.content or b"").hexdigest())
        images = np.stack(pictures) if pictures else np.empty((0, *size.shape), np.uint8)
        decoded[part] = images.transpose(0, 2, 3, 1), as_numpy(labels, "labels")
    if problems and (reading.on_bad == "stop" or not may_be_left_out(len(problems), total)):
        raise bad_pictures(problems, total, reading.on_bad)
    notes = [note_on_pictures(count, note) for note, count in done.items()]
    if problems:
        notes.append(f"{plural(len(problems), 'damaged picture')} left out")
    return decoded, dict(digests), dict(rows), notes


SOURCE = source_of_parts(
    "a .parquet file",
    lambda origin: is_parquet(Path(str(origin))),
    lambda origin, options: read(Path(str(origin)), options.reading),
)
