"""The text of the page: the chapters of docs/lecture.md as HTML, their formulas as MathML.

There is one text. What the document shows as a still picture is what moves on the page, so pictures are left out; links
into the project's folders have no place to lead to there, and become plain text.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin

__all__ = ["Chapter", "chapters"]

INSTALLED = Path(__file__).parent / "lecture.md"  # where a wheel has it
DOCUMENT = Path(__file__).parents[3] / "docs" / "lecture.md"  # where a clone has it
HEADING = re.compile(r"^## (?:\d+\. )?(.+)$", re.MULTILINE)
MISTAKE = re.compile(r"^(?=\*\*Common mistakes?:)", re.MULTILINE)
PICTURE = re.compile(r"(?:^[^\n#]+:\n\n)?^!\[[^\]]*\]\([^)]*\)\n", re.MULTILINE)  # with the line that leads to it
FENCE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
LINK_INSIDE = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)\s]+\)")
SIDE_BY_SIDE = re.compile(r"\s*(?:\\qquad\s*)+")
WIDE = '<div class="scroll">'
SHOWN_BY = re.compile(r"\s+Shown by `.*?(?=\n\n|\Z)", re.DOTALL)  # tests, which only a clone has


@dataclass(frozen=True)
class Chapter:
    """One chapter of the document, as HTML.

    Attributes:
        text: what it is, its formula, and the Python that computes it.
        mistake: what people most often get wrong about it; may be empty.
    """

    text: Markup
    mistake: Markup


@cache
def chapters() -> dict[str, Chapter]:
    """Returns the chapters by their headings, without the headings' numbers.

    >>> "<math" in chapters()["Perceptron"].text
    True
    """
    path = INSTALLED if INSTALLED.exists() else DOCUMENT
    _, *parts = HEADING.split(path.read_text(encoding="utf-8"))
    return {title: _chapter(text) for title, text in zip(parts[::2], parts[1::2], strict=True)}


def _chapter(text: str) -> Chapter:
    text = SHOWN_BY.sub("", PICTURE.sub("", text))
    text = "".join(part if part.startswith("```") else LINK_INSIDE.sub(r"\1", part) for part in FENCE.split(text))
    told, *mistake = MISTAKE.split(text, maxsplit=1)
    return Chapter(_html(told), _html("".join(mistake)))


def _html(text: str) -> Markup:
    """Returns Markdown of the project's own as HTML."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").use(dollarmath_plugin, renderer=_formula)
    html = reader.render(text).replace("<table>", WIDE + "<table>").replace("</table>", "</table></div>")
    return Markup(html)  # noqa: S704 - the text is the project's


def _formula(latex: str, options: dict[str, bool]) -> str:
    """Returns a formula as MathML; displayed ones that stand side by side are several, so that they may stand below."""
    if not options["display_mode"]:
        return convert(latex, display="inline")
    return "".join(convert(part, display="block") for part in SIDE_BY_SIDE.split(latex))
