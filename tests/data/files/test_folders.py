import errno
import os
from collections import Counter
from pathlib import Path

import pytest

from muslin.data.files.folders import is_picture_folder, list_folder
from muslin.data.files.listing import check_classes
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


def classes_and_counts(listing):
    return listing.classes, Counter(entry.split for entry in listing.entries)


@pytest.mark.parametrize(
    ("train", "test", "notes"),
    [
        ("training_set", "test_set", ["taken as splits: training_set/ for train, test_set/ for test"]),
        ("seg_train", "seg-test", ["taken as splits: seg_train/ for train, seg-test/ for test"]),
        ("Train2", "TestImages", ["taken as splits: Train2/ for train, TestImages/ for test"]),
        ("photos/train", "photos/test", ["stepped into photos/: no", "photos/train/ for train, photos/test/ for test"]),
        (
            "seg_train/seg_train", "seg_test/seg_test",
            ["stepped into seg_train/seg_train/, seg_test/seg_test/: no", "seg_train/ for train, seg_test/ for test"],
        ),
        ("train", "testing", []),
    ],
)  # fmt: skip
def test_splits_are_known_by_their_words(tmp_path, train, test, notes):
    listing = list_folder(three_each(tmp_path, f"{train}/cat", f"{train}/dog", f"{test}/cat", f"{test}/dog"))
    assert classes_and_counts(listing) == (("cat", "dog"), {"train": 6, "test": 6})
    assert len(listing.notes) == len(notes)
    assert all(part in note for part, note in zip(notes, listing.notes, strict=True))


def test_dev_means_validation(tmp_path):
    listing = list_folder(three_each(tmp_path, "train/cat", "train/dog", "dev/cat", "dev/dog"))
    assert classes_and_counts(listing) == (("cat", "dog"), {"train": 6, "validation": 6})


def test_a_split_may_lie_in_another(tmp_path):
    folders = [f"{split}/{name}" for split in ("train/train", "train/val", "test") for name in ("cat", "dog")]
    listing = list_folder(three_each(tmp_path, *folders))
    assert classes_and_counts(listing) == (("cat", "dog"), {"train": 6, "validation": 6, "test": 6})
    assert listing.notes == ("taken as splits: train/train/ for train, train/val/ for validation, test/ for test",)


def test_splits_may_lie_in_each_class(tmp_path):
    listing = list_folder(three_each(tmp_path, "cat/train", "cat/test", "dog/train", "dog/test"))
    assert classes_and_counts(listing) == (("cat", "dog"), {"train": 6, "test": 6})
    assert listing.notes == ("taken as splits, in each class: test, train",)


def test_a_folder_around_everything_is_stepped_into(tmp_path):
    listing = list_folder(three_each(tmp_path / "pets", "all/photos/cat", "all/photos/dog"))
    assert (listing.name, listing.classes) == ("pets", ("cat", "dog"))
    assert listing.notes == ("stepped into all/, all/photos/: no other folder is there",)


@pytest.mark.parametrize(
    "classes",
    [
        ("test tube", "train station"),
        ("test tube", "beaker", "val d'Isere"),
        ("test 1", "test 2"),
        ("train", "test tube", "bus"),
        ("train_val", "other"),
    ],
)
def test_classes_may_have_the_words_of_splits(tmp_path, classes):
    listing = list_folder(three_each(tmp_path, *classes))
    assert (listing.classes, listing.splits, listing.notes) == (tuple(sorted(classes)), set(), ())


@pytest.mark.parametrize(
    "folders",
    [
        ("cat/siamese", "cat/persian", "dog/pug", "dog/poodle"),
        ("cat/images", "dog/images"),
        ("cat", "cat/front", "cat/back", "dog", "dog/front", "dog/back"),
        ("test tube/full", "test tube/empty", "beaker"),
    ],
)
def test_folders_in_classes_are_no_classes(tmp_path, folders):
    listing = list_folder(three_each(tmp_path, *folders))
    assert listing.classes == tuple(sorted({folder.split("/")[0] for folder in folders}))
    assert listing.notes == ()


def test_classes_of_told_splits_may_hold_the_same_folders(tmp_path):
    folders = [f"{split}/{name}" for split in ("train", "test") for name in ("cat/a", "cat/b", "dog/a", "dog/b")]
    assert list_folder(three_each(tmp_path, *folders)).classes == ("cat", "dog")


def test_files_further_down_belong_to_their_class(tmp_path):
    three_each(tmp_path, "cat/black/old", "cat", "dog")
    assert Counter(names_of(list_folder(tmp_path))[i][2] for i in range(9)) == {"cat": 6, "dog": 3}


