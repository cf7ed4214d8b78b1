import os
from collections import Counter
from pathlib import Path

import pytest

from muslin.data.files.folders import is_picture_folder, list_folder
from muslin.errors import DataError
from muslin.text import printable
from tests.data.files.samples import fill, names_of, three_each


def test_a_sub_folder_is_a_class(tmp_path):
    listing = list_folder(three_each(tmp_path / "pets", "dog", "cat"))
    assert listing.name == "pets"
    assert listing.classes == ("cat", "dog")
    assert names_of(listing)[::3] == [("", "cat/0.png", "cat"), ("", "dog/0.png", "dog")]
    assert listing.notes == ()


@pytest.mark.parametrize("validation", ["validation", "val", "valid", "Val"])
def test_split_folders_hold_the_classes(tmp_path, validation):
    three_each(tmp_path, "train/cat", "train/dog", f"{validation}/cat", f"{validation}/dog", "test/cat", "test/dog")
    listing = list_folder(tmp_path)
    assert listing.splits == {"train", "validation", "test"}
    assert Counter(e.split for e in listing.entries) == {"train": 6, "validation": 6, "test": 6}
    assert [e.split for e in listing.entries] == sorted(e.split for e in listing.entries)


def test_train_may_be_the_name_of_a_class(tmp_path):
    assert list_folder(three_each(tmp_path, "train", "bus")).classes == ("bus", "train")


def test_files_further_down_belong_to_their_class(tmp_path):
    three_each(tmp_path, "cat/black/old", "cat", "dog")
    assert Counter(names_of(list_folder(tmp_path))[i][2] for i in range(9)) == {"cat": 6, "dog": 3}


def test_system_and_hidden_files_are_ignored(tmp_path):
    three_each(tmp_path, "cat", "dog", ".git", "__MACOSX", "cat/__MACOSX", "dog/.cache")
    fill(tmp_path, ".DS_Store", "cat/.DS_Store", "cat/Thumbs.db", "dog/._0.png", "dog/desktop.ini")
    listing = list_folder(tmp_path)
    assert len(listing.entries) == 6
    assert listing.notes == ()


def test_what_is_passed_over_is_noted(tmp_path):
    three_each(tmp_path, "cat", "dog")
    fill(tmp_path, "a.png", "README", "cat/labels.TXT", "cat/a.json", "dog/b.json", "dog/no suffix")
    listing = list_folder(tmp_path)
    assert len(listing.entries) == 7  # what has no known suffix may be a picture
    assert listing.notes == (
        f"files of {tmp_path.name} passed over because they are in no class folder: 2 (README, a.png)",
        "files passed over because they are no pictures: 2 .json, 1 .txt",
    )


ODD_NAMES = [b"two words.png", "Zürich 東京 🙂.png".encode(), b"new\nline.png", b"not utf-8 \xff\xfe.png", b"-rf"]


def test_odd_names_work(tmp_path):
    three_each(tmp_path, "a b", "c\nd")
    for name in ODD_NAMES:
        Path(os.fsdecode(os.fsencode(tmp_path / "a b") + b"/" + name)).write_bytes(name)
    listing = list_folder(tmp_path)
    assert listing.classes == ("a b", "c\nd")
    assert {entry.path.read_bytes() for entry in listing.entries} >= set(ODD_NAMES)
    assert all(printable(entry.path).isprintable() for entry in listing.entries)


def test_a_link_to_a_file_of_the_data_is_followed(tmp_path):
    three_each(tmp_path, "cat", "dog")
    (tmp_path / "cat" / "link.png").symlink_to("../dog/0.png")
    assert len(list_folder(tmp_path).entries) == 7


@pytest.mark.parametrize(
    ("link", "target", "message"),
    [
        ("cat/out.png", "../../outside.png", "leads out of the data, to .*outside.png"),
        ("cat/out", "../..", "leads out of the data"),
        ("cat/loop", "loop", "leads nowhere or in a loop"),
        ("cat/gone.png", "nothing.png", "leads nowhere or in a loop"),
        ("cat/up", "..", "leads to a folder"),
        ("cat/same", "../dog", "leads to a folder"),
        ("bird", "dog", "leads to a folder"),
        ("bird", "bird", "leads nowhere or in a loop"),
    ],
)
def test_other_links_are_refused(tmp_path, link, target, message):
    root = three_each(tmp_path / "data", "cat", "dog")
    fill(tmp_path, "outside.png")
    (root / link).symlink_to(target)
    with pytest.raises(DataError, match=message) as error:
        list_folder(root)
    assert str(root / link) in str(error.value)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([], "has 0 classes"),
        (["a.png"], "has 0 classes"),
        (["cat/0", "cat/1", "cat/2"], r"has 1 class \(cat\); a classifier needs at least 2"),
        (["cat/0", "cat/1", "cat/2", "dog/.keep"], "no pictures in dog"),
        (["cat/0", "cat/1", "cat/2", "dog/a.txt"], "no pictures in dog"),
        (["cat/0", "cat/1", "cat/2", "dog/0"], "dog has 1; every class needs at least 3, as validation and test must"),
        (["train/cat/0", "train/dog/0", "test/cat/0", "test/dog/0"], "cat has 1, dog has 1; .* at least 2, as validat"),
        (["train/cat/0", "train/dog/0", "test/cat/0", "test/dog/.x"], "no pictures in test/dog"),
        (["train/cat/0", "train/dog/0", "test/cat/0"], r"test and train .* dog \(test has none\)"),
        (["train/cat/0", "val/cat/0", "val/dog/0"], r"validation and train .* dog \(train has none\)"),
        (["train/cat/0", "train/dog/0", "bird/0"], "holds train/ with folders in it, and beside it bird/"),
        (["train/cat/0", "train/dog/0", "val/a/0", "valid/a/0"], "val/, valid/, which all mean validation"),
        (["train/0", "test/0"], "no train/ with one folder a class"),
        (["test/cat/0", "test/dog/0"], "no train/ with one folder a class"),
    ],
)
def test_what_is_wrong_with_a_folder_is_named(tmp_path, files, message):
    with pytest.raises(DataError, match=message):
        list_folder(fill(tmp_path, *files))


def test_a_folder_must_be_there(tmp_path):
    with pytest.raises(DataError, match="no folder at"):
        list_folder(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("files", "is_one"),
    [
        (["cat/0.png"], True),
        (["train/cat/0.png"], True),
        (["0.png"], False),
        (["notes/a.txt", "notes/deep/b.json"], False),
        ([".hidden/0.png"], False),
        ([], False),
    ],
)
def test_a_picture_folder_is_recognised(tmp_path, files, is_one):
    assert is_picture_folder(fill(tmp_path, *files)) is is_one
    assert not is_picture_folder(tmp_path / "nowhere")
    assert not is_picture_folder(tmp_path / files[0] if files else Path("zero\0byte"))
