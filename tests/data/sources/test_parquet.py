import hashlib
import json
import sys

import pyarrow.parquet
import pytest
import torch

from muslin.data.files.kinds import list_picture_files
from muslin.data.reading import Reading
from muslin.data.sources.registry import load_sample, load_splits
from muslin.errors import DataError
from tests.data.sources.examples import parquet_folder, png_of, write_parquet
from tests.samples import bars

IMAGES, LABELS = bars(300, 1, 12, 3, 0)
PNGS = [png_of(image) for image in IMAGES]


def write(path, features=None, **columns):
    table = pyarrow.table(columns)
    if features is not None:
        table = table.replace_schema_metadata({"huggingface": json.dumps(features)})
    pyarrow.parquet.write_table(table, path)
    return path


def described(**kinds):
    return {"info": {"features": {name: {"_type": kind} | more for name, (kind, more) in kinds.items()}}}


def test_labels_are_called_by_the_names_that_the_files_give(tmp_path):
    splits = load_splits(parquet_folder(tmp_path))
    assert splits.spec.classes == ("bar 0", "bar 1", "bar 2")
    assert splits.notes == ()
    assert len(splits.train) + len(splits.validation) == 300
    pixels = {image.numpy().tobytes(): int(label) for image, label in zip(IMAGES, LABELS, strict=True)}
    read = zip(splits.train.images, splits.train.labels, strict=True)
    assert all(pixels[image.numpy().tobytes()] == label for image, label in read)


@pytest.mark.parametrize(
    "columns",
    [
        {"image": PNGS, "label": LABELS.tolist()},
        {"jpeg": pyarrow.array(PNGS, pyarrow.large_binary()), "target": [str(label) for label in LABELS.tolist()]},
        {"mask": PNGS, "img": PNGS, "labels": LABELS.tolist(), "id": LABELS.tolist()},
        {"features": "not that of a data set", "image": PNGS, "label": LABELS.tolist()},
    ],
)
def test_columns_are_known_by_name_and_type_without_a_description(tmp_path, columns):
    features = columns.get("features")
    path = write(tmp_path / "a.parquet", features, **{name: c for name, c in columns.items() if name != "features"})
    assert load_splits(path).spec.classes == ("0", "1", "2")


def test_the_description_says_which_columns_count(tmp_path):
    names = {"names": ["low", "mid", "high"]}
    path = write(
        tmp_path / "a.parquet",
        described(scan=("Image", {}), kind=("ClassLabel", names), label=("Value", {}), image=("Value", {})),
        image=PNGS, scan=[{"bytes": png, "path": None} for png in PNGS], label=[0] * 300, kind=LABELS.tolist(),
    )  # fmt: skip
    assert load_splits(path).spec.classes == ("high", "low", "mid")


def test_a_test_set_without_labels_is_passed_over(tmp_path):
    write_parquet(tmp_path / "train.parquet", IMAGES, LABELS)
    write_parquet(tmp_path / "test.parquet", IMAGES[:9], LABELS[:9] * 0 - 1)
    splits = load_splits(tmp_path)
    assert 30 < len(splits.test) < 90, "about a fifth"
    assert splits.notes[0] == "passed over, for no picture has a label: test"


def test_a_set_with_validation_alone_keeps_it_and_a_test_set_is_cut(tmp_path):
    write_parquet(tmp_path / "train.parquet", IMAGES, LABELS)
    write_parquet(tmp_path / "validation.parquet", *bars(30, 1, 12, 3, 2))
    splits = load_splits(tmp_path)
    assert (len(splits.train) + len(splits.test), len(splits.validation)) == (300, 30)


def test_pictures_of_several_sizes_are_brought_to_one(tmp_path):
    images = [*IMAGES[:150], *torch.nn.functional.interpolate(IMAGES[150:], (30, 40))]
    path = write(tmp_path / "a.parquet", image=[png_of(image) for image in images], label=LABELS.tolist())
    splits = load_splits(path)
    assert splits.spec.height == splits.spec.width == 28
    assert splits.notes[0].startswith("input is 28 x 28, grey, as all pictures are: by the pictures' shorter side")
    assert load_splits(path, reading=Reading(size=16)).spec.width == 16
    assert load_sample(path, (1, 28, 28), "cut").images.shape == splits.test.images.shape
    assert load_sample(path, (3, 9, 9)).images.shape == (300, 3, 9, 9)


