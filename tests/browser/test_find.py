"""How a browser is found, kept and installed, with programs that only act as browsers and package managers."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser import find

ROOT = Path(__file__).parents[2]
WORKS = "echo opened 42"
STUB = "echo this needs a snap >&2; exit 1"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of the path, on a machine that is no Mac and has no browser of playwright's."""
    folder = tmp_path / "bin with spaces"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("MUSLIN_BROWSER", raising=False)
    monkeypatch.setattr(find.platform, "system", lambda: "Linux")
    monkeypatch.setattr(find, "of_playwright", lambda: str(tmp_path / "not there"))
    return folder


@pytest.fixture
def program(folder: Path) -> Callable[[str, str], str]:
    """Puts a program on the path."""

    def put(name: str, does: str) -> str:
        path = folder / name
        path.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return put


@pytest.fixture
def keep(tmp_path: Path) -> Path:
    return tmp_path / "environment" / "browser"


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


def test_each_known_browser_is_found(program):
    for name in find.NAMES:
        path = Path(program(name, WORKS))
        assert find.find_browser({}) == str(path)
        path.unlink()


def test_the_first_that_opens_a_page_is_taken(program):
    program("chromium", STUB)
    program("google-chrome", "exec /not/there")
    edge = program("microsoft-edge", WORKS)
    program("msedge", WORKS)
    assert find.find_browser({}) == edge


def test_one_that_never_answers_is_passed_over(program, monkeypatch):
    program("chromium", "while :; do :; done")
    monkeypatch.setattr(find, "OPEN_SECONDS", 0.1)
    with pytest.raises(find.NoBrowserError, match="no browser here that opens a page"):
        find.find_browser({})


def test_playwrights_own_comes_last(program, monkeypatch):
    own = program("own", WORKS)
    monkeypatch.setattr(find, "of_playwright", lambda: own)
    assert find.find_browser({}) == own
    assert find.find_browser({}) != program("chrome", WORKS) == find.find_browser({})


def test_the_named_one_is_taken(program):
    program("chromium", WORKS)
    mine = program("mine", WORKS)
    assert find.find_browser({"MUSLIN_BROWSER": mine}) == mine
    assert find.find_browser({"MUSLIN_BROWSER": "mine"}) == mine


@pytest.mark.parametrize("named", ["/not/there", "stub", "/"])
def test_a_wrong_name_is_an_error_of_one_line(program, named, person, keep):
    program("chromium", WORKS)
    program("stub", STUB)
    with pytest.raises(
        find.NoBrowserError, match=f"MUSLIN_BROWSER is {named}, which opens no page: install .*BROWSER=no$"
    ):
        find.kept_browser(keep, {"MUSLIN_BROWSER": named})
    assert not keep.exists()


def test_what_was_found_is_kept_and_not_tried_again(program, keep):
    chromium = program("chromium", WORKS)
    assert find.kept_browser(keep, {}) == chromium
    program("chromium", STUB)
    assert find.kept_browser(keep, {}) == chromium
    assert find.kept_browser(keep, {"MUSLIN_BROWSER": chromium}) == chromium


def test_what_is_kept_gives_way(program, keep):
    chromium, mine = program("chromium", WORKS), program("mine", WORKS)
    find.kept_browser(keep, {})
    assert find.kept_browser(keep, {"MUSLIN_BROWSER": mine}) == mine
    Path(mine).unlink()
    assert find.kept_browser(keep, {}) == chromium


def installs(folder: Path) -> str:
    """What a package manager does that writes a browser, and the words it was called with."""
    browser = folder / "chromium"
    return f"""[ "$1" = update ] || {{ echo '#!/bin/sh' > "{browser}"; echo '{WORKS}' >> "{browser}"; }}
        echo "$@" >> "{folder}/calls"; /bin/chmod +x "{browser}" || :"""


def test_root_installs_by_the_systems_manager(program, folder, keep, root, capfd):
    program("apt-get", installs(folder))
    assert find.kept_browser(keep, {}) == str(folder / "chromium")
    update, install = (folder / "calls").read_text().splitlines()
    assert update.startswith("update")
    assert install.startswith("install")
    assert "chromium" in install.split()
    said = capfd.readouterr()
    assert said.out == ""  # where the path goes
    assert [line.split(":")[0] for line in said.err.splitlines()] == ["Installing a browser for the tests of pages"] * 2


def test_a_person_installs_playwrights_own(program, folder, keep, person, monkeypatch):
    program("apt-get", "exit 100")
    monkeypatch.setattr(sys, "executable", program("python", installs(folder)))
    assert find.kept_browser(keep, {}) == str(folder / "chromium")
    assert (folder / "calls").read_text() == "-m playwright install chromium\n"


def test_where_nothing_can_be_installed_one_line_says_what_to_do(program, keep, root, monkeypatch, capfd):
    program("apt-get", "echo cannot reach the archive; exit 100")
    trace = "echo cannot resolve >&2; echo '    at trace:1'; echo; exit 1"
    monkeypatch.setattr(sys, "executable", program("python", trace))
    with pytest.raises(find.NoBrowserError, match=r"^No browser is here, and none could be .*BROWSER=no$"):
        find.kept_browser(keep, {})
    assert capfd.readouterr().err.splitlines()[1::2] == [
        "That failed: cannot reach the archive",
        "That failed: cannot resolve",
    ]


def test_a_named_one_that_is_wrong_installs_nothing(program, folder, keep, root):
    program("apt-get", installs(folder))
    with pytest.raises(find.NoBrowserError):
        find.kept_browser(keep, {"MUSLIN_BROWSER": "mine"})
    assert not (folder / "calls").exists()


def test_the_command_prints_the_path_alone(program, keep):
    environment = {"PATH": os.environ["PATH"], "MUSLIN_BROWSER": program("mine", WORKS)}
    command = [sys.executable, "-m", "tests.browser.find", "--keep", str(keep)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{environment['MUSLIN_BROWSER']}\n", "")


def test_the_command_ends_with_the_error(keep):
    command = [sys.executable, "-m", "tests.browser.find", "--keep", str(keep)]
    done = subprocess.run(command, cwd=ROOT, env={"MUSLIN_BROWSER": "/not/there"}, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("MUSLIN_BROWSER is /not/there")
    assert len(done.stderr.splitlines()) == 1
