import dataclasses
import hashlib
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muslin.data.listing import (
    Entry,
    Listing,
    assign_splits,
    check_classes,
    is_picture_folder,
    list_csv,
    list_folder,
    printable,
)
from muslin.errors import DataError


def fill(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode())
    return root


def three_each(root: Path, *folders: str) -> Path:
    return fill(root, *(f"{folder}/{i}.png" for folder in folders for i in range(3)))


def names_of(listing: Listing) -> list[tuple[str, str, str]]:
    return [(e.split, e.path.relative_to(listing.root).as_posix(), listing.classes[e.label]) for e in listing.entries]


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


def csv_of(root: Path, text: str | bytes) -> Path:
    three_each(root, "cat", "dog")
    (root / "list.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return root / "list.csv"


ROWS = "".join(f"{name}/{i}.png,{name}\n" for name in ("dog", "cat") for i in range(3))


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_csv_file_lists_pictures(tmp_path, start, newline):
    listing = list_csv(csv_of(tmp_path, start + f"path,label\n\n{ROWS}".replace("\n", newline).encode()))
    assert listing.name == "list"
    assert listing.classes == ("cat", "dog")
    assert names_of(listing) == names_of(list_folder(tmp_path))


def test_a_csv_file_may_tell_the_split(tmp_path):
    splits = ["train", "val", "test"] * 2
    rows = "".join(f"{s},{row}\n" for s, row in zip(splits, ROWS.splitlines(), strict=True))
    listing = list_csv(csv_of(tmp_path, f"split,path,label\n{rows}"))
    assert Counter(e.split for e in listing.entries) == {"train": 2, "validation": 2, "test": 2}


def test_odd_names_work_in_a_csv_file(tmp_path):
    fill(tmp_path, 'x/a,"b"\nc\u2028d.png')
    rows = ROWS + '"x/a,""b""\nc\u2028d.png",cat\n'
    assert len(list_csv(csv_of(tmp_path, f"path,label\n{rows}")).entries) == 7


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the header is ''"),
        ("file,class\ncat/0.png,cat\n", "line 1: the header is 'file,class'; path,label"),
        ("path,label\n", "names no pictures"),
        (f"path,label\n{ROWS}cat/0.png,\n", "line 8: the label is empty"),
        (f"path,label\n{ROWS},cat\n", "line 8: the path is empty"),
        (f"path,label\n{ROWS}a,b,c\n", "line 8: 3 cells, but the header has 2"),
        (f"path,label\n{ROWS}cat/0.png,cat\n", "line 8: cat/0.png stands in line 5 too"),
        (f"path,label\n{ROWS}dog/../cat/0.png,cat\n", "line 8: dog/../cat/0.png stands in line 5 too"),
        (f"path,label\n{ROWS}x.png,cat\ny.png,dog\n", "2 files that do not exist .line 8: x.png, line 9: y.png"),
        (f"path,label\n{ROWS}cat,cat\n", "line 8: cat"),
        (f"path,label\n{ROWS}/etc/hostname,cat\n", "line 8: /etc/hostname is absolute"),
        (f"path,label\n{ROWS}../outside.png,cat\n", "line 8: ../outside.png leads out"),
        (f"path,label\n{ROWS}out.png,cat\n", "line 8: out.png leads out"),
        (f"path,label\n{ROWS}zero\0byte,cat\n", "do not exist|not a CSV file"),
        ("path,label,split\ncat/0.png,cat,\n", "line 2: split is ''; train, validation or test"),
        ("path,label,split\ncat/0.png,cat,dev\n", "line 2: split is 'dev'"),
        ('path,label\n"cat/0.png,cat\n', "not a CSV file"),
        (b"path,label\n\xff\xfe,cat\n", "not UTF-8 at byte 11"),
        ("path,label\ncat/0.png,cat\ncat/1.png,cat\ncat/2.png,cat\n", "has 1 class"),
        ("path,label\ncat/0.png,cat\ndog/1.png,dog\n", "at least 3"),
    ],
)
def test_what_is_wrong_with_a_csv_file_is_named(tmp_path, text, message):
    fill(tmp_path, "outside.png")
    path = csv_of(tmp_path / "data", text)
    (tmp_path / "data" / "out.png").symlink_to("../outside.png")
    with pytest.raises(DataError, match=message):
        list_csv(path)


