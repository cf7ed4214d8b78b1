import csv
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from muslin.data.check.findings_table import findings_csv
from muslin.data.check.mend import Mended, mend_labels, mended_path
from muslin.data.images import ImageData, Splits
from muslin.data.reading import Reading
from muslin.data.sources.registry import load_placed_splits
from muslin.data.sources.source import Origin, Places
from muslin.errors import DataError, SettingError
from tests.data.check.findings import findings, one
from tests.data.sources.examples import EXAMPLES, csv_of_pictures, folder_of_pictures, npz_with_splits
from tests.samples import bars, write_pictures

IN_FILES = [
    make
    for name, makers in EXAMPLES.items()
    for make in makers
    if name not in ("'fashion-mnist'", "arrays (in Python)")
]


def load(origin: Origin) -> tuple[Splits, Places]:
    return load_placed_splits(origin, validation=30, reading=Reading(threads=1))


def parts(splits: Splits) -> dict[str, ImageData]:
    return {"train": splits.train, "validation": splits.validation, "test": splits.test}


def table_of(path: Path, places: Places, *rows: tuple[str, str, str]) -> Path:
    found = [one(name=name, label=label, likely=likely) for name, label, likely in rows]
    path.write_text(findings_csv(findings(*found, are_files=places.root is not None)), encoding="utf-8")
    return path


def mend_first(origin: Origin, where: Path) -> tuple[Mended, Splits]:
    """Mends the first label of each split to the next class."""
    splits, places = load(origin)
    classes = splits.spec.classes
    rows = [
        (places.names[split][0], classes[data.labels[0]], classes[(int(data.labels[0]) + 1) % len(classes)])
        for split, data in parts(splits).items()
    ]
    table = table_of(where / "findings.csv", places, *rows)
    out = mended_path(str(origin), places.root)
    return mend_labels(table, splits, places, out), splits


def snapshot(root: Path) -> dict[Path, tuple[bytes, int]]:
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("make", IN_FILES, ids=lambda make: make.__name__)
def test_what_is_written_is_the_same_data_with_other_labels(make: Callable[[Path], Origin], tmp_path):
    (tmp_path / "data").mkdir()
    origin = make(tmp_path / "data")
    before = snapshot(tmp_path / "data")
    mended, splits = mend_first(origin, tmp_path)
    assert mended.changed == 3
    after = snapshot(tmp_path / "data")
    assert {path: after[path] for path in before} == before  # no file was touched
    again, _ = load(mended.path)
    assert again.spec.classes == splits.spec.classes
    for split, data in parts(splits).items():
        new = parts(again)[split]
        order, new_order = (torch.tensor(np.lexsort(each.images.flatten(1).T.numpy())) for each in (data, new))
        assert torch.equal(data.images[order], new.images[new_order])
        labels = data.labels.clone()
        labels[0] = (labels[0] + 1) % len(splits.spec.classes)
        assert torch.equal(labels[order], new.labels[new_order])


def test_mended_again(tmp_path):
    mended, _ = mend_first(folder_of_pictures(tmp_path), tmp_path)
    again, _ = mend_first(mended.path, tmp_path)
    assert again.path.name == "bars-mended-mended.csv"
    assert load(again.path)[0].spec.classes == load(mended.path)[0].spec.classes


def test_names_and_classes_of_any_letters(tmp_path):
    images, labels = bars(24, 1, 12, 3, 0)
    write_pictures(tmp_path / "data", images, labels)
    names = ["=1+1", 'a, "b"', "two\nlines"]
    for label, name in enumerate(names):
        (tmp_path / "data" / f"bar {label}").rename(tmp_path / "data" / name)
    mended, splits = mend_first(tmp_path / "data", tmp_path)
    again, _ = load(mended.path)
    assert again.spec.classes == splits.spec.classes == tuple(sorted(names))
    with mended.path.open(newline="", encoding="utf-8") as file:
        assert not any(row["path"].startswith("=") for row in csv.DictReader(file))


def test_a_table_in_the_folder_itself_starts_no_path_like_a_formula(tmp_path):
    write_pictures(tmp_path / "data", *bars(24, 1, 12, 3, 0))
    (tmp_path / "data" / "bar 0").rename(tmp_path / "data" / "=1")
    splits, places = load(tmp_path / "data")
    out = tmp_path / "data" / "mended.csv"
    mend_labels(table_of(tmp_path / "f.csv", places), splits, places, out)
    assert '"./=1/' in out.read_text()
    assert load(out)[0].spec.classes == splits.spec.classes
    assert load(tmp_path / "data")[0].spec.classes == splits.spec.classes  # the table is passed over there


def test_a_link_to_the_data(tmp_path):
    (tmp_path / "real").mkdir()
    origin = folder_of_pictures(tmp_path / "real")
    (tmp_path / "link").symlink_to(origin)
    mended, _ = mend_first(tmp_path / "link", tmp_path)
    assert mended.path == tmp_path / "real" / "bars-mended.csv"
    assert load(mended.path)[0].spec.classes == load(origin)[0].spec.classes


