"""The page as HTML, and the files that it is made of."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from muslin.lecture.packs import WIDGETS
from muslin.lecture.sections import SECTIONS
from muslin.lecture.text import chapters
from muslin.version import __version__
from muslin.web.page import environment, look

__all__ = ["KINDS", "page_files", "render_lecture"]

KINDS = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}  # that a page loads, by suffix
# Formulas and drawings set styles of their own; scripts come from this place alone, and nothing from elsewhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; worker-src 'self'; media-src blob:; base-uri 'none'; form-action 'none'"
)


def render_lecture(*, is_live: bool) -> str:
    """Returns the page; the live one has Python behind it.

    Args:
        is_live: whether it is served by `muslin lecture`; else it is one of a folder on any web host.
    """
    template = environment("muslin.lecture").get_template("lecture.html.j2")
    return template.render(
        is_live=is_live, policy=POLICY, sections=SECTIONS, chapters=chapters(), widgets=WIDGETS, version=__version__
    )


@cache
def page_files() -> dict[str, bytes]:
    """Returns what the page loads, by its path below the page's own: scripts and styles."""
    found = {"look.css": look().encode()}
    found |= dict(_below(files("muslin.lecture").joinpath("page"), ""))
    return found


def _below(folder: Traversable, path: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found += _below(entry, f"{path}{entry.name}/")
        elif entry.name.rpartition(".")[2] in KINDS:
            found.append((f"{path}{entry.name}", entry.read_bytes()))
    return found
