"""The Dockerfile's steps, in order, in a clean folder: an engine is not at hand, and only what needs one is left out.

All stages run in one folder; that for serving adds libraries to the base, and that for training nothing.
Left out are `useradd` and `chown`, and that the root file system is read-only; the steps run as whoever runs the test.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest

from tests.samples import bars

ROOT = Path(__file__).parents[2]
STEP = re.compile(r"^([A-Z]+) (.+)$", re.MULTILINE)
ENGINES = ("useradd", "chown")  # what they run belongs to the image


def steps() -> list[tuple[str, str]]:
    """Returns the Dockerfile's instructions with their arguments, lines that go on as one."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return STEP.findall(text)


class Folder:
    """A folder that stands for the image's root, and an environment in which what is required is there already."""

    def __init__(self, root: Path) -> None:
        self.root, self.place = root, root
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / "venv"], check=True)
        (packages,) = (root / "venv").rglob("site-packages")
        (packages / "outer.pth").write_text(sysconfig.get_path("purelib"))
        binaries = root / "venv" / "bin"
        (binaries / "pip").write_text('#!/bin/sh\nexec python -m pip "$@"\n')
        (binaries / "pip").chmod(0o755)
        self.environment = {
            "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(root / "home" / "muslin"),
            "PIP_NO_INDEX": "1",  # nothing is fetched
            "PIP_NO_BUILD_ISOLATION": "0",  # pip reads it as "no isolation"
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }

    def inside(self, path: str) -> Path:
        return self.root / path.lstrip("/") if path.startswith("/") else self.place / path

    def run(self, *command: str) -> subprocess.CompletedProcess:
        return subprocess.run(command, cwd=self.place, env=self.environment, capture_output=True, text=True)

    def step(self, command: str) -> subprocess.CompletedProcess:
        """Runs a step of the image, whose absolute paths begin at this root."""
        return self.run("sh", "-ec", re.sub(r"(?<=\s)/(?=home|tmp)", f"{self.root}/", command))

    def copy(self, names: list[str], to: str) -> None:
        target = self.inside(to)
        for name in names:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The folder after all steps."""
    if os.name == "nt":
        pytest.skip("the Dockerfile's steps are for sh")
    folder = Folder(tmp_path_factory.mktemp("image"))
    for name, words in steps():
        if name == "WORKDIR":
            folder.place = folder.inside(words)
            folder.place.mkdir(parents=True, exist_ok=True)
        elif name == "COPY":
            *names, to = words.split()
            folder.copy(names, to)
        elif name == "ENV":
            pairs = (pair.split("=", 1) for pair in words.split())
            folder.environment |= {key: str(folder.inside(value)) if value[0] == "/" else value for key, value in pairs}
        elif name == "RUN":
            command = " && ".join(part for part in words.split(" && ") if not part.startswith(ENGINES))
            done = folder.step(command or "true")
            assert done.returncode == 0, (words, done.stderr)
    return folder


def test_what_it_starts_is_the_program_from_the_image_alone(image):
    entry = json.loads(dict(steps())["ENTRYPOINT"])
    done = image.run(*entry, "--version")
    assert (done.returncode, done.stderr) == (0, "")
    where = image.run("python", "-c", "import muslin; print(muslin.__file__)")
    assert Path(where.stdout.strip()).is_relative_to(image.root)


def test_it_trains_and_writes_to_runs_and_tmp_alone(image, tmp_path):
    images, labels = bars(300, 1, 12, 3, seed=0)
    np.savez(tmp_path / "bars.npz", images=images[:, 0].numpy(), labels=labels.numpy())
    before = {path for path in image.root.rglob("*") if "__pycache__" not in path.parts}
    done = image.run("muslin", "fit", str(tmp_path / "bars.npz"), "--model", "linear", "--epochs", "1", "--quiet")
    assert done.returncode == 0, done.stderr
    written = {path for path in image.root.rglob("*") if "__pycache__" not in path.parts} - before
    allowed = (image.root / "home/muslin/runs", image.root / "tmp")
    assert written
    assert [path for path in written if not any(path == each or path.is_relative_to(each) for each in allowed)] == []


def stages() -> dict[str, list[tuple[str, str]]]:
    """The steps of each stage that something is started by, by its name; those of the base come first in each."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, words in steps():
        if name == "FROM":
            origin, _, stage = words.partition(" AS ")
            found[stage] = list(found.get(origin, []))
        else:
            found[stage].append((name, words))
    found.pop("base")
    return found


@pytest.mark.parametrize("stage", ["serve", "train"])
def test_it_runs_as_nobody_special(stage):
    names = [name for name, _ in stages()[stage]]
    user = dict(stages()[stage])["USER"]
    assert user not in {"root", "0"}
    assert "RUN" not in names[names.index("USER") :]
    assert names.index("USER") < names.index("ENTRYPOINT") < names.index("CMD")


def test_its_health_is_that_of_the_server_it_starts(image, exported_run):
    serve = dict(stages()["serve"])
    arguments, health = json.loads(serve["CMD"]), json.loads(serve["HEALTHCHECK"].partition("CMD ")[2])
    shutil.copytree(exported_run, image.inside("/home/muslin/runs/bars"), dirs_exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
    command, check = ([word.replace("8000", port) for word in words] for words in (arguments, health))
    assert image.run(*check).returncode != 0
    server = subprocess.Popen(
        [*json.loads(serve["ENTRYPOINT"]), *command, "--port", port],
        cwd=image.inside("/home/muslin"), env=image.environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with server:
        assert "answers at http://localhost:" in server.stdout.readline()
        assert image.run(*check).returncode == 0
        server.terminate()
        server.communicate(timeout=60)
    assert server.returncode == 0


def test_it_copies_nothing_that_is_not_there():
    named = [name for step, words in steps() if step == "COPY" for name in words.split()[:-1]]
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert not {".", "runs", ".git"} & set(named)
