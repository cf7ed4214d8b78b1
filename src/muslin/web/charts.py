"""Line charts as SVG, each with a table of its numbers behind it; colours are the page's, light and dark."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

__all__ = ["Axis", "Line", "line_chart"]

WIDTH, HEIGHT = 440, 270
LEFT, RIGHT, TOP, BOTTOM = 70, 26, 14, 44
MOST_DOTS = 40  # points of a line that are marked each
MOST_ROWS = 400  # of a table


def plain(value: float) -> str:
    """Returns a number as short as four digits allow."""
    return f"{value:.4g}"


@dataclass(frozen=True)
class Axis:
    """What one direction of a chart means.

    Attributes:
        label: what is counted, with its unit.
        low: where it begins; by default where the lines do.
        high: where it ends; likewise.
        whole: whether only whole numbers are marked.
        written: how a number on it is written.
    """

    label: str
    low: float | None = None
    high: float | None = None
    whole: bool = False
    written: Callable[[float], str] = plain


@dataclass(frozen=True)
class Line:
    """One line of a chart.

    Attributes:
        name: what it is, for the legend and the table.
        points: (x, y) in the order of x; where there is none, nothing is drawn.
        colour: the number of its colour in the palette's series, from 1.
        dashed: whether it is there for comparison alone: dashed and faint, and not in the table.
    """

    name: str
    points: Sequence[tuple[float, float]]
    colour: int = 1
    dashed: bool = False


def line_chart(
    title: str, lines: Sequence[Line], x: Axis, y: Axis, mark: tuple[float, float, str] | None = None
) -> Markup:
    """Returns a figure: a heading, the chart, and a table of its numbers that opens on demand.

    Args:
        title: what the chart shows.
        lines: at least one with a point.
        x: what goes to the right.
        y: what goes up.
        mark: a point to be named: x, y and its text.
    """
    xs = [point[0] for line in lines for point in line.points]
    ys = [point[1] for line in lines for point in line.points]
    across, up = _ticks(x, min(xs), max(xs)), _ticks(y, min(ys), max(ys))

    def place(point: tuple[float, float]) -> tuple[str, str]:
        return (
            f"{LEFT + (point[0] - across[0]) / (across[-1] - across[0]) * (WIDTH - LEFT - RIGHT):.1f}",
            f"{HEIGHT - BOTTOM - (point[1] - up[0]) / (up[-1] - up[0]) * (HEIGHT - TOP - BOTTOM):.1f}",
        )

    parts = [*_grid(across, up, x, y, place)]
    for line in lines:
        parts += _line(line, place)
    if mark:
        at_x, at_y = place(mark[:2])
        parts.append(Markup('<circle class="mark" cx="{}" cy="{}" r="6"><title>{}</title></circle>').format(
            at_x, at_y, mark[2]))  # fmt: skip
    return Markup(
        '<figure class="chart"><figcaption>{title}</figcaption>{legend}'
        '<svg viewBox="0 0 {width} {height}" role="img" aria-label="{title}: {y} by {x}">{parts}</svg>{table}</figure>'
    ).format(
        title=title, legend=_legend(lines, mark), width=WIDTH, height=HEIGHT, x=x.label, y=y.label,
        parts=Markup("").join(parts), table=_table(title, lines, x, y),
    )  # fmt: skip


def _ticks(axis: Axis, low: float, high: float) -> list[float]:
    """Returns the marks of an axis, of which the first and the last are its ends."""
    from matplotlib.ticker import MaxNLocator

    low = axis.low if axis.low is not None else low
    high = axis.high if axis.high is not None else high
    if high <= low:
        low, high = low - 0.5, low + 0.5
    locator = MaxNLocator(nbins=5, integer=axis.whole, steps=[1, 2, 2.5, 5, 10], min_n_ticks=2)
    return [float(tick) for tick in locator.tick_values(low, high)]


def _grid(
    across: Sequence[float],
    up: Sequence[float],
    x: Axis,
    y: Axis,
    place: Callable[[tuple[float, float]], tuple[str, str]],
) -> list[Markup]:
    """Returns the helping lines with their numbers, and what the axes mean."""

    def text(x: object, y: object, anchor: str, content: str, more: str = "") -> Markup:
        tag = Markup('<text x="{}" y="{}" text-anchor="{}"{}>{}</text>')
        return tag.format(x, y, anchor, Markup(more), content)  # noqa: S704  # our own

    parts = []
    for tick in up:
        _, at = place((across[0], tick))
        parts.append(Markup('<path class="grid" d="M{} {}H{}"/>').format(LEFT, at, WIDTH - RIGHT))
        parts.append(text(LEFT - 6, at, "end", y.written(tick), ' dy=".35em"'))
    for tick in across:
        at, _ = place((tick, up[0]))
        parts.append(text(at, HEIGHT - BOTTOM + 16, "middle", x.written(tick)))
    turned = ' class="axis" transform="rotate(-90)"'
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, "middle", x.label, ' class="axis"'))
    parts.append(text(-(TOP + HEIGHT - BOTTOM) / 2, 13, "middle", y.label, turned))
    return parts


def _line(line: Line, place: Callable[[tuple[float, float]], tuple[str, str]]) -> list[Markup]:
    if not line.points:
        return []
    placed = [place(point) for point in line.points]
    path = "L".join(f"{x} {y}" for x, y in placed)
    kind = "line dashed" if line.dashed else f"line s{line.colour}"
    parts = [Markup('<path class="{}" d="M{}"/>').format(kind, path)]
    if not line.dashed and len(placed) <= MOST_DOTS:
        parts += [
            Markup('<circle class="dot s{}" cx="{}" cy="{}" r="3"/>').format(line.colour, *each) for each in placed
        ]
    return parts


def _legend(lines: Sequence[Line], mark: tuple[float, float, str] | None) -> Markup:
    if len(lines) < 2 and not mark:
        return Markup("")
    entries = Markup("").join(
        Markup('<span class="key {}"></span>{} ').format("dashed" if line.dashed else f"s{line.colour}", line.name)
        for line in lines
    )
    ring = Markup('<span class="key ring"></span>{}').format(mark[2]) if mark else ""
    return Markup('<p class="legend">{}{}</p>').format(entries, ring)


def _table(title: str, lines: Sequence[Line], x: Axis, y: Axis) -> Markup:
    shown = [line for line in lines if not line.dashed]
    rows = sorted({point[0] for line in shown for point in line.points})[:MOST_ROWS]
    by_x = [dict(line.points) for line in shown]
    head = Markup("").join(
        Markup('<th scope="col">{}</th>').format(text) for text in (x.label, *(line.name for line in shown))
    )
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            x.written(row),
            Markup("").join(Markup("<td>{}</td>").format(y.written(d[row]) if row in d else "–") for d in by_x),
        )
        for row in rows
    )
    return Markup(
        '<details class="numbers"><summary>The numbers</summary><div class="scroll" tabindex="0" role="region" '
        'aria-label="{title}, the numbers"><table><caption>{title}: {y}</caption><thead><tr>{head}</tr></thead>'
        "<tbody>{body}</tbody></table></div></details>"
    ).format(title=title, y=y.label, head=head, body=body)
