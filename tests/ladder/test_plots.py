import io
from dataclasses import dataclass

import numpy as np
import pytest
from matplotlib.axes import Axes
from PIL import Image

from muslin.ladder import plots
from muslin.ladder.plots import Panel, draw_ladder, draw_plane
from muslin.look import LIGHT


@dataclass(frozen=True)
class Result:
    rung: str
    accuracy: float
    fit_seconds: float = 0.0
    predict_seconds: float = 0.0

    @property
    def low(self):
        return max(0.0, self.accuracy - 0.01)

    @property
    def high(self):
        return min(1.0, self.accuracy + 0.01)


def rgb(colour, alpha=1.0):
    value = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)])
    return np.round(255 - alpha * (255 - value))


def pixels(png):
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    return np.asarray(image.convert("RGB")).astype(int)


def is_colour(picture, colour):
    return np.abs(picture - colour).max(axis=2) <= 2


@pytest.fixture
def drawn(monkeypatch):
    """The figures that are written, so that a test can ask them what lies where."""
    figures = []

    def keep(figure):
        figures.append(figure)
        return write(figure)

    write = plots.png
    monkeypatch.setattr(plots, "png", keep)
    return figures


def place_of(figure, axes: Axes, x, y, picture):
    """Row and column of the picture's pixel where a point of the axes lies."""
    across, up = figure.transFigure.inverted().transform(axes.transData.transform((x, y)))
    return round((1 - up) * len(picture)), round(across * picture.shape[1])


@pytest.mark.parametrize(
    "results",
    [
        [Result("alone", 0.5)],
        [Result("low", 0.3, 1, 1), Result("high", 0.95, 90, 10)],
        [Result(f"rung-{n}", 0.9 - n / 20, 10**n) for n in range(4)],
    ],
)
def test_each_rung_is_a_point_where_its_seconds_and_its_accuracy_meet(drawn, results):
    picture = pixels(draw_ladder(results, "bars"))
    (figure,) = drawn
    (axes,) = figure.axes
    for result in results:
        seconds = max(result.fit_seconds + result.predict_seconds, 1e-3)
        row, column = place_of(figure, axes, seconds, 100 * result.accuracy, picture)
        assert is_colour(picture[row - 2 : row + 3, column - 2 : column + 3], rgb(LIGHT.series[0])).all()
    assert is_colour(picture, rgb(LIGHT.series[0])).mean() < 0.01  # and nowhere else


def test_a_slower_rung_is_further_right_and_a_better_one_higher(drawn):
    picture = pixels(draw_ladder([Result("low", 0.3, 1), Result("high", 0.95, 100)], "bars"))
    rows, columns = np.nonzero(is_colour(picture, rgb(LIGHT.series[0])))
    left, right = columns < columns.mean(), columns > columns.mean()
    assert rows[right].max() < rows[left].min()


def test_the_bar_is_the_confidence_interval(drawn):
    picture = pixels(draw_ladder([Result("one", 0.5, 1)], "bars"))
    (figure,) = drawn
    tint = rgb(LIGHT.series[0], alpha=0.5)
    rows = np.nonzero(is_colour(picture, tint))[0]
    ends = [place_of(figure, figure.axes[0], 1, percent, picture)[0] for percent in (51, 49)]
    assert [rows.min(), rows.max()] == pytest.approx(ends, abs=3)


def test_names_stand_beside_their_points_and_not_over_each_other(drawn):
    draw_ladder([Result(f"crowded-{n}", 0.9, 1.3**n) for n in range(5)], "bars")
    (figure,) = drawn
    texts = {text.get_text(): text.get_window_extent() for text in figure.axes[0].texts}
    assert set(texts) == {f"crowded-{n} 90.0" for n in range(5)}
    boxes = list(texts.values())
    assert not any(box.count_overlaps(boxes[:place]) for place, box in enumerate(boxes))


@pytest.mark.parametrize("results", [[], [Result("none", 0.0), Result("all", 1.0, 10, 1)]])
def test_the_title_names_the_data_and_the_ends_of_the_scale_are_in_it(drawn, results):
    draw_ladder(results, "garments")
    (axes,) = drawn[0].axes
    assert axes.get_title() == "The ladder on garments; bars are 95 % confidence intervals"
    assert len(axes.texts) == len(results)


def halves(accuracy=1.0):
    regions = np.zeros((10, 10), np.int64)
    regions[:, 5:] = 1
    regions[8:, :] = 2  # the upper fifth
    return Panel("halves", np.array([[-0.5, 0.0], [0.5, -0.5]]), np.array([0, 1]), regions, accuracy)


def test_the_plane_shows_regions_and_points_where_they_are(drawn):
    picture = pixels(draw_plane({"one": [halves(), halves()], "two": [halves(), halves()]}, edge=1.0))
    (figure,) = drawn
    assert len(figure.axes) == 4
    for axes in figure.axes:
        for (x, y), series, alpha in [
            ((-0.8, -0.5), 0, 0.35), ((0.8, -0.8), 1, 0.35), ((0.3, 0.9), 2, 0.35),
            ((-0.5, 0.0), 0, None), ((0.5, -0.5), 1, None),
        ]:  # fmt: skip
            row, column = place_of(figure, axes, x, y, picture)
            colour = rgb(LIGHT.series[series], 1.0 if alpha is None else alpha)
            assert is_colour(picture[row : row + 1, column : column + 1], colour).all(), (x, y)


def test_rows_are_named_by_rungs_and_columns_by_sets(drawn):
    draw_plane({"one": [halves(0.5), halves()], "two": [halves(), halves(0.25)]}, edge=1.0)
    axes = np.array(drawn[0].axes).reshape(2, 2)
    assert [one.get_ylabel() for one in axes[:, 0]] == ["one", "two"]
    assert [one.get_title() for one in axes[0]] == ["halves", "halves"]
    assert [[one.get_xlabel() for one in row] for row in axes] == [["50.0 %", "100.0 %"], ["100.0 %", "25.0 %"]]


def test_an_empty_plane_is_its_caption(drawn):
    assert pixels(draw_plane({}, edge=1.0)).size
    assert drawn[0].get_suptitle() == plots.CAPTION


def test_any_name_of_the_data(drawn):
    draw_ladder([Result("knn", 0.8)], "$a$$ \\frac")
    assert drawn[0].axes[0].get_title().startswith("The ladder on $a$$ \\frac; ")
