"""The data doctor as typed: what was planted is found, written, mended and trained on."""

import csv
import json

import numpy as np
import pytest
import torch
from PIL import Image

from muslin.data.check.doctor import read_findings
from muslin.pipeline import doctor
from muslin.recipes import settings_for
from muslin.run.known import read_known
from tests import samples
from tests.samples import bars, write_pictures

WRONG = {"bar 0/3.png": "bar 1", "bar 1/40.png": "bar 2", "bar 2/101.png": "bar 0"}  # with the true class
QUICK = ["--model", "mlp", "--epochs", "1", "--batch-size", "32", "--set", "flip=none", "--quiet"]


@pytest.fixture(autouse=True)
def quick_models(monkeypatch):
    """Lets the quick models be quicker yet."""
    settings = settings_for("espresso", samples.QUICK | {"epochs": 8, "skip_easy": 0.0})
    monkeypatch.setattr(doctor, "quick_settings", lambda _data, seed, **_: (settings.changed(seed=seed), []))


@pytest.fixture
def pictures(here):
    """Bars in folders: three labels are wrong, and one picture is there twice, in two classes."""
    images, labels = bars(240, 1, 12, 3, seed=0)
    for name, true in WRONG.items():
        row = int(name.split("/")[1].removesuffix(".png"))
        label = int(name[4])
        images[row], labels[row] = bars(3, 1, 12, 3, seed=row)[0][int(true[4])], label
    write_pictures(here / "photos", images, labels)
    (here / "photos" / "bar 2" / "copy.png").write_bytes((here / "photos" / "bar 1" / "1.png").read_bytes())
    return here / "photos"


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_planted_errors_are_found_mended_and_trained_on(here, pictures, type_):
    before = {path: path.read_bytes() for path in pictures.rglob("*.png")}
    code, out, err = type_("data", "doctor", "photos", "--out", "found")
    assert code == 0, err
    rows = rows_of(here / "found" / "findings.csv")
    errors = {row["path"]: row["likely_label"] for row in rows if row["finding"] == "label"}
    assert errors.items() >= WRONG.items()
    assert len(errors) <= 2 * len(WRONG)
    (copy,) = [row for row in rows if row["finding"] == "copy"]
    assert {copy["path"], copy["like"]} == {"bar 1/1.png", "bar 2/copy.png"}
    assert {copy["label"], copy["likely_label"]} == {"bar 1", "bar 2"}
    assert "1 picture there twice, 1 of them in two classes" in out
    assert f"{len(errors)} labels are probably wrong" in out
    with Image.open(here / "found" / "findings.png") as sheet:
        assert sheet.width > 500
    assert out.rstrip().endswith("muslin data doctor photos --apply found/findings.csv")

    code, out, err = type_("data", "doctor", "photos", "--apply", "found/findings.csv")
    assert code == 0, err
    assert "photos-mended.csv" in out
    table = {row["path"]: row["label"] for row in rows_of(here / "photos-mended.csv")}
    assert {name: table[f"photos/{name}"] for name in errors} == errors
    assert {path: path.read_bytes() for path in pictures.rglob("*.png")} == before
    code, _, err = type_("data", "doctor", "photos", "--apply", "found/findings.csv")
    assert (code, "nothing is overwritten" in err) == (2, True)
    code, out, err = type_("fit", "photos-mended.csv", *QUICK)
    assert code == 0, err


def test_a_run_on_the_same_pictures_finds_the_findings(here, pictures, type_):
    code, out, err = type_("data", "doctor", "photos", "--json", "--seed", "3")
    assert code == 0, err
    said = json.loads(out)
    assert said["folder"] == "doctor/photos"
    assert said["counts"]["label"] == sum(one["kind"] == "label" for one in said["findings"]) >= 3
    kept = json.loads((here / "doctor" / "photos" / "findings.json").read_text())
    assert kept == {name: value for name, value in said.items() if name != "folder"}
    assert str(here) not in out
    run = type_("fit", "photos", *QUICK)[1].strip()
    found = read_findings(read_known(here / run).trained)
    assert found.counts == said["counts"]
    assert found.classes == ("bar 0", "bar 1", "bar 2")


def test_what_the_doctor_wrote_is_no_class(here, pictures, type_, monkeypatch):
    monkeypatch.chdir(pictures)
    assert type_("data", "doctor", ".")[0] == 0
    code, out, _ = type_("data", "info", ".", "--json")
    assert code == 0
    assert json.loads(out)["classes"] == ["bar 0", "bar 1", "bar 2"]


def test_arrays_are_told_by_their_rows(here, type_):
    images, labels = bars(240, 1, 12, 3, seed=0)
    labels[[9, 100]] = torch.tensor([1, 2])
    np.savez(here / "bars.npz", images=images[:, 0].numpy(), labels=labels.numpy())
    code, out, err = type_("data", "doctor", "bars.npz", "--out", "found")
    assert code == 0, err
    rows = rows_of(here / "found" / "findings.csv")
    errors = {row["index"]: row["likely_label"] for row in rows if row["finding"] == "label"}
    assert errors == {"all[9]": "0", "all[100]": "1"}
    code, out, err = type_("data", "doctor", "bars.npz", "--apply", "found/findings.csv", "--json")
    assert code == 0, err
    assert json.loads(out)["path"] == str(here / "bars-mended.npz")
    assert type_("data", "info", "bars-mended.npz")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "nowhere"),
        (["photos", "--out", "full"], "already holds files"),
        (["photos", "--apply", "none.csv"], "none.csv"),
        (["photos", "--apply", "photos/bar 0/3.png"], "3.png"),
        (["photos", "--seed", "-1"], "--seed"),
        (["photos", "--size", "-4"], "size"),
    ],
)
def test_what_cannot_be_done_is_one_error(here, pictures, type_, arguments, says):
    (here / "full").mkdir()
    (here / "full" / "mine.txt").touch()
    code, out, err = type_("data", "doctor", *arguments)
    assert (code in (1, 2), out) == (True, "")
    assert "Traceback" not in err
    assert says in err
    assert not (here / "doctor").exists()