def test_an_empty_table_changes_nothing(tmp_path):
    origin = csv_of_pictures(tmp_path)
    splits, places = load(origin)
    mended = mend_labels(table_of(tmp_path / "f.csv", places), splits, places, tmp_path / "new.csv")
    assert (mended.changed, mended.pictures) == (0, 360)


@pytest.fixture
def loaded(tmp_path) -> tuple[Splits, Places]:
    return load(npz_with_splits(tmp_path))


def test_nothing_is_overwritten(loaded, tmp_path):
    out = tmp_path / "there.npz"
    out.write_text("mine")
    with pytest.raises(SettingError, match="there already"):
        mend_labels(table_of(tmp_path / "f.csv", loaded[1]), *loaded, out)
    assert out.read_text() == "mine"
    (tmp_path / "dangling.npz").symlink_to(tmp_path / "nowhere")
    with pytest.raises(SettingError, match="there already"):
        mend_labels(table_of(tmp_path / "f.csv", loaded[1]), *loaded, tmp_path / "dangling.npz")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda name, label: (name, label, "boot"), "line 2: there is no class 'boot'; known: 0, 1, 2"),
        (lambda _, label: ("train[300]", label, "0"), r"line 2: 'train\[300\]' is not in bars"),
        (lambda _, label: ("../secret.png", label, "0"), "is not in bars"),
        (lambda name, label: (name, str((int(label) + 1) % 3), label), "look at the data anew"),
    ],
)
def test_a_line_that_does_not_fit_is_refused(change, message, loaded, tmp_path):
    splits, places = loaded
    row = change(places.names["train"][0], splits.spec.classes[splits.train.labels[0]])
    with pytest.raises(DataError, match=message):
        mend_labels(table_of(tmp_path / "f.csv", places, row), splits, places, tmp_path / "new.npz")
    assert not (tmp_path / "new.npz").exists()


def test_two_classes_for_one_picture_are_refused_and_one_twice_is_not(loaded, tmp_path):
    splits, places = loaded
    name, label = places.names["test"][0], splits.spec.classes[splits.test.labels[0]]
    one_way, other = [other for other in splits.spec.classes if other != label]
    with pytest.raises(DataError, match="line 3: .* keep one of them"):
        mend_labels(
            table_of(tmp_path / "f.csv", places, (name, label, one_way), (name, label, other)), splits, places,
            tmp_path / "new.npz",
        )  # fmt: skip
    table = table_of(tmp_path / "f.csv", places, (name, label, one_way), (name, label, one_way))
    assert mend_labels(table, splits, places, tmp_path / "new.npz").changed == 1


def test_a_class_that_would_be_left_without_pictures_is_refused(loaded, tmp_path):
    splits, places = loaded
    rows = [
        (name, "0", "1") for name, label in zip(places.names["train"], splits.train.labels, strict=True) if label == 0
    ]
    with pytest.raises(DataError, match="leaves no picture to train on of 0"):
        mend_labels(table_of(tmp_path / "f.csv", places, *rows), splits, places, tmp_path / "new.npz")


def test_a_table_beside_the_pictures_is_refused(tmp_path):
    splits, places = load(folder_of_pictures(tmp_path))
    (tmp_path / "else").mkdir()
    with pytest.raises(SettingError, match="a table names only what is below it"):
        mend_labels(table_of(tmp_path / "f.csv", places), splits, places, tmp_path / "else" / "t.csv")


def test_a_class_with_spaces_around_it_is_refused(tmp_path):
    write_pictures(tmp_path / "data", *bars(24, 1, 12, 3, 0))
    (tmp_path / "data" / "bar 0").rename(tmp_path / "data" / " bar")
    splits, places = load(tmp_path / "data")
    with pytest.raises(DataError, match="begins or ends with a space"):
        mend_labels(table_of(tmp_path / "f.csv", places), splits, places, tmp_path / "t.csv")


@pytest.mark.skipif(os.name != "posix", reason="names are Unicode elsewhere")
def test_a_name_that_is_no_unicode_is_refused(tmp_path):
    write_pictures(tmp_path / "data", *bars(24, 1, 12, 3, 0))
    first = next((tmp_path / "data").rglob("*.png"))
    first.rename(os.fsdecode(os.fsencode(first.parent) + b"/\xff.png"))
    splits, places = load(tmp_path / "data")
    with pytest.raises(DataError, match="no Unicode"):
        mend_labels(table_of(tmp_path / "f.csv", places), splits, places, tmp_path / "t.csv")
    assert not (tmp_path / "t.csv").exists()


def test_a_place_that_cannot_be_written_is_told(loaded, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingError, match="cannot write"):
        mend_labels(table_of(tmp_path / "f.csv", loaded[1]), *loaded, tmp_path / "file" / "new.npz")
