"""A comparison as one HTML file: plain values and pictures in, text out."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch.nn.functional as F
from markupsafe import Markup
from PIL import Image
from torch import Tensor

from muslin.files import write_whole
from muslin.report.compare.comparison import Comparison
from muslin.report.compare.groups import FIGURES, setting, written
from muslin.report.compare.pairs import Pair
from muslin.report.compare.pictures import read_pictures
from muslin.report.compare.words import LEVEL
from muslin.text import duration, printable
from muslin.web.charts import Axis, Line, line_chart
from muslin.web.page import asset, data_uri, environment, render_page

__all__ = ["write_page"]

PACKAGE = "muslin.report.compare"
SMALL, LONGEST = 32, 96  # pixels of a side: small pictures are kept to the bit, none is larger than the latter
QUALITY = 80  # of larger ones, as WebP
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
    return {place: uri_of(picture) for place, picture in zip(positions, pictures, strict=True)}


def uri_of(picture: Tensor) -> str:
    """Returns a (C, H, W) uint8 picture as a URI; a small one to the bit, a large one made smaller."""
    longest = max(picture.shape[1:])
    if longest > LONGEST:
        size = [max(1, round(LONGEST / longest * side)) for side in picture.shape[1:]]
        picture = F.interpolate(picture[None].float(), size, mode="bilinear", antialias=True)[0].round().byte()
    pixels = picture[0] if len(picture) == 1 else picture.permute(1, 2, 0).contiguous()
    kind, options = ("PNG", {"optimize": True}) if longest <= SMALL else ("WEBP", {"quality": QUALITY})
    buffer = io.BytesIO()
    Image.fromarray(pixels.numpy()).save(buffer, kind, **options)
    return data_uri(buffer.getvalue(), f"image/{kind.lower()}")
