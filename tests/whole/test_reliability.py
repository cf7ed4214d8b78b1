"""The proofs of `make reliability`, in short: nothing is lost. And runs of every release load and go on."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from benchmarks.proofs.damage import flip_bits, plant_code
from benchmarks.proofs.hostile import meet_hostile_data
from benchmarks.proofs.inputs import DATA, write_pictures
from benchmarks.proofs.kills import kill_runs, kill_saves, repeat_a_seed_busily
from benchmarks.proofs.processes import muslin as command
from benchmarks.proofs.runs import write_data
from benchmarks.proofs.signals import can_mount, fill_disks, send_signals

import muslin
from muslin.errors import MuslinError, PictureError
from muslin.run import journal
from muslin.run.folder import find_run
from tests.bad_pictures import CASES

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures").glob("run-*"))

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are started and killed as Linux has them")


@pytest.mark.parametrize(
    ("prove", "count"),
    [
        (kill_saves, 20),
        (kill_runs, 3),
        (repeat_a_seed_busily, 1),
        (flip_bits, 50),
        (send_signals, 2),
        (plant_code, 20),
        (meet_hostile_data, 15),
    ],
)
def test_nothing_is_lost(prove, count, tmp_path):
    outcome = prove(tmp_path, count)
    assert outcome.problems == []
    assert outcome.tried >= count


@pytest.mark.skipif(not can_mount(), reason="only root may mount a small disk")
def test_a_full_disk_destroys_nothing(tmp_path):
    try:
        outcome = fill_disks(tmp_path, 1)
    except PermissionError:
        pytest.skip("mounting is not allowed here")
    assert outcome.problems == []


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    assert command("fit", write_data(folder), "--out", folder / "run", "--model", "linear", "--epochs", "1").code == 0
    return folder / "run"


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.refused])
def test_a_bad_picture_is_refused_and_leaves_nothing(name, tmp_path, run):
    data = write_pictures(tmp_path / "data")
    picture = CASES[name].write(data / "train" / "bar 0", "odd")
    out = tmp_path / "out"
    with pytest.raises(MuslinError) as told:
        muslin.fit(data, out=out, cache=tmp_path / "cache", model="linear")
    assert CASES[name].refused in str(told.value)
    assert not out.exists()
    with pytest.raises(PictureError) as told:
        muslin.load(run).predict(picture)
    assert CASES[name].refused in str(told.value)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.refused])
def test_an_odd_picture_is_read(name, tmp_path, run):
    prediction = muslin.load(run).predict(CASES[name].write(tmp_path))
    assert CASES[name].note in " ".join(prediction.notes)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # NumPy leaves a damaged file open
@pytest.mark.parametrize("name", DATA)
def test_damaged_data_are_refused_and_leave_nothing(name, tmp_path):
    data, out = DATA[name](tmp_path), tmp_path / "out"
    with pytest.raises(MuslinError):
        muslin.fit(data, out=out, cache=tmp_path / "cache", model="linear")
    assert not out.exists()


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda folder: folder.name)
def test_runs_of_every_release_load_and_go_on(fixture, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_data(tmp_path)
    shutil.copytree(fixture, "run")
    with np.load("bars.npz") as data:
        images, labels = data["test_images"], data["test_labels"]
    classifier = muslin.load("run")
    assert [classifier.predict(image).label for image in images[:9]] == [str(label) for label in labels[:9]]
    done = muslin.fit(resume="run")
    events = journal.read(find_run("run"))
    assert done.ended == "done"
    assert done.test.accuracy == 1
    assert [event["event"] for event in events] == ["epoch", "epoch", "resume", "epoch", "epoch", "test", "end"]
    assert next(event["step"] for event in events if event["event"] == "resume") == 7
    assert list(Path("run/checkpoints").iterdir())


def test_this_release_has_a_fixture():
    assert f"run-{muslin.__version__}" in [folder.name for folder in FIXTURES]
