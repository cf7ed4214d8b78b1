"""The pictures of docs/lecture.md: there is a drawing for each, and what the cheap ones say is true."""

import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from muslin.look import LIGHT, style

DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture(scope="module")
def figures():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DOCS / "figures"))
        return runpy.run_path(str(DOCS / "figures" / "__main__.py"))["FIGURES"]


def line_of(axes, label):
    (line,) = [line for line in axes.get_lines() if line.get_label() == label]
    return line


def test_the_lecture_shows_every_figure_and_no_other(figures):
    shown = re.findall(r"images/lecture/([\w-]+)\.png", (DOCS / "lecture.md").read_text(encoding="utf-8"))
    assert set(shown) == set(figures) == {path.stem for path in (DOCS / "images" / "lecture").glob("*.png")}


@style()
def test_unit_balls(figures):
    balls, ways = figures["unit-balls"]().axes
    square, circle = line_of(balls, "L1 distance 1"), line_of(balls, "L2 distance 1")
    assert (square.get_color(), circle.get_color()) == (LIGHT.wrong, LIGHT.right)
    np.testing.assert_allclose(np.abs(square.get_xydata()).sum(axis=1), 1)
    np.testing.assert_allclose(np.linalg.norm(circle.get_xydata(), axis=1), 1)
    assert {text.get_text() for text in ways.get_legend().get_texts()} == {"L1: 3 + 4 = 7", "L2: √(3² + 4²) = 5"}


@style()
def test_gates_fire_where_their_table_says(figures):
    corners = {}
    for axes in figures["gates"]().axes:
        marks = [mark for mark in axes.collections if mark.get_label() == "fires (1)"]
        corners[axes.get_title()] = {tuple(map(int, point)) for mark in marks for point in mark.get_offsets()}
    assert corners["AND, threshold 2"] == {(1, 1)}
    assert corners["OR, threshold 1"] == {(0, 1), (1, 0), (1, 1)}
    assert corners["XOR: no line separates it"] == {(0, 1), (1, 0)}


@style()
def test_the_sets_are_judged_as_the_plane_is(figures):
    said = {axes.get_title(): axes.get_xlabel() for axes in figures["plane-sets"]().axes}
    assert said.pop("blobs") == "a line separates it"
    assert said.pop("pinwheel") == said.pop("blobs, three colours") == "more than two colours"
    assert set(said.values()) == {"a line does not separate it"}
