import pytest

from muslin.data.files.shards import find_shards, is_parquet
from muslin.errors import DataError
from tests.data.files.samples import fill


def names(found):
    return {split: [path.name for path in paths] for split, paths in found.items()}


@pytest.mark.parametrize(
    ("files", "splits"),
    [
        (["data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet"], {"train": 2}),
        (["train-00000-of-00001-9a8b.parquet", "validation-00000-of-00001-1c.parquet"], {"train": 1, "validation": 1}),
        (["mnist/train-00000-of-00001.parquet", "mnist/test-00000-of-00001.parquet"], {"train": 1, "test": 1}),
        (
            ["default/train/0000.parquet", "default/train/0001.parquet", "default/test/0000.parquet"],
            {"train": 2, "test": 1},
        ),
        (["a.parquet"], {"": 1}),
    ],
)
def test_splits_and_shards_are_told_by_names(tmp_path, files, splits):
    fill(tmp_path, *files, "README.md")
    assert is_parquet(tmp_path)
    found, notes = find_shards(tmp_path)
    assert {split: len(paths) for split, paths in found.items()} == splits
    assert notes == ()


def test_a_file_stands_for_its_shards_and_that_of_training_for_all_splits(tmp_path):
    fill(tmp_path, *(f"a-{n}.parquet" for n in ("train-00000-of-00002", "train-00001-of-00002", "test-00000-of-00001")))
    fill(tmp_path, "b-train-00000-of-00001.parquet", "b.parquet")
    found, notes = find_shards(tmp_path / "a-train-00001-of-00002.parquet")
    assert {split: len(paths) for split, paths in found.items()} == {"train": 2, "test": 1}
    assert notes == ("read besides: a-test-00000-of-00001.parquet, a-train-00000-of-00002.parquet",)
    for alone, split in (("a-test-00000-of-00001.parquet", "test"), ("b.parquet", "")):
        assert find_shards(tmp_path / alone) == ({split: [tmp_path / alone]}, ())


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["train-00001-of-00002.parquet"], "has 1 file of the 2 that train-00001-of-00002.parquet counts"),
        (["train-00000-of-00001.parquet", "train-00000-of-00001-1.parquet"], "has 2 files of the 1 that"),
        (["a/train.parquet", "b/train.parquet"], "holds 2 data sets .a, b.; name the folder or a file of one"),
        (["a.parquet", "b.parquet"], "holds 2 data sets .a, b.;"),
        ([], "no .parquet file at"),
    ],
)
def test_what_is_not_one_whole_data_set_is_named(tmp_path, files, message):
    fill(tmp_path, *files)
    with pytest.raises(DataError, match=message):
        find_shards(tmp_path)


def test_a_folder_of_pictures_is_none_of_parquet_files(tmp_path):
    fill(tmp_path, "cat/0.png", "index.parquet", "cat/index.parquet")
    assert not is_parquet(tmp_path)
    assert is_parquet(tmp_path / "index.parquet")
    assert not is_parquet(tmp_path / "missing.parquet")
