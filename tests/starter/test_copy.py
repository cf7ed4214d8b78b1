"""The project is copied for a data set, passes its own tests, is clean, and trains."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from muslin.data.reading import Reading
from muslin.errors import DataError, RunError
from muslin.starter.copy import new_project
from tests.samples import bars, write_pictures

FILES = {
    ".github/workflows/test.yml",
    ".gitignore",
    "Dockerfile",
    "README.md",
    "main.py",
    "requirements.txt",
    "tests/test_main.py",
}


def run(folder: Path, *command: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    images, labels = bars(90, 3, 24, 3, 0)
    write_pictures(tmp_path / "photos", images, labels)
    return tmp_path / "photos"


@pytest.fixture
def project(tmp_path: Path, photos: Path) -> Path:
    new_project(tmp_path / "work" / "mine", str(photos), Reading(cache=tmp_path / "cache", threads=1))
    return tmp_path / "work" / "mine"


def test_it_has_the_lectures_files_with_the_datas_names(project, photos):
    assert {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()} == FILES
    assert 'DATA = "../../photos"' in (project / "main.py").read_text()
    test = (project / "tests" / "test_main.py").read_text()
    assert 'CLASSES = ("bar 0", "bar 1", "bar 2")' in test
    assert "CHANNELS, HEIGHT, WIDTH = 3, 24, 24" in test
    readme = (project / "README.md").read_text()
    assert readme.startswith("# mine\n")
    assert "3 classes (bar 0, bar 1, bar 2), read as 24 x 24 pixels from ../../photos." in readme
    assert not any("Trouser" in path.read_text() for path in project.rglob("*.*") if path.is_file())


def test_it_trains_at_once_and_keeps_its_weights(project, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    done = run(project, "main.py", "--epochs", "6", "--batch-size", "16", "--lr", "0.05")
    assert done.returncode == 0, done.stderr
    *epochs, test = done.stdout.splitlines()
    assert len(epochs) == 6
    assert test.startswith("test accuracy ")
    assert float(test.split()[-1].rstrip("%")) > 60  # of three classes
    assert set(torch.load(project / "model.pt", weights_only=True)) >= {"stem.weight", "head.bias"}


def test_its_own_tests_pass_and_it_is_clean(project, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    tested = run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert "3 passed" in tested.stdout, tested.stdout
    assert run(project, "-m", "ruff", "check", "--isolated", ".").stdout == "All checks passed!\n"
    formatted = run(project, "-m", "ruff", "format", "--isolated", "--line-length", "120", "--check", ".")
    assert formatted.returncode == 0, formatted.stdout


@pytest.mark.parametrize("name", ['say "hello"', "it's", "back\\slash", "Ärmel", "a" * 90])
def test_any_class_name_is_written_as_it_is(tmp_path, name):
    images, labels = bars(60, 1, 12, 2, 0)
    write_pictures(tmp_path / "photos", images, labels)
    (tmp_path / "photos" / "bar 1").rename(tmp_path / "photos" / name)
    new_project(tmp_path / "mine", str(tmp_path / "photos"), Reading(cache=tmp_path / "cache", threads=1))
    names = {}
    text = (tmp_path / "mine" / "tests" / "test_main.py").read_text()
    exec(text[text.index("CLASSES = ") : text.index("def test_pictures")], names)  # noqa: S102
    assert set(names["CLASSES"]) == {"bar 0", name}
    assert max(map(len, text.splitlines())) <= 120


def test_for_fashion_mnist_it_is_the_project_itself(tmp_path):
    new_project(tmp_path / "project", "fashion-mnist", Reading(cache=tmp_path / "cache"))
    template = Path(new_project.__code__.co_filename).parent / "project"
    for name in FILES:
        assert (tmp_path / "project" / name).read_bytes() == (template / name).read_bytes()


def test_nothing_is_written_over(project, photos, tmp_path):
    (project / "main.py").write_text("mine")
    with pytest.raises(RunError, match="not empty; nothing is written over"):
        new_project(project, str(photos), Reading(cache=tmp_path / "cache"))
    assert (project / "main.py").read_text() == "mine"
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="name a new folder"):
        new_project(tmp_path / "file", str(photos), Reading(cache=tmp_path / "cache"))


def test_data_that_are_not_there_leave_no_project(tmp_path):
    with pytest.raises(DataError):
        new_project(tmp_path / "mine", str(tmp_path / "nothing"), Reading(cache=tmp_path / "cache"))
    assert not (tmp_path / "mine").exists()
