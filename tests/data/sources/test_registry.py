import numpy as np
import pytest

from muslin.data.sources.registry import load_splits
from muslin.errors import DataError
from tests.data.files.samples import fill


def noise(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def archive(path, **changes):
    arrays = {
        "train_images": noise(40, 14, 13, 3), "train_labels": np.arange(40) % 4,
        "test_images": noise(8, 14, 13, 3), "test_labels": np.arange(8) % 4,
    } | changes  # fmt: skip
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return path


@pytest.mark.parametrize("label_shape", [(-1,), (-1, 1)])  # MedMNIST's labels are (N, 1)
def test_npz(tmp_path, label_shape):
    path = archive(tmp_path / "cells.npz", train_labels=(np.arange(40) % 4).reshape(label_shape))
    splits = load_splits(path)
    assert (splits.spec.channels, splits.spec.height, splits.spec.width) == (3, 14, 13)
    assert splits.spec.classes == ("0", "1", "2", "3")
    assert (len(splits.train), len(splits.validation), len(splits.test), splits.name) == (36, 4, 8, "cells")


def test_npz_with_class_names_in_keras_layout(tmp_path):
    grey = noise(30, 4, 4)
    labels = np.arange(30) % 2
    np.savez(tmp_path / "a.npz", x_train=grey, y_train=labels, x_test=grey, y_test=labels, classes=["cat", "dog"])
    assert load_splits(tmp_path / "a.npz").spec.classes == ("cat", "dog")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"test_labels": None}, "needed are train_images and train_labels, test_images and"),
        ({"train_images": np.zeros((40, 14, 13, 3), np.uint8)}, "all 40 pictures are alike"),
        ({"train_labels": np.linspace(0, 1, 40)}, "one whole number or name a picture is needed"),
        ({"train_labels": np.zeros((40, 2), int)}, "40 pictures of 40 have several labels or none"),
        ({"train_labels": np.zeros(39, int)}, "40 pictures but 39 labels"),
        ({"test_labels": np.full(8, 7)}, "labels .7. are in the test set but not in the training set"),
        ({"test_images": np.zeros((8, 13, 13, 3), np.uint8)}, "use pictures of one size"),
        ({"train_labels": np.array([object()] * 40)}, "without Python objects"),
    ],
)
def test_npz_that_does_not_fit(tmp_path, changes, message):
    with pytest.raises(DataError, match=message):
        load_splits(archive(tmp_path / "bad.npz", **changes))


def test_npz_with_validation_pictures(tmp_path):
    held_out = {"val_images": np.full((7, 14, 13, 3), 9, np.uint8), "val_labels": np.zeros((7, 1), np.uint8)}
    splits = load_splits(archive(tmp_path / "cells.npz", **held_out))
    assert (len(splits.train), len(splits.validation), len(splits.test)) == (40, 7, 8)
    assert (splits.validation.images == 9).all()


def test_npz_with_all_in_one(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (100, 14, 13), dtype=np.uint8)
    images[1:11:2] = images[21]  # six of class 1 are equal: they stay on one side
    labels = np.arange(100) % 2
    np.savez(tmp_path / "one.npz", images=images, labels=labels[:, None], classes=["cat", "dog"])
    splits = load_splits(tmp_path / "one.npz")
    assert 10 < len(splits.test) < 35, "about a fifth"
    assert len(splits.validation) == (100 - len(splits.test)) // 10
    parts = [part.images[:, 0].numpy() for part in (splits.train, splits.validation, splits.test)]
    assert (np.concatenate([part.reshape(len(part), -1).sum(1) for part in parts]).sum()) == images.sum()
    in_test = [image.tobytes() for image in parts[2]].count(images[21].tobytes())
    assert in_test in (0, 6)
    order = np.random.default_rng(1).permutation(100)
    np.savez(tmp_path / "other.npz", images=images[order], labels=labels[order])
    again = load_splits(tmp_path / "other.npz").test.images[:, 0].numpy()
    assert sorted(image.tobytes() for image in again) == sorted(image.tobytes() for image in parts[2])


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (noise(0, 4, 4), np.zeros(0, int), "no pictures"),
        (np.zeros((9, 4, 4), np.uint8), np.zeros(8, int), "9 pictures but 8 labels"),
        (np.zeros((9, 4, 4), np.uint8), np.arange(9) - 1, "labels run from -1"),
        (np.zeros((9, 4, 4), np.uint8), np.int64(3), "whole number or name a picture is needed"),
    ],
)
def test_npz_with_all_in_one_that_does_not_fit(tmp_path, images, labels, message):
    np.savez(tmp_path / "bad.npz", images=images, labels=labels)
    with pytest.raises(DataError, match=message):
        load_splits(tmp_path / "bad.npz")


def test_what_is_not_there_or_not_understood(tmp_path):
    (tmp_path / "notes.txt").write_text("no pictures")
    (tmp_path / "broken.npz").write_text("no archive")
    (tmp_path / "empty").mkdir()
    fill(tmp_path / "tables", "b.tsv", "a.csv", "README.md")
    for source, message in (
        ("nowhere", "no data at nowhere; give 'fashion-mnist'"),
        ("notes.txt", "neither a folder of pictures, a .csv that names them, a .csv of pixels, .* nor a .parquet file"),
        ("broken.npz", "cannot read"),
        ("tables", r"holds no pictures, but tables \(a.csv, b.tsv\); name one of them"),
        ("empty", "holds neither folders of pictures, one a class, nor IDX files"),
    ):
        with pytest.raises(DataError, match=message):
            load_splits(tmp_path / source if source != "nowhere" else source)


def test_small_pictures_are_enlarged(tmp_path):
    path = archive(tmp_path / "small.npz", train_images=noise(40, 8, 9, 3), test_images=noise(8, 8, 9, 3))
    splits = load_splits(path)
    assert (splits.spec.height, splits.spec.width) == (16, 18)
    assert splits.notes[0] == "pictures of 9 x 8 are enlarged 2 times"
