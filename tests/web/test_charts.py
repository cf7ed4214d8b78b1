import xml.etree.ElementTree as ET

import pytest

from muslin.web.charts import Axis, Line, line_chart

NASTY = '<img src=x onerror=alert(1)> & "quotes"'


def parsed(markup):
    return ET.fromstring(str(markup))  # noqa: S314  # our own


def texts(figure, tag):
    return ["".join(each.itertext()) for each in figure.iter(tag)]


def test_points_lie_where_their_numbers_are():
    figure = parsed(line_chart("rise", [Line("a", [(0, 0), (5, 50), (10, 100)])], Axis("x"), Axis("y")))
    circles = [(float(c.get("cx")), float(c.get("cy"))) for c in figure.iter("circle")]
    (x0, y0), (x1, y1), (x2, y2) = circles
    assert x0 < x1 < x2
    assert y0 > y1 > y2  # SVG counts downwards
    assert (x1 - x0, y0 - y1) == pytest.approx((x2 - x1, y1 - y2), abs=0.11)
    zero = next(t for t in figure.iter("text") if t.text == "0" and t.get("text-anchor") == "end")
    assert float(zero.get("y")) == pytest.approx(y0)


def test_a_table_stands_behind_the_picture():
    lines = [Line("a", [(1, 0.5), (2, 0.25)]), Line("b", [(2, 1.0)]), Line("even", [(1, 0), (2, 0)], dashed=True)]
    figure = parsed(line_chart("loss", lines, Axis("epoch", whole=True), Axis("nats")))
    assert texts(figure, "th") == ["epoch", "a", "b", "1", "2"]
    assert texts(figure, "td") == ["0.5", "–", "0.25", "1"]


@pytest.mark.parametrize("points", [[(3, 7)], [(1, 2), (2, 2)]])
def test_one_point_or_one_height_is_a_chart_too(points):
    figure = parsed(line_chart("flat", [Line("a", points)], Axis("x"), Axis("y")))
    assert "nan" not in ET.tostring(figure, encoding="unicode")
    assert len(list(figure.iter("circle"))) == len(points)


def test_names_stay_names():
    chart = line_chart(NASTY, [Line(NASTY, [(0, 1)]), Line("b", [(0, 2)])], Axis(NASTY), Axis(NASTY), (0, 1, NASTY))
    figure = parsed(chart)
    assert not list(figure.iter("img"))
    assert NASTY in texts(figure, "figcaption")
    assert NASTY in texts(figure, "title")
