"""Tiny examples of every source of data, for the contract tests: to add a source is to add an example."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet
from PIL import Image
from torch import Tensor
from torch.utils.data import TensorDataset

from muslin.data.arrays.given import read_given
from muslin.data.sources import arrays, fashion_mnist, idx, npz, parquet, picture_files, pixel_table
from muslin.data.sources.source import Origin
from tests.samples import bars, write_pictures

TRAIN, TEST = (300, 1, 12, 3, 0), (60, 1, 12, 3, 1)


def bundled(_: Path) -> Origin:
    return fashion_mnist.NAME


def folder_of_pictures(root: Path) -> Origin:
    write_pictures(root / "bars", *bars(*TRAIN))
    return root / "bars"


def csv_of_pictures(root: Path) -> Origin:
    for split, settings in (("train", TRAIN), ("test", TEST)):
        write_pictures(root / split, *bars(*settings))
    with (root / "list.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["path", "label", "split"])
        for path in sorted(root.rglob("*.png")):
            split, label, _ = path.relative_to(root).parts
            lines.writerow([path.relative_to(root), label, split])
    return root / "list.csv"


def write_pixels(path: Path, images: Tensor, labels: Tensor) -> Path:
    """Writes (N, C, H, W) pictures as a table, a row a picture, channel by channel."""
    rows = np.column_stack([labels.numpy(), images.flatten(1).numpy()])
    header = ",".join(["label", *(f"pixel{number}" for number in range(1, rows.shape[1]))])
    np.savetxt(path, rows, fmt="%d", delimiter=",", header=header, comments="")
    return path


def csv_of_pixels(root: Path) -> Origin:
    write_pixels(root / "bars_test.csv", *bars(*TEST))
    return write_pixels(root / "bars_train.csv", *bars(*TRAIN))


def csv_of_pixels_in_one(root: Path) -> Origin:
    return write_pixels(root / "bars.csv", *bars(*TRAIN))


def idx_files(root: Path) -> Origin:
    for part, settings in (("train", TRAIN), ("t10k", TEST)):
        images, labels = bars(*settings)
        for name, values in (("images-idx3", images[:, 0].numpy()), ("labels-idx1", labels.numpy().astype(np.uint8))):
            header = bytes([0, 0, 8, values.ndim]) + b"".join(n.to_bytes(4, "big") for n in values.shape)
            (root / f"{part}-{name}-ubyte").write_bytes(header + values.tobytes())
    return root


def npz_with_splits(root: Path) -> Origin:
    (train, train_labels), (test, test_labels) = ([part.numpy() for part in bars(*count)] for count in (TRAIN, TEST))
    path = root / "bars.npz"
    np.savez(
        path,
        train_images=train[:, 0], train_labels=train_labels, test_images=test[:, 0], test_labels=test_labels,
    )  # fmt: skip
    return path


def npz_in_one(root: Path) -> Origin:
    images, labels = bars(*TRAIN)
    np.savez(root / "all.npz", images=images[:, 0].numpy(), labels=labels.numpy())
    return root / "all.npz"


def arrays_with_test(_: Path) -> Origin:
    return read_given((bars(*TRAIN), bars(*TEST)))


def arrays_in_one(_: Path) -> Origin:
    return read_given(bars(*TRAIN))


def dataset_of_torch(_: Path) -> Origin:
    return read_given((TensorDataset(*bars(*TRAIN)), TensorDataset(*bars(*TEST))))


def write_parquet(path: Path, images: Tensor, labels: Tensor) -> Path:
    """Writes pictures as a data set is published: PNG in {bytes, path}, labels by the names `bar 0` and so on."""
    rows = [{"bytes": png_of(image), "path": None} for image in images]
    schema = pyarrow.schema(
        {"image": pyarrow.struct({"bytes": pyarrow.binary(), "path": pyarrow.string()}), "label": pyarrow.int64()}
    )
    names = [f"bar {label}" for label in range(3)]
    features = {"image": {"_type": "Image"}, "label": {"_type": "ClassLabel", "names": names}}
    described = schema.with_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    path.parent.mkdir(parents=True, exist_ok=True)
    pyarrow.parquet.write_table(pyarrow.table({"image": rows, "label": labels.tolist()}, described), path)
    return path


def png_of(image: Tensor) -> bytes:
    """Returns a (C, H, W) picture as a PNG file's content."""
    file = io.BytesIO()
    Image.fromarray(image[0].numpy() if len(image) == 1 else image.permute(1, 2, 0).numpy()).save(file, "PNG")
    return file.getvalue()


def parquet_folder(root: Path) -> Origin:
    images, labels = bars(*TRAIN)
    for number, part in enumerate((slice(200), slice(200, None))):
        write_parquet(root / "data" / f"train-0000{number}-of-00002.parquet", images[part], labels[part])
    write_parquet(root / "data" / "test-00000-of-00001.parquet", *bars(*TEST))
    return root


def parquet_in_one(root: Path) -> Origin:
    return write_parquet(root / "bars.parquet", *bars(*TRAIN))


EXAMPLES: dict[str, tuple[Callable[[Path], Origin], ...]] = {
    fashion_mnist.SOURCE.name: (bundled,),
    picture_files.SOURCE.name: (folder_of_pictures, csv_of_pictures),
    pixel_table.SOURCE.name: (csv_of_pixels, csv_of_pixels_in_one),
    idx.SOURCE.name: (idx_files,),
    npz.SOURCE.name: (npz_with_splits, npz_in_one),
    parquet.SOURCE.name: (parquet_folder, parquet_in_one),
    arrays.SOURCE.name: (arrays_with_test, arrays_in_one, dataset_of_torch),
}
