import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from muslin.data.check.scan import Scan, scan
from muslin.data.files.folders import list_folder
from muslin.terminal.scan import scan_report
from tests.bad_pictures import CASES
from tests.samples import photo


def pets(root: Path, cats: int = 50, dogs: int = 50) -> Path:
    for index in range(cats + dogs):
        folder = root / ("cat" if index < cats else "dog")
        folder.mkdir(parents=True, exist_ok=True)
        photo(index, 40).save(folder / f"{index}.png")
    return root


def scanned(root: Path) -> Scan:
    return scan(list_folder(root), threads=2)


def test_of_fine_data_little_is_said(tmp_path, capsys):
    scan_report(scanned(pets(tmp_path / "pets")))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("pets: 100 pictures of 2 classes")
    assert lines[1] == "all 40 x 40 pixels; all in colour"
    assert lines[3].split() == ["class", "pictures"]
    assert lines[4].split() == ["cat", "50"]
    assert lines[-1] == "The data is fine."
    assert scanned(tmp_path / "pets").findings == ()


def test_what_to_mend_comes_first_with_its_remedy(tmp_path, capsys):
    root = pets(tmp_path, cats=60, dogs=5)
    shutil.copy(root / "cat" / "0.png", root / "cat" / "same.png")
    shutil.copy(root / "cat" / "1.png", root / "dog" / "same.png")
    Image.open(root / "cat" / "2.png").save(root / "dog" / "like.jpg", quality=90)
    CASES["empty file"].write(root / "cat")
    CASES["CMYK"].write(root / "cat", "ink")
    (root / "README").touch()
    found = scanned(root).findings
    assert [finding.level for finding in found] == ["mend"] * 2 + ["look"] * 3 + ["note"] * 2
    texts = " | ".join(finding.text for finding in found)
    for part in (
        "1 of 70 files cannot be used", "2 pictures are in more than one class", "4 pictures have a copy",
        "2 pictures look almost the same as one in another class", "1 class has fewer than 50 pictures",
        "1 picture has CMYK colours", "no class folder: 1 (README)",
    ):  # fmt: skip
        assert part in texts
    assert all(finding.remedy for finding in found if finding.level != "note")
    assert [example.split(",")[0] for example in found[0].examples] == ["cat/picture.png is empty (0 bytes)"]
    scan_report(scanned(root))
    printed = capsys.readouterr().out
    assert (
        printed.index("✗ 1 of 70") < printed.index("! 4 pictures have a copy") < printed.index("· 1 picture has CMYK")
    )
    assert printed.endswith("2 things to mend, 3 things worth a look.\n")


def test_uneven_classes_are_worth_a_look(tmp_path):
    assert "cat has 60 pictures, dog has 5" in scanned(pets(tmp_path, cats=60, dogs=5)).findings[-1].text


def test_names_cannot_command_the_terminal(tmp_path, capsys):
    root = pets(tmp_path, cats=3, dogs=3)
    (root / "cat").rename(root / "[red]\x1b[2J\n")
    shutil.copy(root / "dog" / "3.png", root / "[red]\x1b[2J\n" / "[bold]copy.png")
    scan_report(scanned(root))
    printed = capsys.readouterr().out
    assert r"[red]\x1b[2J\n" in printed
    assert "[bold]copy.png" in printed
    assert "\x1b" not in printed


def test_many_classes_are_cut_short(tmp_path, capsys):
    for label in range(40):
        for index in range(3):
            (tmp_path / f"class {label}").mkdir(exist_ok=True)
            photo(3 * label + index, 20).save(tmp_path / f"class {label}" / f"{index}.png")
    scan_report(scanned(tmp_path))
    printed = capsys.readouterr().out
    assert "and 11 more classes" in printed
    assert "class 39" not in printed
    assert printed.count("\n") < 55


def test_nothing_but_damaged_files_can_be_reported(tmp_path, capsys):
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        for index in range(3):
            CASES["text named .jpg"].write(tmp_path / name, str(index))
    scan_report(scanned(tmp_path))
    assert "6 of 6 files cannot be used" in capsys.readouterr().out


@pytest.mark.parametrize("damaged", [False, True])
def test_programs_get_the_same_as_json(tmp_path, damaged):
    root = pets(tmp_path)
    if damaged:
        CASES["empty file"].write(root / "cat")
    written = json.loads(json.dumps(scanned(root).as_json()))
    assert written["pictures"] == 100 + damaged
    assert [finding["level"] for finding in written["findings"]] == ["mend"] * damaged