def test_a_csv_file_must_be_there(tmp_path):
    with pytest.raises(DataError, match="No such file"):
        list_csv(tmp_path / "nowhere.csv")


def listing_of(labels: list[int], split: str = "") -> Listing:
    entries = tuple(Entry(Path(f"/data/{i:03}.png"), label, split) for i, label in enumerate(labels))
    return Listing(Path("/data"), "data", tuple("abc"[: max(labels) + 1]), entries, ())


def digest(content: int) -> str:
    return hashlib.sha256(str(content).encode()).hexdigest()


CONTENTS = st.lists(st.integers(0, 12), min_size=3, max_size=25).filter(lambda contents: len(set(contents)) >= 3)


@given(st.lists(CONTENTS, min_size=2, max_size=3), st.randoms())
def test_the_cut_depends_on_content_alone(classes, random):
    pairs = [(label, content) for label, contents in enumerate(classes) for content in contents]
    labels = [label for label, _ in pairs]
    digests = [digest(content) for _, content in pairs]
    listing = listing_of(labels)
    cut = assign_splits(listing, digests)
    digest_of = dict(zip((e.path for e in listing.entries), digests, strict=True))
    sides = {(e.label, digest_of[e.path], e.split) for e in cut.entries}
    assert len(sides) == len({(label, d) for label, d, _ in sides}), "equal files of a class are on one side"
    for label in set(labels):
        counts = Counter(e.split for e in cut.entries if e.label == label)
        assert counts["test"] >= 1
        assert counts["train"] >= 2
    order = list(range(len(pairs)))
    random.shuffle(order)
    other = assign_splits(listing_of([labels[i] for i in order]), [digests[i] for i in order])
    other_digest = dict(zip((e.path for e in listing.entries), (digests[i] for i in order), strict=True))
    assert {(e.label, other_digest[e.path], e.split) for e in other.entries} == sides


def test_a_fifth_of_each_class_is_for_testing():
    cut = assign_splits(listing_of([0] * 100 + [1] * 15 + [2] * 3), [digest(i) for i in range(118)])
    assert Counter((e.label, e.split) for e in cut.entries) == {
        (0, "train"): 80, (0, "test"): 20, (1, "train"): 12, (1, "test"): 3, (2, "train"): 2, (2, "test"): 1,
    }  # fmt: skip
    assert [e.split for e in cut.entries] == sorted(e.split for e in cut.entries)


def test_splits_that_were_told_stay():
    told = listing_of([0, 0, 1, 1], "train")
    given_test = dataclasses.replace(told, entries=(*told.entries, *listing_of([0, 1], "test").entries))
    assert Counter(e.split for e in assign_splits(given_test, [""] * 6).entries) == {"train": 4, "test": 2}
    given_validation = dataclasses.replace(told, entries=(*told.entries, *listing_of([0, 1], "validation").entries))
    cut = assign_splits(given_validation, [digest(i) for i in range(6)])
    assert Counter(e.split for e in cut.entries) == {"train": 2, "validation": 2, "test": 2}


def test_a_class_of_copies_cannot_be_cut():
    with pytest.raises(DataError, match="class b has 5 pictures but only 1 different"):
        assign_splits(listing_of([0] * 5 + [1] * 5), [digest(i) for i in range(5)] + [digest(9)] * 5)


def test_a_class_that_lost_its_pictures_is_named():
    listing = listing_of([0] * 5 + [1] * 5)
    with pytest.raises(DataError, match="b has 0; every class needs at least 3"):
        check_classes(dataclasses.replace(listing, entries=listing.entries[:5]))
