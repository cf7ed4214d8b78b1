"""What people install: built twice it is the same to the last byte, and it holds the program and nothing else."""

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import muslin

ROOT = Path(__file__).parents[2]
FROM_ELSEWHERE = {"muslin/lecture/lecture.md": "docs/lecture.md", "muslin/lecture/main.py": "main.py"}


def build(source: Path, out: Path) -> dict[str, Path]:
    """Builds the source distribution, and the wheel from it, without a network; returns both files by their ending."""
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", out, source], check=True, capture_output=True
    )
    return {path.suffix: path for path in out.iterdir()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return build(ROOT, tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def wheel(built: dict[str, Path]) -> zipfile.ZipFile:
    with zipfile.ZipFile(built[".whl"]) as archive:
        yield archive


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_built_again_elsewhere_from_what_was_released_it_has_the_same_bytes(built, tmp_path):
    shutil.unpack_archive(built[".gz"], tmp_path, filter="data")
    (released,) = tmp_path.iterdir()
    for path in released.rglob("*.py"):
        os.utime(path, (1e9, 1e9))
    again = build(released, tmp_path / "again")
    assert {ending: digest(path) for ending, path in again.items()} == {
        ending: digest(path) for ending, path in built.items()
    }


def test_the_wheel_has_every_file_of_the_program_and_no_other(wheel):
    source = ROOT / "src"
    program = {
        path.relative_to(source).as_posix()
        for path in (source / "muslin").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    found = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert found == program | set(FROM_ELSEWHERE)
    for name, origin in FROM_ELSEWHERE.items():
        assert wheel.read(name) == (ROOT / origin).read_bytes()


def test_the_version_is_in_one_place(wheel, built):
    assert f"-{muslin.__version__}-" in built[".whl"].name
    assert built[".gz"].name == f"muslin-{muslin.__version__}.tar.gz"
    (metadata,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    assert f"\nVersion: {muslin.__version__}\n" in wheel.read(metadata).decode()
    assert muslin.__version__ not in (ROOT / "pyproject.toml").read_text()


def test_all_extras_come_with_all():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    (everything,) = extras["all"]
    named = everything.removeprefix("muslin[").removesuffix("]").split(",")
    assert named == sorted(set(extras) - {"all"})


def test_it_runs_from_the_wheel_alone_in_an_empty_folder(wheel, tmp_path):
    wheel.extractall(tmp_path / "installed")
    here = tmp_path / "empty"
    here.mkdir()
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "installed")}

    def run(*words: str) -> str:
        command = [sys.executable, "-P", "-m", "muslin", *words]
        done = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert muslin.__version__ in run("--version")
    assert "MB for any web host" in run("lecture", "--export", "page")
    run("new", "project")
    assert (here / "page" / "index.html").is_file()
    assert (here / "project" / ".gitignore").is_file()
