import gzip

import numpy as np
import pytest

from muslin.data.sources.idx import read_idx
from muslin.data.sources.registry import load_sample, load_splits
from muslin.errors import DataError


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("shape", [(5,), (5, 4, 3), (5, 4, 3, 3)])
def test_reads_back_what_was_written(tmp_path, write_idx, shape, compress):
    values = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    path = write_idx(tmp_path / "values", values, compress=compress)
    assert (read_idx(path) == values).all()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "magic number missing"),
        (b"\0\0", "magic number 0000 is not"),
        (b"PK\x03\x04 and so on", "magic number 504b0304 is not that of an IDX file"),
        (bytes([0, 0, 13, 1, 0, 0, 0, 1, 0]), "magic number 00000d01 is not"),  # floats
        (bytes([0, 0, 8, 9]), "magic number 00000809 is not"),
        (bytes([0, 0, 8, 3, 0, 0]), "the header ends early"),
        (bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 7]), "promises 3 values (3,), the file holds only 2"),
        (bytes([0, 0, 8, 1, 0, 0, 0, 1, 7, 7]), "promises 1 values (1,), the file holds more"),
        (bytes([0, 0, 8, 3] + [255] * 12), "the file holds only 0"),
        (gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 7, 7]))[:-9], "cannot read"),
        (b"\x1f\x8bnot gzip at all", "cannot read"),
    ],
)
def test_damaged_files_are_named(tmp_path, content, message):
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(DataError) as error:
        read_idx(path)
    assert message in str(error.value)
    assert str(path) in str(error.value)


def test_a_compression_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "bomb"
    path.write_bytes(gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 1]) + bytes(50_000_000)))
    with pytest.raises(DataError, match="holds more"):
        read_idx(path)


def test_loads_a_folder(idx_folder):
    splits = load_splits(idx_folder, validation=30)
    assert [len(part) for part in (splits.train, splits.validation, splits.test)] == [270, 30, 60]
    assert splits.spec.classes == ("0", "1", "2")
    assert splits.name == "bars"


def test_labels_may_start_anywhere(idx_folder, write_idx):
    for part, count in (("train", 300), ("t10k", 60)):
        write_idx(idx_folder / f"{part}-labels-idx1-ubyte", (np.arange(count) % 3 + 1).astype(np.uint8))
    splits = load_splits(idx_folder, validation=30)
    assert splits.spec.classes == ("1", "2", "3")
    assert splits.test.labels.tolist()[:4] == [0, 1, 2, 0]


def test_prefixes_and_test_names_are_understood(idx_folder):
    for path in list(idx_folder.iterdir()):
        path.rename(idx_folder / f"emnist-letters-{path.name.replace('t10k', 'test')}")
    assert len(load_splits(idx_folder, validation=30).test) == 60


def test_a_missing_file_is_named(idx_folder):
    (idx_folder / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError, match="no IDX file of t10k labels"):
        load_splits(idx_folder, validation=30)


def test_one_part_alone(idx_folder):
    test_pair = [path.rename(idx_folder.parent / path.name) for path in idx_folder.glob("t10k*")]
    splits = load_splits(idx_folder)
    assert 30 < len(splits.test) < 90
    assert len(splits.train) + len(splits.validation) + len(splits.test) == 300
    for path in idx_folder.iterdir():
        path.unlink()
    for path in test_pair:
        path.rename(idx_folder / path.name)
    assert len(load_sample(idx_folder, (1, 12, 12)).labels) == 60
    with pytest.raises(DataError, match="bars: only pictures to test on are there; add some to train on"):
        load_splits(idx_folder)


def test_two_sets_in_one_folder_are_refused(idx_folder, write_idx):
    write_idx(idx_folder / "kmnist-train-labels-idx1-ubyte", np.zeros(3, np.uint8))
    with pytest.raises(DataError, match="more than one file of train labels"):
        load_splits(idx_folder, validation=30)


def test_counts_must_match(idx_folder, write_idx):
    write_idx(idx_folder / "train-labels-idx1-ubyte", np.zeros(299, np.uint8))
    with pytest.raises(DataError, match="300 pictures in .* but 299 labels"):
        load_splits(idx_folder, validation=30)


def test_labels_unknown_to_training_are_refused(idx_folder, write_idx):
    write_idx(idx_folder / "t10k-labels-idx1-ubyte", np.full(60, 9, np.uint8))
    with pytest.raises(DataError, match=r"labels \[9\] are in the test set but not in the training set"):
        load_splits(idx_folder, validation=30)


def test_pictures_must_look_like_pictures(idx_folder, write_idx):
    write_idx(idx_folder / "train-images-idx3-ubyte.gz", np.zeros((300, 4), np.uint8))
    with pytest.raises(DataError, match="2 dimensions; pictures have 3"):
        load_splits(idx_folder, validation=30)
