import io
import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from muslin.data.check.doctor import KINDS
from muslin.data.check.doctor_files import claim_folder, write_files
from muslin.data.check.findings_sheet import draw_findings
from muslin.data.files.folders import list_folder
from muslin.data.files.written import is_of_muslin
from muslin.errors import SettingError
from tests.data.check.findings import findings, one
from tests.samples import bars, write_pictures

IMAGES = torch.arange(2, dtype=torch.uint8).mul(200).view(2, 1, 1, 1).expand(2, 1, 12, 12)
ROWS = {"cat/1.png": 0, "dog/2.png": 1}
ALL_KINDS = findings(*(one(kind, like="dog/2.png" if kind in ("copy", "near") else "") for kind in KINDS))


def drawn(found, images=IMAGES, rows=ROWS) -> Image.Image:
    return Image.open(io.BytesIO(draw_findings(found, images, rows)))


def test_the_sheet_grows_with_what_was_found():
    heights = [
        drawn(found).height
        for found in (findings(), findings(one()), findings(*[one()] * 9), findings(*[one()] * 48), ALL_KINDS)
    ]
    assert heights[0] < heights[1] < heights[2] < heights[3]
    assert heights[4] > heights[1]
    assert drawn(findings(*[one()] * 4800)).height == heights[3]  # of very many the first alone


def test_the_pictures_are_on_it():
    colours = {colour for _, colour in drawn(findings(one(name="dog/2.png"))).getcolors(1 << 24)}
    assert (200, 200, 200) in colours
    assert (200, 200, 200) not in {colour for _, colour in drawn(findings(one())).getcolors(1 << 24)}
    assert (200, 200, 200) in {
        colour for _, colour in drawn(findings(one("copy", like="dog/2.png"))).getcolors(1 << 24)
    }


@pytest.mark.parametrize("name", ["x" * 300, "<img src=x onerror=alert(1)>", "猫", "$\\alpha$", "two\nlines", "\x01"])
def test_any_name_can_be_drawn(name):
    drawn(findings(one(label=name, likely=name), one("ambiguous", label=name, likely=name)))


def test_pictures_in_colour():
    drawn(ALL_KINDS, torch.zeros(2, 3, 40, 20, dtype=torch.uint8))


def test_three_files_are_written(tmp_path):
    write_files(tmp_path, ALL_KINDS, IMAGES, ROWS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["findings.csv", "findings.json", "findings.png"]
    assert json.loads((tmp_path / "findings.json").read_text())["counts"]["near"] == 1


def test_a_folder_is_found_that_nothing_is_in(here):
    assert claim_folder(None, "data/pets") == Path("doctor/pets")
    assert claim_folder(None, "data/pets.npz") == Path("doctor/pets")
    assert not (here / "doctor").exists()  # among pictures it would be one of a class
    (here / "doctor" / "pets").mkdir(parents=True)
    assert claim_folder(None, "data/pets") == Path("doctor/pets")
    (here / "doctor" / "pets" / "findings.csv").touch()
    assert claim_folder(None, "data/pets") == Path("doctor/pets-2")


def test_a_folder_with_files_is_refused(tmp_path):
    (tmp_path / "mine.txt").touch()
    with pytest.raises(SettingError, match="nothing is overwritten"):
        claim_folder(tmp_path, "pets")
    with pytest.raises(SettingError, match="cannot write"):
        claim_folder(tmp_path / "mine.txt", "pets")
    with pytest.raises(SettingError, match="cannot write"):
        claim_folder(tmp_path / "mine.txt" / "below", "pets")


def test_findings_among_the_pictures_are_no_class(tmp_path):
    write_pictures(tmp_path, *bars(24, 1, 12, 3, 0))
    folder = tmp_path / "doctor" / "pets"
    folder.mkdir(parents=True)
    write_files(folder, ALL_KINDS, IMAGES, ROWS)
    assert is_of_muslin(tmp_path / "doctor")
    listing = list_folder(tmp_path)
    assert listing.classes == ("bar 0", "bar 1", "bar 2")
    assert any("Muslin wrote it: doctor" in note for note in listing.notes)
