"""A comparison as one HTML file: plain values and pictures in, text out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from muslin.files import write_whole
from muslin.report.compare.comparison import Comparison
from muslin.report.compare.groups import FIGURES, setting, written
from muslin.report.compare.pairs import Pair
from muslin.report.compare.pictures import read_pictures
from muslin.report.compare.words import LEVEL
from muslin.report.sheets import picture_sheet
from muslin.text import duration, printable
from muslin.web.charts import Axis, Line, line_chart
from muslin.web.page import asset, environment, render_page

__all__ = ["write_page"]

PACKAGE = "muslin.report.compare"
LONGEST = 96  # pixels of a picture's longer side
SERIES = 6  # colours
Facts = Mapping[str, Any]


def write_page(comparison: Comparison, path: Path) -> None:
    """Writes a comparison as one HTML file that needs nothing else.

    Raises:
        RunError: the file cannot be written.
        DiskFullError: the disk is full.
    """
    write_whole(path, render_page_of(comparison))


def render_page_of(comparison: Comparison) -> str:
    """Returns the page; reads the test pictures on which the runs differ most."""
    facts = comparison.as_json()
    title = f"{len(facts['runs'])} runs compared"
    body = environment(PACKAGE).get_template("compare.html.j2").render(
        **facts,
        title=title,
        figures=FIGURES,
        written=written,
        setting=setting,
        charts=charts(facts),
        pictures=[pictures_of(pair) for pair in comparison.pairs],
        level=LEVEL,
    )  # fmt: skip
    style, script = asset(PACKAGE, "page/compare.css"), asset("muslin.web", "assets/tables.js")
    return render_page(title, Markup(body), style=style, scripts=(script,))  # noqa: S704


def charts(facts: Facts) -> list[Markup]:
    """Returns the runs' curves over each other; a group's runs have one colour, of a single group each has its own."""
    runs, groups = facts["runs"], facts["groups"]
    owners = [[run["run"]] for run in runs] if len(groups) == 1 else [group["runs"] for group in groups]
    colours = {letter: number % SERIES + 1 for number, owned in enumerate(owners) for letter in owned}

    def lines(x: str, y: str) -> list[Line]:
        return [
            Line(
                f"{run['run']}, {printable(run['name'])}",
                [(each[x], each[y]) for each in run["epochs"] if each[x] is not None and each[y] is not None],
                colours[run["run"]],
            )
            for run in runs
            if len(run["epochs"]) > 1
        ]

    epoch = Axis("epoch", low=1, whole=True, written=lambda value: f"{value:.0f}")
    time = Axis("time", low=0, written=duration)
    share = Axis("right", written=lambda value: f"{100 * value:.4g} %")
    wanted = (
        ("Validation accuracy", lines("epoch", "validation_accuracy"), epoch, share),
        ("Validation accuracy by time", lines("seconds", "validation_accuracy"), time, share),
        ("Validation loss", lines("epoch", "validation_loss"), epoch, Axis("nats")),
        ("Training loss (augmented, smoothed labels)", lines("epoch", "train_loss"), epoch, Axis("nats")),
    )  # fmt: skip
    return [line_chart(*each) for each in wanted if any(line.points for line in each[1])]


def pictures_of(pair: Pair) -> dict[int, str] | None:
    """Returns the pictures about which one run alone is right, as URIs by their place; None where they are gone."""
    if pair.answers is None:
        return None
    positions = [each.position for side in pair.answers.only for each in side]
    pictures = read_pictures(pair.runs[0], positions) if positions else None
    if pictures is None:
        return {} if not positions else None
    return {
        place: picture_sheet(picture[None], LONGEST).uri for place, picture in zip(positions, pictures, strict=True)
    }
