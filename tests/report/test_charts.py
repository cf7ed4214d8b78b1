import io

import numpy as np
import pytest
import torch
from PIL import Image

from muslin.look import LIGHT, png
from muslin.report import charts
from muslin.report.charts import CELL, HEAD, LEAST_COLUMNS, SIDE, Curves, choose_shown, draw_curves, draw_predictions

RIGHT, WRONG = (
    tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5)) for colour in (LIGHT.right, LIGHT.wrong)
)


def opened(png):
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("epochs", [1, 2, 30])
def test_curves(epochs, monkeypatch):
    figures = []
    monkeypatch.setattr(charts, "png", lambda figure: figures.append(figure) or png(figure))
    train, validation = np.linspace(1.2, 0.5, epochs), np.linspace(2, 1, epochs)
    pixels = opened(draw_curves(Curves(train, validation, 1 - validation / 4), "bars"))
    (figure,) = figures
    loss, accuracy = figure.axes
    for axes, values, colour in (
        (loss, train, WRONG),
        (loss, validation, RIGHT),
        (accuracy, 100 - 25 * validation, RIGHT),
    ):
        for epoch, value in enumerate(values, start=1):
            across, up = figure.transFigure.inverted().transform(axes.transData.transform((epoch, value)))
            row, column = round((1 - up) * len(pixels)), round(across * pixels.shape[1])
            assert np.abs(pixels[row, column].astype(int) - colour).max() <= 2, (epoch, value)
    assert figure.get_suptitle() == "bars"


def cell_of(pixels, place, columns):
    """The title and the picture of a place in the grid."""
    row, column = divmod(place, columns)
    left, bottom = column * CELL[0], HEAD + (row + 1) * CELL[1]
    cell = pixels[bottom - CELL[1] : bottom, left : left + CELL[0]]
    return cell[: CELL[1] - SIDE], cell[CELL[1] - SIDE :]


def has_colour(pixels, colour):
    return bool((pixels == np.array(colour)).all(-1).any())


@pytest.mark.parametrize(("channels", "count"), [(1, 1), (1, 7), (3, 36)])
def test_each_picture_stands_below_what_was_said_of_it(channels, count):
    brightness = torch.arange(count, dtype=torch.uint8) * 5 + 40
    images = brightness[:, None, None, None].expand(count, channels, 9, 9)
    labels = torch.arange(count) % 2
    pixels = opened(draw_predictions(images, labels, torch.zeros(count).long(), ["a", "b"]))
    shown = choose_shown(labels, torch.zeros(count).long())
    for place, index in enumerate(shown):
        title, picture = cell_of(pixels, place, min(6, count))
        assert (picture[SIDE // 2, CELL[0] // 2] == int(brightness[index])).all()
        assert (has_colour(title, RIGHT), has_colour(title, WRONG)) == (labels[index] == 0, labels[index] == 1)
    assert pixels.shape[1] == max(min(6, count), LEAST_COLUMNS) * CELL[0]


def test_half_of_the_grid_is_mistakes_where_there_are_enough():
    labels = torch.zeros(1000).long()
    predicted = (torch.arange(1000) % 4 == 3).long()
    shown = choose_shown(labels, predicted)
    assert len(shown) == len(set(shown)) == 36
    assert sum(int(predicted[i]) for i in shown) == 18
    assert len(choose_shown(labels, labels)) == 36
    assert len(choose_shown(labels[:100], labels[:100] + 1)) == 36
    assert len(choose_shown(labels[:5], predicted[:5])) == 5
