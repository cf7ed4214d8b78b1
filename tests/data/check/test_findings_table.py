import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muslin.data.check.findings_table import FORMULA, findings_csv, plain, read_mends, safe
from muslin.errors import DataError
from tests.data.check.findings import findings, one

ODD = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@x",
    "'tis",
    "'=1",
    "a, b",
    'he said "no"',
    "two\nlines",
    "猫",
    "a;b|c",
    "\tx",
]
HEADER = "path,split,label,likely_label,score,finding,like\n"


@given(st.text())
def test_no_cell_is_a_formula_and_each_comes_back(text):
    assert not safe(text).startswith(tuple(set(FORMULA) - {"'"}))
    assert plain(safe(text)) == text


@pytest.mark.parametrize("name", ODD)
def test_any_name_comes_back(name, tmp_path):
    path = tmp_path / "findings.csv"
    path.write_text(findings_csv(findings(one(name=f"{name}/1.png", label=name, likely="dog"))), encoding="utf-8")
    (mend,) = read_mends(path)
    assert (mend.name, mend.label, mend.likely) == (f"{name}/1.png", name, "dog")


letters = st.text(st.characters(exclude_categories=("Cs",)), min_size=1)


@given(letters, letters, letters)
def test_any_findings_come_back(name, label, likely):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "findings.csv"
        path.write_bytes(findings_csv(findings(one(name=name, label=label, likely=likely))).encode())
        assert [(mend.name, mend.label, mend.likely) for mend in read_mends(path)] == [(name, label, likely)]


def test_columns_and_kinds(tmp_path):
    found = findings(one(), one("near", "dog/2.png", like="dog/3.png", likely="", score=1.0))
    lines = list(csv.reader(io.StringIO(findings_csv(found).removeprefix("\ufeff"))))
    assert lines == [
        ["path", "split", "label", "likely_label", "score", "finding", "like"],
        ["cat/1.png", "train", "cat", "dog", "0.9000", "label", ""],
        ["dog/2.png", "train", "cat", "", "1.0000", "near", "dog/3.png"],
    ]
    path = tmp_path / "f.csv"
    path.write_text(findings_csv(found), encoding="utf-8")
    assert [mend.name for mend in read_mends(path)] == ["cat/1.png"]


def test_rows_of_arrays_have_an_index():
    assert findings_csv(findings(one(name="train[3]"), are_files=False)).startswith('\ufeff"index",')


def test_nothing_found_is_a_header_alone(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text(findings_csv(findings()), encoding="utf-8")
    assert read_mends(path) == []


def test_a_spreadsheet_saves_it_with_semicolons_and_other_columns(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text("believe;path;label;likely_label;finding\nyes;cat/1.png;cat;dog;label\n")
    assert read_mends(path)[0].likely == "dog"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "header"),
        ("path,label\na,b\n", "header"),
        (HEADER.replace("path", "index,path") + "1,a,train,cat,dog,1,label,\n", "header"),
        (HEADER + "cat/1.png,train,cat\n", "line 2: 3 cells"),
        (HEADER + "cat/1.png,train,cat,,0.9,label,\n", "line 2: an empty likely_label"),
        (HEADER + ",train,cat,dog,0.9,label,\n", "line 2: an empty path"),
        (HEADER + "x,train,,dog,0.9,label,\n", "line 2: an empty label"),
        (HEADER + '"x,train,,dog\n', "not a CSV file"),
    ],
)
def test_what_is_no_table_of_findings_is_refused(text, message, tmp_path):
    path = tmp_path / "f.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        read_mends(path)


def test_a_table_that_is_not_there_is_refused():
    with pytest.raises(DataError, match="cannot read"):
        read_mends(Path("no such.csv"))