def test_system_and_hidden_files_are_passed_over_with_a_count(tmp_path):
    three_each(tmp_path, "cat", "dog", ".git", "__MACOSX", "cat/__MACOSX", "dog/.cache", "lost+found")
    three_each(tmp_path, "@eaDir", "cat/@eaDir", "dog/#recycle", ".ipynb_checkpoints", "cat/.ipynb_checkpoints")
    fill(tmp_path, ".DS_Store", "cat/.DS_Store", "cat/Thumbs.db", "dog/._0.png", "dog/desktop.ini")
    listing = list_folder(tmp_path)
    assert listing.classes == ("cat", "dog")
    assert len(listing.entries) == 6
    kinds = "1 #recycle, 2 @eaDir, 1 Thumbs.db, 2 __MACOSX, 1 desktop.ini, 7 hidden, 1 lost+found"
    assert listing.notes == (f"files passed over because they are no pictures: {kinds}",)


def test_companions_of_pictures_are_passed_over_with_a_count(tmp_path):
    three_each(tmp_path, "cat", "dog")
    fill(tmp_path, "cat/0.png:Zone.Identifier", "cat/0.XMP", "cat/1.xmp", "cat/0.aae", "dog/0.MOV", "dog/0.mp4")
    fill(tmp_path, "dog/features.npy", "dog/0.json")
    listing = list_folder(tmp_path)
    assert len(listing.entries) == 6
    kinds = "1 .aae, 1 .identifier, 1 .json, 1 .mov, 1 .mp4, 1 .npy, 2 .xmp"
    assert listing.notes == (f"files passed over because they are no pictures: {kinds}",)


@pytest.mark.parametrize("locked", ["data", "data/cat", "data/cat/old", "data/lost+found", "data/cat/.hidden"])
def test_a_folder_that_may_not_be_entered_is_named(tmp_path, monkeypatch, locked):
    root = three_each(tmp_path / "data", "cat/old", "cat", "dog", "lost+found", "cat/.hidden")
    scandir = os.scandir

    def refuse(path):
        if path == tmp_path / locked:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert is_picture_folder(root)
    if "lost" in locked or "hidden" in locked:
        assert list_folder(root).classes == ("cat", "dog")
    else:
        with pytest.raises(DataError, match=f"^cannot read {tmp_path / locked}: Permission denied; may you read it"):
            list_folder(root)


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
        (["train/cat/0", "train/dog/.x", "test/cat/0", "test/dog/0"], "no pictures in train/dog"),
        (["train/cat/0", "val/cat/0", "val/dog/0"], "nothing to train on of dog, which only validation/ has"),
        (["train/cat/0", "train/dog/0", "bird/0"], "holds train/ with folders in it, and beside it bird/"),
        (["train/cat/0", "train/dog/0", "val/a/0", "valid/a/0"], "val/, valid/, which all mean validation"),
        (["train/0", "test/0"], "no train/ with one folder a class"),
        (["test/cat/0", "test/dog/0"], "no train/ with one folder a class"),
        (["training_set/0", "test_set/0"], "no train/ with one folder a class"),
        (["a/cat/0", "a/dog/0", "b/cat/0", "b/dog/0"], r"a/, b/ with the same folders in them \(cat, dog\): which are"),
        (["a/x/cat/0", "a/x/dog/0", "b/y/cat/0", "b/y/dog/0"], "a/, b/ with the same folders in them"),
        (["seg_train/a/0", "seg_test/a/0", "seg_pred/0"], "holds seg_train/ with folders in it, and beside it seg_pr"),
        (["cat/train/0", "cat/test/0", "dog/0"], "holds cat/ with splits inside, and dog/ without"),
        (["train/train/a/0", "train/test/a/0", "test/a/0"], "train/test/, test/, which all mean test"),
    ],
)
def test_what_is_wrong_with_a_folder_is_named(tmp_path, files, message):
    with pytest.raises(DataError, match=message):
        check_classes(list_folder(fill(tmp_path, *files)))


@pytest.mark.parametrize("absent", ["test/dog/.x", "val/dog/.x", ".x"])
def test_a_class_may_be_missing_from_validation_and_test(tmp_path, absent):
    train = [f"train/{name}/{number}" for name in ("cat", "dog") for number in range(3)]
    listing = list_folder(fill(tmp_path, *train, "test/cat/0", "val/cat/0", absent))
    check_classes(listing)
    assert listing.classes == ("cat", "dog")


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