def test_damaged_pictures_stop_or_few_are_left_out(tmp_path):
    path = write(tmp_path / "a.parquet", image=[PNGS[0][:60], *PNGS[1:]], label=LABELS.tolist())
    with pytest.raises(DataError, match=r"1 of 300 pictures cannot .*a.parquet, row 0: .*--on-bad"):
        load_splits(path)
    splits = load_splits(path, reading=Reading(on_bad="skip"))
    assert len(splits.train) + len(splits.validation) + len(splits.test) == 299
    assert "1 damaged picture left out" in splits.notes


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"text": ["a"] * 300, "label": LABELS.tolist()}, "the columns text, label, of which 0 could be the pictures"),
        ({"image": PNGS, "coarse": [0] * 300}, "of which 0 could be the labels; one called label, of numbers"),
        ({"a": PNGS, "b": PNGS, "label": LABELS.tolist()}, "of which 2 could be the pictures; one called image"),
        ({"x" * 500: PNGS}, "has the columns x{79}…, of which 0 could be the labels"),
        ({"image": PNGS, "label": [[1, 1]] * 300}, "300 pictures of 300 have several labels"),
        ({"image": PNGS, "label": [[0], [0, 1]] * 150}, "labels are no array"),
        ({"image": PNGS, "label": [None, 1] * 150}, "labels are"),
        ({"image": PNGS, "label": [-1, 1] * 150}, "labels run from -1 to 1"),
        ({"image": [None] * 300, "label": LABELS.tolist()}, "could be the pictures|no picture"),
        ({"image": PNGS[:0], "label": []}, "a.parquet"),
    ],
)
def test_what_is_of_another_layout_is_named(tmp_path, columns, message):
    with pytest.raises(DataError, match=message):
        load_splits(write(tmp_path / "a.parquet", **columns))


def test_a_file_that_was_cut_is_named(tmp_path):
    path = write(tmp_path / "a.parquet", image=PNGS, label=LABELS.tolist())
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match=r"cannot read .*a.parquet.*; get whole copies"):
        load_splits(path)


def test_without_pyarrow_the_extra_is_named(tmp_path, monkeypatch):
    path = write_parquet(tmp_path / "a.parquet", IMAGES[:3], LABELS[:3])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(DataError, match=r"a.parquet is read with pyarrow, .*: pip install 'muslin\[parquet\]'"):
        load_splits(path)


def test_commands_on_picture_files_say_what_it_is(tmp_path):
    write_parquet(tmp_path / "a.parquet", IMAGES[:3], LABELS[:3])
    for path, kind in ((tmp_path, "a folder of .parquet files"), (tmp_path / "a.parquet", "a .parquet file")):
        with pytest.raises(DataError, match=f"is {kind}, not a folder of pictures"):
            list_picture_files(path)


def test_what_is_tested_on_stays_where_more_pictures_change_the_size(tmp_path):
    files = [png_of(image.repeat_interleave(2 + number % 2, 1)) for number, image in enumerate(IMAGES[:60])]
    large = [png_of(image.repeat_interleave(8, 1).repeat_interleave(8, 2)) for image in IMAGES[:150]]
    few = write(tmp_path / "few.parquet", image=files, label=LABELS[:60].tolist())
    more = write(
        tmp_path / "more.parquet", image=[*files, *large], label=[*LABELS[:60].tolist(), *LABELS[:150].tolist()]
    )
    low = [int(hashlib.sha256(content).hexdigest()[:8], 16) < 16**8 // 5 for content in (*files, *large)]
    shapes = set()
    for path, count in ((few, 60), (more, 210)):
        splits = load_splits(path)
        assert splits.test.labels.tolist() == [int(LABELS[i if i < 60 else i - 60]) for i in range(count) if low[i]]
        shapes.add(splits.test.images.shape[1:])
    assert len(shapes) == 2
