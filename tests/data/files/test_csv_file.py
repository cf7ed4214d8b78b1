import errno
import os
from collections import Counter
from pathlib import Path

import pytest

from muslin.data.files.csv_file import list_csv
from muslin.data.files.folders import list_folder
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
    with pytest.raises(DataError, match=f"nowhere.csv: {os.strerror(errno.ENOENT)}"):
        list_csv(tmp_path / "nowhere.csv")
