import errno
import os
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from muslin.data.files.csv_file import list_csv
from muslin.data.files.folders import list_folder
from muslin.data.files.listing import check_classes
from muslin.errors import DataError
from tests.data.files.samples import fill, names_of, three_each


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
        ("a,b,c\ncat/0,cat,1\n", "line 1: the header is 'a,b,c'; path,label"),
        (f"path,{'label' * 50},x,z\n{ROWS}", "the header is 'path,label.{45,60}…'; path,label"),
        (f"path,class,category\n{ROWS}", "columns class, category could all be the label; call one of them label"),
        (f"file,image,label\n{ROWS}", "columns file, image could all be the path"),
        ("cat/0.png,cat,1\n", "line 1: 'cat/0.png,cat,1' is no header; path,label"),
        (f"{ROWS}cat/0.png,cat,1\n", "line 7: 3 cells, but the first line has 2"),
        ("path,a,b\ncat/0.png,1,0\ncat/1.png,1,1\n", "line 3: 2 columns of classes are 1"),
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
        ("path,label,split\ncat/0.png,cat,dove\n", "line 2: split is 'dove'"),
        (f"path,label,usage\ncat/0.png,cat,{'u' * 99}\n", "line 2: split is 'u{59}…'; train"),
        (f"path,label\n{ROWS}C:\\cat\\0.png,cat\n", "line 8: C:.*0.png is absolute, and no file below list.csv"),
        (f"path,label\n{ROWS}{'n' * 300},cat\n", "1 files that do not exist .line 8: n{59}…"),
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
        check_classes(list_csv(path))


SAVED = [  # the table's text or bytes, and what is said of it
    ("label, path\n", "{1}, {0}", "list.csv is read as: spaces before cells dropped"),
    ("label,path\n", '{1}, "{0}"', "list.csv is read as: spaces before cells dropped"),
    ("path;label\n", "{};{}", "list.csv is read as: semicolons between cells"),
    ("path\tlabel\n", "{}\t{}", "list.csv is read as: tabs between cells"),
    ("sep=;\npath;label\n", "{};{}", "list.csv is read as: semicolons between cells"),
    ("'path','label'\n", "'{}','{}'", "list.csv is read as: single quotes around cells"),
    ('"path","label"\n', '"{}","{}"', None),
    ("filename,label\n", "{},{}", "columns are taken: filename for path"),
    ("Class,Image Path\n", "{1},{0}", "columns are taken: Image Path for path, Class for label"),
    ("id,breed\n", "{},{}", "columns are taken: id for path, breed for label"),
    (",width,path,label,\n", "0,8,{},{},", "columns are passed over: width"),
    ("path,label\n,\n", "{},{}", None),
    ("", "{},{}", "no header: column 1 for path, column 2 for label"),
    ("", "{1};{0}", "no header: column 2 for path, column 1 for label"),
]


@pytest.mark.parametrize(("header", "row", "note"), SAVED)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_tables_are_read_as_programs_save_them(tmp_path, header, row, note, encoding):
    text = header + "".join(row.format(f"{name}/{i}.png", name) + "\n" for name in ("dog", "cat") for i in range(3))
    listing = list_csv(csv_of(tmp_path, text.encode(encoding)))
    assert names_of(listing) == names_of(list_folder(tmp_path))
    notes = [re.sub("UTF-.., ", "", each) for each in listing.notes if not re.search("UTF-..$", each)]
    if note is not None and note.startswith("no header: column 2"):
        notes.remove("list.csv is read as: semicolons between cells")
    assert notes == ([] if note is None else [note])
    assert any("UTF-" in each for each in listing.notes) == ("utf-8" not in encoding)


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (lambda name: name.replace("/", "\\"), "6 paths with backslashes between folders"),
        (lambda name: f" {name} ", "6 paths with spaces around it"),
        (lambda name: f"data/{name}", "6 paths with the name of the table's folder first"),
        (lambda name: name.upper(), "6 paths written otherwise than on disk (accents, capitals or suffix)"),
        (lambda name: name[:-4], "6 paths written otherwise than on disk (accents, capitals or suffix)"),
        (lambda name: f"./{name}", None),
    ],
)
def test_pictures_are_found_where_the_table_names_them_otherwise(tmp_path, change, note):
    rows = "".join(f'"{change(f"{name}/{i}.png")}",{name}\n' for name in ("dog", "cat") for i in range(3))
    listing = list_csv(csv_of(tmp_path / "data", f"path,label\n{rows}"))
    assert names_of(listing) == names_of(list_folder(tmp_path / "data"))
    assert listing.notes == ((note,) if note else ())


def test_absolute_paths_below_the_folder_are_taken(tmp_path):
    rows = "".join(f"{tmp_path}/data/{row}\n" for row in ROWS.splitlines())
    path = csv_of(tmp_path / "data", f"path,label\n{rows}")
    (tmp_path / "link").symlink_to("data")
    for table in (path, tmp_path / "link" / "list.csv"):
        listing = list_csv(table)
        assert names_of(listing) == names_of(list_folder(table.parent))
        assert listing.notes == ("6 paths absolute, and below the table's folder",)


