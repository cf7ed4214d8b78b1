import hashlib

import numpy as np
import pytest

from muslin.data.sources import fashion_mnist
from muslin.data.sources.idx import read_idx
from muslin.errors import DataError


@pytest.fixture(scope="module")
def data():
    return fashion_mnist.load(validation=2000, seed=0)


def test_is_whole_and_split_by_class(data):
    assert [len(part) for part in (data.train, data.validation, data.test)] == [58_000, 2_000, 10_000]
    assert data.validation.labels.bincount().tolist() == [200] * 10
    assert data.test.labels.bincount().tolist() == [1000] * 10
    assert data.spec.classes[9] == "Ankle boot"


def test_statistics_are_the_training_sets(data):
    pixels = data.train.images.numpy().astype(np.int64)
    count, total, squares = pixels.size, int(pixels.sum()), int((pixels**2).sum())  # whole numbers: exact
    assert data.spec.mean == pytest.approx([total / count / 255], rel=1e-13)
    assert data.spec.std == pytest.approx([(count * squares - total**2) ** 0.5 / count / 255], rel=1e-13)
    assert 255 * data.spec.mean[0] == pytest.approx(72.94, abs=0.2)  # all 60,000, as published


def test_bundled_files_have_the_published_hashes():
    for name, digest in fashion_mnist.SHA256.items():
        values = read_idx(fashion_mnist.FOLDER / f"{name}.gz")
        lengths = b"".join(n.to_bytes(4, "big") for n in values.shape)
        assert hashlib.sha256(bytes([0, 0, 8, values.ndim]) + lengths + values.tobytes()).hexdigest() == digest


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte\[.gz\] is missing"):
        fashion_mnist.load(tmp_path, validation=10, seed=0)


def test_other_content_under_the_same_name_is_refused(tmp_path, write_idx):
    write_idx(tmp_path / "train-images-idx3-ubyte", np.zeros((2, 28, 28), np.uint8))
    with pytest.raises(DataError, match="is not Fashion-MNIST's c59f468a2f67"):
        fashion_mnist.load(tmp_path, validation=10, seed=0)


def test_mnist_is_refused_by_name(tmp_path, write_idx, monkeypatch):
    digits = np.zeros((2, 28, 28), np.uint8)
    path = write_idx(tmp_path / "train-images-idx3-ubyte", digits)
    monkeypatch.setattr(fashion_mnist, "MNIST_SHA256", {hashlib.sha256(path.read_bytes()).hexdigest()})
    with pytest.raises(DataError, match="is MNIST, the handwritten digits, not Fashion-MNIST"):
        fashion_mnist.load(tmp_path, validation=10, seed=0)
