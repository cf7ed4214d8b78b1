"""How results show themselves in a notebook: small tables in its own colours, and whole pages in a frame."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from muslin.text import percent

__all__ = ["bar", "framed", "table"]

CELL = "text-align: {}; padding: .15em .8em .15em 0; font-variant-numeric: tabular-nums"


def table(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]], note: str = "") -> str:
    """Returns a table with a title; the first column is text, the others are numbers.

    Args:
        title: what the table shows.
        headings: one a column; none for a table without.
        rows: a value a column: text, which is escaped, or markup.
        note: a line below.
    """
    head = Markup("").join(cell("th", place, heading) for place, heading in enumerate(headings))
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(cell("td", place, value) for place, value in enumerate(row)))
        for row in rows
    )
    return str(
        Markup(
            '<div style="overflow-x: auto"><strong>{}</strong><table style="border: 0"><thead><tr>{}</tr></thead>'
            "<tbody>{}</tbody></table><div>{}</div></div>"
        ).format(title, head, body, note)
    )


def cell(tag: str, place: int, value: object) -> Markup:
    """Returns a cell of a table's column `place`, from 0."""
    style = CELL.format("left" if place == 0 else "right")
    return Markup('<{0} style="{1}">{2}</{0}>').format(tag, style, value)


def bar(share: float) -> Markup:
    """Returns a share in [0, 1] as a bar with its number."""
    style = f"display: inline-block; width: {8 * share:.2f}em; height: .7em; background: currentColor; opacity: .6"
    return Markup('{} <span style="{}"></span>').format(percent(share, 1), style)


def framed(page: str, height: int = 640) -> str:
    """Returns a whole page in a frame of its own, so many pixels high: its style and the notebook's stay apart."""
    frame = Markup(
        '<iframe srcdoc="{}" title="report" sandbox="allow-scripts" '
        'style="width: 100%; height: {}px; border: 1px solid; border-radius: 6px"></iframe>'
    )
    return str(frame.format(page, height))