@pytest.mark.parametrize(("table", "disk"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_accents_may_be_coded_otherwise_than_on_disk(tmp_path, table, disk):
    names = [f"Käse/{i} é.png" for i in range(3)] + [f"Brot/{i}.png" for i in range(3)]
    fill(tmp_path, *(unicodedata.normalize(disk, name) for name in names))
    rows = "".join(f"{name},{name[:4]}\n" for name in names)
    (tmp_path / "list.csv").write_text(unicodedata.normalize(table, f"path,label\n{rows}"), encoding="utf-8")
    listing = list_csv(tmp_path / "list.csv")
    assert names_of(listing) == names_of(list_folder(tmp_path))
    assert listing.notes == ("3 paths written otherwise than on disk (accents, capitals or suffix)",)


def test_what_could_be_two_files_is_none(tmp_path):
    fill(tmp_path, "cat/0.jpg", "cat/A.png", "cat/a.png")
    for name in ("cat/0", "cat/a.PNG"):
        with pytest.raises(DataError, match=f"1 files that do not exist .line 8: {name}"):
            list_csv(csv_of(tmp_path, f"path,label\n{ROWS}{name},cat\n"))


def test_pictures_may_all_lie_in_one_folder_beside_the_table(tmp_path):
    fill(tmp_path, "train_images/x/0.png", *(f"train_images/{i}.png" for i in range(6)), "masks/x.png")
    rows = "".join(f"{i},{'ab'[i % 2]}\n" for i in range(6))
    (tmp_path / "list.csv").write_text(f"image_id,label\n{rows}")
    listing = list_csv(tmp_path / "list.csv")
    assert [name for _, name, _ in names_of(listing)] == [f"train_images/{i}.png" for i in range(6)]
    assert listing.notes[-1] == "paths are taken below train_images/"
    fill(tmp_path, "other/0.png")
    with pytest.raises(DataError, match="6 files that do not exist"):
        list_csv(tmp_path / "list.csv")


@pytest.mark.parametrize(
    ("column", "words", "note"),
    [
        ("split", ("train", "val", "test"), []),
        ("split", ("TRAIN", "Valid", "testing"), []),
        ("Usage", ("Training", "dev", "PrivateTest"), ["taken as splits: dev for validation, PrivateTest for test"]),
        ("subset", ("seg_train", "dev", "test-set"), None),
    ],
)
def test_splits_are_told_by_the_words_that_folders_take(tmp_path, column, words, note):
    rows = "".join(f"{row},{words[i % 3]}\n" for i, row in enumerate(ROWS.splitlines()))
    listing = list_csv(csv_of(tmp_path, f"path,label,{column}\n{rows}"))
    assert Counter(e.split for e in listing.entries) == {"train": 2, "validation": 2, "test": 2}
    if note is not None:
        assert [each for each in listing.notes if "columns" not in each] == note


def test_a_table_without_a_header_may_tell_the_split(tmp_path):
    rows = "".join(f"{['train', 'test', 'val'][i % 3]},{row}\n" for i, row in enumerate(ROWS.splitlines()))
    listing = list_csv(csv_of(tmp_path, rows))
    assert listing.splits == {"train", "validation", "test"}
    assert listing.notes == ("no header: column 2 for path, column 3 for label, column 1 for split",)


def test_a_column_of_0_and_1_for_each_class_is_taken(tmp_path):
    rows = "".join(
        f"{name}/{i}.png, {int(name == 'cat')}, {int(name == 'dog')}\n" for name in ("dog", "cat") for i in range(3)
    )
    listing = list_csv(csv_of(tmp_path, f"filename, cat, dog\n{rows}"))
    assert names_of(listing) == names_of(list_folder(tmp_path))
    assert listing.notes[-1] == "columns of 0 and 1 are taken for the classes: cat, dog"


def test_the_test_table_beside_that_of_training_is_read(tmp_path):
    rows = ROWS.splitlines(keepends=True)
    for name, chosen in (("Train", rows[::2] + rows[1:2]), ("Test", rows[3:6:2])):
        (tmp_path / f"{name}.csv").write_text("Path,ClassId\n" + "".join(chosen))
    (tmp_path / "val.csv").write_text("id\nx\n")
    three_each(tmp_path, "cat", "dog")
    (tmp_path / "Train.csv").write_text("Path,ClassId\n" + "".join(rows[:2] + rows[3:5]))
    (tmp_path / "Test.csv").write_text("Path,ClassId\n" + rows[2] + rows[5])
    listing = list_csv(tmp_path / "Train.csv")
    assert Counter(e.split for e in listing.entries) == {"train": 4, "test": 2}
    assert listing.notes[-2:] == ("read besides: Test.csv for test", "val.csv is passed over: its columns are others")
    (tmp_path / "Test.csv").write_text("Path,ClassId\n" + rows[0])
    with pytest.raises(DataError, match=r"Test.csv, line 2: dog/0.png stands in .*Train.csv, line 2 too"):
        list_csv(tmp_path / "Train.csv")
    (tmp_path / "test.csv").write_text("Path,ClassId\n")
    with pytest.raises(DataError, match="has Test.csv, test.csv beside it, which all mean test"):
        list_csv(tmp_path / "Train.csv")


def test_a_csv_file_must_be_there(tmp_path):
    with pytest.raises(DataError, match=f"nowhere.csv: {os.strerror(errno.ENOENT)}"):
        list_csv(tmp_path / "nowhere.csv")
