"""The page as HTML, and the files that it is made of."""

from muslin.lecture.packs import WIDGETS
from muslin.lecture.sections import SECTIONS
from muslin.lecture.text import chapters
from muslin.version import __version__
from muslin.web.page import environment, files_of_page

__all__ = ["page_files", "render_lecture"]

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


def page_files() -> dict[str, bytes]:
    """Returns what the page loads, by its path below the page's own: scripts and styles."""
    return files_of_page("muslin.lecture")
