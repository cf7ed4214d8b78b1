"""A browser for the tests of pages: named, on this machine, or installed; one that was seen to open a page.

python -m tests.browser.find --keep .venv/browser    # prints its path, and keeps it in that file
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

ARGUMENTS = [
    "--no-sandbox",  # root, in a container, has none
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NAMES = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
]
MAC_PROGRAMS = [
    Path(f"/Applications/{name}.app/Contents/MacOS/{name}") for name in ("Chromium", "Google Chrome", "Microsoft Edge")
]
# With a font, so that there are letters in the pictures of pages.
MANAGERS = {
    "apt-get": [
        ["apt-get", "update", "-qq"],
        [
            *("apt-get", "install", "-qq", "--yes", "--no-install-recommends"),
            *("-o", "DPkg::Lock::Timeout=120"),  # s, while something else is being installed
            *("chromium", "fonts-liberation"),
        ],
    ],
    "dnf": [["dnf", "install", "--quiet", "--assumeyes", "chromium", "liberation-fonts"]],
    "pacman": [["pacman", "--sync", "--refresh", "--noconfirm", "chromium", "ttf-liberation"]],
    "zypper": [["zypper", "--quiet", "--non-interactive", "install", "chromium", "liberation-fonts"]],
    "apk": [["apk", "add", "--quiet", "chromium", "font-liberation"]],
}
INSTALL_SECONDS = 900
OPEN_SECONDS = 60  # the first start on a slow machine with a cold disk
REMEDY = (
    "install Chromium, Chrome or Edge (Debian: apt-get install chromium), name one with MUSLIN_BROWSER=/its/path, "
    "or leave the tests of pages out with: make test BROWSER=no"
)


class NoBrowserError(Exception):
    """There is none that opens a page; the message is one line with what to do."""


def opens_a_page(program: str) -> bool:
    """Whether a program, started without a window, runs the script of a page in the folder for temporary files.

    Being there is not enough: Ubuntu's `chromium-browser` may be a stub that asks for a snap, a snap sees no such
    folder, and a browser that was copied onto a machine may lack its libraries.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page = Path(folder, "page.html")
        page.write_text("<p id=p></p><script>p.textContent = `opened ${6 * 7}`</script>", encoding="utf-8")
        arguments = ["--headless", *ARGUMENTS, f"--user-data-dir={folder}/profile", "--dump-dom", page.as_uri()]
        try:
            done = subprocess.run([program, *arguments], capture_output=True, timeout=OPEN_SECONDS)
        except (OSError, subprocess.TimeoutExpired):
            return False
    return b"opened 42" in done.stdout


def of_playwright() -> str:
    """The path where playwright keeps its own browser, whether or not it is there."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def candidates() -> Iterator[str]:
    """What may be a browser here, the system's before playwright's own."""
    yield from filter(None, map(shutil.which, NAMES))
    if platform.system() == "Darwin":
        yield from (str(path) for path in MAC_PROGRAMS if path.exists())
    if Path(own := of_playwright()).exists():
        yield own


def find_browser(environment: Mapping[str, str]) -> str:
    """Returns the path of the browser that MUSLIN_BROWSER names, else of the first here that opens a page.

    Raises:
        NoBrowserError: the named one does not open a page, or none here does.
    """
    if named := environment.get("MUSLIN_BROWSER"):
        if (program := shutil.which(named)) and opens_a_page(program):
            return program
        raise NoBrowserError(f"MUSLIN_BROWSER is {named}, which opens no page: {REMEDY}")
    for program in candidates():
        if opens_a_page(program):
            return program
    raise NoBrowserError(f"There is no browser here that opens a page: {REMEDY}")


def install_commands(*, root: bool) -> Iterator[list[list[str]]]:
    """The ways to install a browser here, each one or more commands.

    Root has the system's package manager first, which brings the libraries that playwright's own browser leaves to it.
    """
    if root:
        yield from (commands for manager, commands in MANAGERS.items() if shutil.which(manager))
    yield [[sys.executable, "-m", "playwright", "install", "chromium"]]


def run_all(commands: list[list[str]]) -> None:
    """Runs commands up to the first that fails or takes too long; standard error says which, and why."""
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "10000"}  # ms
    for command in commands:
        print("Installing a browser for the tests of pages:", *command, file=sys.stderr, flush=True)
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=INSTALL_SECONDS,
                env=os.environ | quiet,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"That failed: {error}", file=sys.stderr)
            return
        if done.returncode:
            said = [line for line in done.stdout.splitlines() if line.strip() and not line[0].isspace()]  # no trace
            print("That failed:", *said[-1:], file=sys.stderr)
            return


def find_or_install(environment: Mapping[str, str]) -> str:
    """Returns the path of a browser, which is installed where none is found and this machine allows it.

    Raises:
        NoBrowserError: the named one does not open a page, or none is here and none could be installed.
    """
    try:
        return find_browser(environment)
    except NoBrowserError:
        if environment.get("MUSLIN_BROWSER"):
            raise
    for commands in install_commands(root=hasattr(os, "geteuid") and os.geteuid() == 0):
        run_all(commands)
        try:
            return find_browser(environment)
        except NoBrowserError:
            continue
    raise NoBrowserError(f"No browser is here, and none could be installed: {REMEDY}")


def kept_browser(keep: Path, environment: Mapping[str, str]) -> str:
    """Returns the browser whose path is in a file, if it is still there and no other is named; else one that is found.

    Raises:
        NoBrowserError: as `find_or_install`.
    """
    kept = keep.read_text(encoding="utf-8").strip() if keep.exists() else ""
    named = environment.get("MUSLIN_BROWSER")
    if kept and shutil.which(kept) and (not named or shutil.which(named) == kept):
        return kept
    found = find_or_install(environment)
    keep.parent.mkdir(parents=True, exist_ok=True)
    keep.write_text(f"{found}\n", encoding="utf-8")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, required=True, help="the file that keeps the path for later calls")
    try:
        print(kept_browser(parser.parse_args().keep, os.environ))
    except NoBrowserError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
