import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from muslin.data.check.scan import scan
from muslin.data.decoding import pool
from muslin.data.decoding.tasks import look_at
from muslin.data.files.folders import list_folder
from tests.bad_pictures import CASES
from tests.samples import photo

REFUSED = [name for name, case in CASES.items() if case.refused]
ACCEPTED = [name for name, case in CASES.items() if not case.refused]


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Ten cats and five dogs, no two alike; the dogs are smaller."""
    for index in range(15):
        folder = tmp_path / "pets" / ("cat" if index < 10 else "dog")
        folder.mkdir(parents=True, exist_ok=True)
        photo(index, 40 if index < 10 else 30).save(folder / f"{index}.png")
    return tmp_path / "pets"


def test_sound_data_is_counted(pets):
    scanned = scan(list_folder(pets), threads=2)
    assert scanned.counts == {"": (10, 5)}
    assert scanned.sizes == {(40, 40): 10, (30, 30): 5}
    assert scanned.modes == {"RGB": 15}
    assert not scanned.damaged
    assert not scanned.notes
    assert scanned.copies.pictures == scanned.lookalikes.pictures == 0
    assert len({picture.sha256 for picture in scanned.pictures}) == 15
    assert all(picture.bytes == picture.entry.path.stat().st_size for picture in scanned.pictures)


def test_the_result_does_not_depend_on_the_threads(pets):
    listing = list_folder(pets)
    assert scan(listing, threads=1) == scan(listing, threads=4)


def test_worker_processes_find_the_same(pets, monkeypatch):
    for name in CASES:
        CASES[name].write(pets / "cat", name.replace("/", "-"))
    listing = list_folder(pets)
    here = scan(listing, threads=2)
    monkeypatch.setattr(pool, "WORTH_PROCESSES", 1)
    assert scan(listing, threads=2) == here


def test_plain_pictures_need_no_torch(pets):
    code = (
        "import sys; from pathlib import Path; from muslin.data.files.folders import list_folder\n"
        "from muslin.data.check.scan import scan\n"
        f"scan(list_folder(Path(r'{pets}')), threads=1); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_no_picture_and_stops_nothing(pets):
    os.mkfifo(pets / "cat" / "pipe.png")
    (damaged,) = scan(list_folder(pets), threads=2).damaged
    assert "pipe.png is a pipe or a device" in damaged.problem
    (look,) = look_at([pets / "cat" / "pipe.png"], threads=1, progress=lambda *_: None)
    assert look.sha256 == ""


def test_progress_is_told(pets):
    for index in range(100):
        shutil.copy(pets / "cat" / "0.png", pets / "cat" / f"copy {index}.png")
    told = []
    scan(list_folder(pets), threads=2, progress=lambda *step: told.append(step))
    assert told == [("examining", 64, 115), ("examining", 115, 115)]


def test_a_stop_starts_nothing_more(pets):
    def stop(stage, done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(list_folder(pets), threads=1, progress=stop)


def test_every_odd_picture_is_reported_as_promised(pets):
    written = {name: CASES[name].write(pets / "cat", name.replace("/", "-")) for name in CASES}
    scanned = scan(list_folder(pets), threads=2)
    by_path = {picture.entry.path: picture for picture in scanned.pictures}
    for name, path in written.items():
        case, picture = CASES[name], by_path[path]
        assert bool(picture.problem) == bool(case.refused), name
        assert case.refused in picture.problem
        assert bool(picture.width) == (not case.refused)
        assert any(case.note in note for note in picture.notes) == bool(case.note), name
    assert len(scanned.damaged) == len(REFUSED)
    assert scanned.counts == {"": (10 + len(ACCEPTED), 5)}
    assert scanned.notes["has 16 bits: scaled to 8"]


def test_copies_and_lookalikes_are_found(pets):
    shutil.copy(pets / "cat" / "0.png", pets / "cat" / "same.png")
    shutil.copy(pets / "cat" / "1.png", pets / "dog" / "same.png")
    Image.open(pets / "cat" / "2.png").save(pets / "dog" / "like.jpg", quality=90)
    scanned = scan(list_folder(pets), threads=2)
    assert (scanned.copies.pictures, scanned.copies.across_classes) == (4, 2)
    assert (scanned.lookalikes.pictures, scanned.lookalikes.across_classes) == (2, 2)
    named = [[scanned.path_of(scanned.pictures[i]) for i in pair] for pair in scanned.copies.examples]
    assert named == [["cat/1.png", "dog/same.png"], ["cat/0.png", "cat/same.png"]]


def test_copies_across_splits_are_found(tmp_path):
    for index in range(24):
        folder = tmp_path / ("test" if index % 4 == 0 else "train") / ("cat" if index % 2 else "dog")
        folder.mkdir(parents=True, exist_ok=True)
        photo(index, 30).save(folder / f"{index}.png")
    for label in ("cat", "dog"):
        (tmp_path / "test" / label).mkdir(exist_ok=True)
        photo(99 + len(label) + ord(label[0]), 30).save(tmp_path / "test" / label / "x.png")
    shutil.copy(tmp_path / "train" / "cat" / "1.png", tmp_path / "test" / "cat" / "same.png")
    Image.open(tmp_path / "train" / "dog" / "2.png").save(tmp_path / "test" / "dog" / "like.jpg", quality=90)
    scanned = scan(list_folder(tmp_path), threads=2)
    assert (scanned.copies.pictures, scanned.copies.across_splits) == (2, 2)
    assert scanned.lookalikes.across_splits == 2


def test_blank_pictures_are_no_lookalikes(pets):
    for colour in range(5):
        Image.new("L", (40, 40), 50 * colour).save(pets / "cat" / f"blank {colour}.png")
    scanned = scan(list_folder(pets), threads=2)
    assert scanned.lookalikes.pictures == 0
    assert sum(picture.hash is None for picture in scanned.pictures) == 5


def test_the_scan_can_be_written_as_json(pets):
    CASES["empty file"].write(pets / "cat")
    CASES["CMYK"].write(pets / "dog", "ink")
    Path(os.fsdecode(os.fsencode(pets / "dog") + b"/\xff.png")).write_bytes((pets / "dog" / "10.png").read_bytes())
    written = json.loads(json.dumps(scan(list_folder(pets), threads=2).as_json()))
    assert written["pictures"] == 18
    assert written["counts"] == {"": {"cat": 10, "dog": 7}}
    assert written["sizes"]["width"] == {"min": 30, "median": 40, "max": 64}
    assert written["sizes"]["commonest"] == {"size": [40, 40], "pictures": 10}
    assert [damaged["path"] for damaged in written["damaged"]] == ["cat/picture.png"]
    assert written["notes"] == [
        {"note": "has CMYK colours: converted to RGB", "pictures": 1, "examples": ["dog/ink.jpg"]}
    ]
    assert written["copies"]["examples"] == [["dog/10.png", "dog/\udcff.png"]]


def test_nothing_but_damaged_files_can_be_reported(tmp_path):
    for name in ("cat", "dog"):
        for index in range(3):
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / f"{index}.png").touch()
    scanned = scan(list_folder(tmp_path), threads=2)
    assert len(scanned.damaged) == 6
    assert scanned.counts == {}
    assert scanned.as_json()["sizes"] == {}
