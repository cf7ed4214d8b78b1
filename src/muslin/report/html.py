"""The report as one HTML file: plain values in, text out; it computes nothing but places and shades."""

import math
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from muslin.config import VIEWS
from muslin.report.gallery import Gallery
from muslin.report.graphs import curves, sureness_charts
from muslin.report.sheets import SMALL, Sheet, map_sheet, picture_sheet
from muslin.report.words import calibration_in_words, curves_in_words, in_words
from muslin.web.page import asset, environment, render_page

__all__ = ["render_report"]

PACKAGE = "muslin.report"
MOST_CLASSES = 40  # of a matrix that can be read
SHOWN_SIDE = 84  # CSS pixels of a picture's longer side, about
NEAR_SIDE = 56  # of a training picture's


def render_report(facts: Mapping[str, Any], gallery: Gallery | None) -> str:
    """Returns the page.

    Args:
        facts: as `facts_of` gives them.
        gallery: the pictures that belong to them.
    """
    pictures = picture_sheet(gallery.pictures) if gallery and len(gallery.pictures) else None
    maps = map_sheet(gallery.maps) if gallery and len(gallery.maps) else None
    train = picture_sheet(gallery.train_pictures) if gallery and len(gallery.train_pictures) else None
    doubted = picture_sheet(gallery.doubted_pictures) if gallery and gallery.doubted else None
    slots = {int(n): slot for slot, n in enumerate(gallery.train_positions.tolist())} if gallery else {}
    confusion, figures = facts["test"]["confusion"], facts["figures"]
    count = sum(map(sum, confusion))
    body = environment(PACKAGE).get_template("report.html.j2").render(
        **facts,
        charts={"curves": curves(facts["epochs"]), "calibration": sureness_charts(facts)},
        test_count=count,
        views=VIEWS[facts["test"]["views"]],
        in_words=in_words(facts["test"]["accuracy"]),
        curves_in_words=curves_in_words(facts),
        calibration_in_words=calibration_in_words(facts),
        matrix=len(confusion) <= MOST_CLASSES,
        cells=cells_of(facts["exhibits"], len(confusion)),
        cell_pair=lambda each: tuple(facts["classes"].index(each[key]) for key in ("true", "said")),
        cell_of=lambda each: "-".join(str(facts["classes"].index(each[key])) for key in ("true", "said")),
        shade=lambda i, j: f"{shade(confusion, i, j):.3f}",
        class_rows=figures["classes"] if figures else bare_rows(facts["classes"], confusion),
        has_areas=bool(figures and figures["before"]),
        has_neighbours=bool(slots),
        worst_exhibits=gallery.worst if gallery else (),
        doubt_place=doubted.place if doubted else None,
        layer=gallery.layer if gallery else "",
        seen=gallery.seen if gallery else 0,
        layer_in_words=gallery.layer if gallery else "",
        mapped=len(gallery.maps) if gallery else 0,
        picture_place=pictures.place if pictures else None,
        map_place=maps.place if maps else None,
        train_place=lambda position: train.place(slots[position]) if train else (0, 0),
    )  # fmt: skip
    style = asset(PACKAGE, "page/report.css") + "".join(
        tile_style(name, sheet, side)
        for name, sheet, side in (
            ("picture", pictures, SHOWN_SIDE),
            ("map", maps, SHOWN_SIDE),
            ("train", train, NEAR_SIDE),
            ("doubt", doubted, SHOWN_SIDE),
        )
        if sheet
    )
    scripts = asset("muslin.web", "assets/tables.js"), asset(PACKAGE, "page/report.js")
    return render_page(f"{facts['title']}: report", Markup(body), style=style, scripts=scripts)  # noqa: S704


def tile_style(name: str, sheet: Sheet, side: int) -> str:
    """Returns the rule for one kind of small picture; pixels of small ones stay squares."""
    zoom = (
        max(1, round(side / max(sheet.width, sheet.height)))
        if max(sheet.width, sheet.height) <= SMALL
        else (side / max(sheet.width, sheet.height))
    )
    crisp = " image-rendering: pixelated;" if max(sheet.width, sheet.height) <= SMALL and name != "map" else ""
    return (
        f".tile.{name} {{ --w: {sheet.width}px; --h: {sheet.height}px; --z: {zoom:g}; --columns: {sheet.columns}; "
        f"--rows: {sheet.rows};{crisp} background-image: url({sheet.uri}); }}\n"
    )


def shade(confusion: list[list[int]], i: int, j: int) -> float:
    """Returns how strongly a cell is coloured, in [0, 1]: by its share of the row; mistakes by the root of it."""
    share = confusion[i][j] / max(1, sum(confusion[i]))
    return share if i == j else min(1.0, math.sqrt(share) * 1.5)


def cells_of(exhibits: list[dict[str, Any]], classes: int) -> dict[tuple[int, int], list[int]]:
    """Returns the numbers of the exhibits of each cell of the matrix, true class first."""
    cells: dict[tuple[int, int], list[int]] = {(i, j): [] for i in range(classes) for j in range(classes)}
    for number, each in enumerate(exhibits):
        cells[each["label"], each["said"]].append(number)
    return cells


def bare_rows(classes: list[str], confusion: list[list[int]]) -> list[dict[str, Any]]:
    """Returns the rows of the table of classes, for a run that keeps no answers."""
    from torch import tensor

    from muslin.evaluation.classes import class_scores

    scores = class_scores(tensor(confusion))
    return [
        {"name": name, "count": s.count, "recall": s.recall, "precision": s.precision, "f1": s.f1}
        for name, s in zip(classes, scores, strict=True)
    ]
