"""Fashion-MNIST, bundled: 60,000 + 10,000 grey 28x28 pictures of 10 kinds of garment (Xiao et al., 2017, 1708.07747).

The four official, de-duplicated files travel with the package and are checked by SHA-256 of their uncompressed bytes.
"""

import hashlib
from pathlib import Path

import torch

from muslin.data.images import Splits
from muslin.data.sources.idx import Pixels, as_images, read_idx
from muslin.data.sources.outline import outline_of
from muslin.data.sources.source import LoadOptions, Origin, Places, Sample, Source
from muslin.data.split import cut_validation, train_validation_test
from muslin.errors import DataError

__all__ = ["CLASSES", "FOLDER", "NAME", "load"]

NAME = "fashion-mnist"
FOLDER = Path(__file__).parents[1] / "fashion-mnist"
CLASSES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip

SHA256 = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}
MNIST_SHA256 = {
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "ff7bcfd416de33731a308c3f266cd351222c34898ecbeaf847f06e48f7ec33f2",
}


def load(folder: Path = FOLDER, *, validation: int, seed: int) -> Splits:
    """Reads and verifies Fashion-MNIST.

    Args:
        folder: a folder with the four official files, compressed or not; by default the bundled ones.
        validation: pictures to hold out of the 60,000.
        seed: any int; chooses which.

    Raises:
        DataError: a file is missing or damaged, or its content is another data set's (MNIST has the same names).
    """
    train_images, train_labels, test_images, test_labels = (_verified(folder, name) for name in SHA256)
    return train_validation_test(
        (as_images(train_images), torch.from_numpy(train_labels.astype("int64"))),
        (as_images(test_images), torch.from_numpy(test_labels.astype("int64"))),
        CLASSES,
        NAME,
        validation=validation,
        seed=seed,
    )


def _verified(folder: Path, name: str) -> Pixels:
    path = next((p for p in (folder / f"{name}.gz", folder / name) if p.exists()), None)
    if path is None:
        raise DataError(f"{folder}: {name}[.gz] is missing; reinstall muslin, or point to a folder with all four files")
    values = read_idx(path)
    hashed = hashlib.sha256(_header(values))
    hashed.update(values.reshape(-1).data)
    digest = hashed.hexdigest()
    if digest in MNIST_SHA256:
        raise DataError(f"{path} is MNIST, the handwritten digits, not Fashion-MNIST; to train on it, name its folder")
    if digest != SHA256[name]:
        raise DataError(f"{path}: SHA-256 {digest[:12]}… is not Fashion-MNIST's {SHA256[name][:12]}…; get a whole copy")
    return values


def _header(values: Pixels) -> bytes:
    lengths = b"".join(n.to_bytes(4, "big") for n in values.shape)
    return bytes([0, 0, 8, values.ndim]) + lengths


def _load(_: Origin, options: LoadOptions) -> Splits:
    return load(validation=options.validation, seed=options.seed)


def _places(_: Origin, options: LoadOptions) -> Places:
    labels = torch.from_numpy(_verified(FOLDER, "train-labels-idx1-ubyte").astype("int64"))
    kept, out = cut_validation(labels, options.validation, options.seed)
    rows = {"train": kept, "validation": out}
    names = {split: tuple(f"train[{row}]" for row in each.tolist()) for split, each in rows.items()}
    tested = len(_verified(FOLDER, "t10k-labels-idx1-ubyte"))
    return Places(None, names | {"test": tuple(f"test[{row}]" for row in range(tested))})


def _sample(origin: Origin, options: LoadOptions) -> Sample:
    splits = _load(origin, options)
    if options.part != "all":
        return Sample(NAME, "test", splits.test.images, splits.test.labels, CLASSES, None, ())
    parts = (splits.train, splits.validation, splits.test)
    images, labels = (torch.cat(tensors) for tensors in zip(*((p.images, p.labels) for p in parts), strict=True))
    return Sample(NAME, "all", images, labels, CLASSES, None, ())


SOURCE = Source(
    repr(NAME),
    lambda origin: origin == NAME,
    _load,
    lambda origin, options: (_load(origin, options), _places(origin, options)),
    _places,
    _sample,
    lambda origin, options: outline_of(_load(origin, options)),
)
