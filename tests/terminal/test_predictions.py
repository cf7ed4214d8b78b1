import csv
import io
import json

import pytest

from muslin.errors import PictureError, RunError, SettingError
from muslin.prediction.prediction import Prediction
from muslin.terminal.predictions import Teller

SURE = Prediction("Boot", 0.971, "Bag", True, {"Boot": 0.971, "Bag": 0.021, "Coat": 0.008}, 1, ("is odd",))
UNSURE = Prediction("=1+1", 0.48, "Bag", False, {"=1+1": 0.48, "Bag": 0.45, "Coat": 0.07}, 1, ())
ALONE = Prediction("all", 1.0, None, True, {"all": 1.0}, 1, ())


@pytest.mark.parametrize(
    ("answer", "top", "line"),
    [
        (SURE, 2, "Boot 97.1 %, then Bag 2.1 %"),
        (SURE, 3, "Boot 97.1 %, then Bag 2.1 %, Coat 0.8 %"),
        (SURE, 1, "Boot 97.1 %"),
        (UNSURE, 2, "not sure: =1+1 48.0 %, or Bag 45.0 %"),
        (ALONE, 9, "all 100.0 %"),
    ],
)
def test_a_line_a_picture(capsys, answer, top, line):
    Teller(top=top).tell("two\nlines.png", answer, many=False)
    assert capsys.readouterr().out == f"two\\nlines.png: {line}\n"


def told(teller, *answers, many=False):
    for number, answer in enumerate(answers):
        teller.tell(f"=+{number}.png", answer, many=many)
    teller.close(2.0, many=many)


def test_few_have_their_notes_and_many_a_sum(capsys):
    told(Teller(), SURE, PictureError("no picture at x"))
    assert capsys.readouterr().err == "  note: =+0.png is odd\nError: no picture at x\n"
    told(Teller(), *[SURE] * 9, UNSURE, PictureError("no picture at x"), many=True)
    err = capsys.readouterr().err.splitlines()
    assert err == [
        "Error: no picture at x",
        "Note: 9 pictures, each is odd",
        "11 pictures in 2.0 s, 6 a second; not sure of 1; 1 could not be read",
    ]


def test_a_table_is_safe_for_spreadsheets(capsys, tmp_path):
    told(Teller(form="csv"), SURE, UNSURE, ALONE, PictureError("no, picture"))
    printed = capsys.readouterr().out
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [row["path"] for row in rows] == [f"'=+{n}.png" for n in range(4)]
    assert [row["label"] for row in rows] == ["Boot", "'=1+1", "all", ""]
    assert [row["probability"] for row in rows] == ["0.971000", "0.480000", "1.000000", ""]
    assert [row["runner_up"] for row in rows] == ["Bag", "Bag", "", ""]
    assert [row["sure"] for row in rows] == ["yes", "no", "yes", ""]
    assert rows[3]["error"] == "no, picture"
    told(Teller(file=tmp_path / "said.CSV"), SURE, UNSURE, ALONE, PictureError("no, picture"))
    assert (tmp_path / "said.CSV").read_text(encoding="utf-8-sig") == printed
    assert capsys.readouterr().out == ""


def test_a_table_as_json(capsys, tmp_path):
    told(Teller(form="json"), SURE, PictureError("gone"))
    printed = capsys.readouterr().out
    first, second = json.loads(printed)
    assert first == {
        "path": "=+0.png", "label": "Boot", "probability": 0.971, "runner_up": "Bag", "runner_up_probability": 0.021,
        "sure": True, "error": None,
    }  # fmt: skip
    assert (second["label"], second["error"]) == (None, "gone")
    told(Teller(file=tmp_path / "said.json"), SURE, PictureError("gone"))
    assert (tmp_path / "said.json").read_text() == printed
    told(Teller(form="json", file=tmp_path / "said.txt"))
    assert json.loads((tmp_path / "said.txt").read_text()) == []


def test_an_object_a_picture(capsys):
    told(Teller(each=True), SURE, PictureError("gone"), UNSURE)
    out, err = capsys.readouterr()
    assert [json.loads(line)["is_sure"] for line in out.splitlines()] == [True, False]
    assert err == "Error: gone\n"


def test_wishes_that_do_not_fit(tmp_path):
    with pytest.raises(SettingError, match="leave one out"):
        Teller(each=True, form="csv")
    with pytest.raises(SettingError, match=r"must end in .csv or .json"):
        Teller(file=tmp_path / "said.xls")
    with pytest.raises(SettingError, match="lies in no folder"):
        Teller(file=tmp_path / "nowhere" / "said.csv")
    with pytest.raises(SettingError, match="is a folder"):
        (tmp_path / "a.csv").mkdir()
        Teller(file=tmp_path / "a.csv")


def test_a_table_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "gone").mkdir()
    teller = Teller(file=tmp_path / "gone" / "said.csv")
    (tmp_path / "gone").rmdir()
    with pytest.raises(RunError, match="cannot write"):
        teller.close(1.0, many=False)
