import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image, ImageColor

from muslin.look import LIGHT, png
from muslin.report import charts
from muslin.report.charts import CELL, GRID, HEAD, SIDE, choose_shown, draw_curves, draw_predictions
from tests.report.records import make_answers, make_epochs, make_record

RIGHT, WRONG = LIGHT.right, LIGHT.wrong


def opened(png):
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    return np.asarray(image.convert("RGB")).astype(int)


def places(pixels, colour):
    """The rows and columns that have a colour, but for the rounding of edges."""
    return np.argwhere(np.abs(pixels - ImageColor.getrgb(colour)).max(axis=2) < 3)


@pytest.mark.parametrize("epochs", [1, 2, 30])
def test_every_point_of_the_curves_has_its_colour_at_its_place(epochs, monkeypatch):
    figures = []
    monkeypatch.setattr(charts, "png", lambda figure: figures.append(figure) or png(figure))
    record = make_record(epochs=make_epochs(epochs))
    pixels = opened(draw_curves(record))
    loss, accuracy = figures[0].axes
    for axes, colour, values in (
        (loss, WRONG, [e.train_loss for e in record.epochs]),
        (loss, RIGHT, [e.validation_loss for e in record.epochs]),
        (accuracy, RIGHT, [100 * e.validation_accuracy for e in record.epochs]),
    ):
        for epoch, value in enumerate(values, start=1):
            across, up = figures[0].transFigure.inverted().transform(axes.transData.transform((epoch, value)))
            row, column = round((1 - up) * len(pixels)), round(across * pixels.shape[1])
            assert np.abs(pixels[row, column].astype(int) - ImageColor.getrgb(colour)).max() <= 16, (epoch, value)


@pytest.mark.parametrize(("channels", "count"), [(1, 1), (1, 7), (3, 36)])
def test_each_picture_stands_in_its_cell(channels, count):
    levels = (torch.arange(count) * 7 + 1).to(torch.uint8)
    pictures = levels.view(-1, 1, 1, 1).repeat(1, channels, 9, 9)
    pixels = opened(draw_predictions(make_record(answers=make_answers(pictures))))
    for place, level in enumerate(levels.tolist()):
        row, column = divmod(place, min(GRID, count))
        middle = HEAD + (row + 1) * CELL[1] - SIDE // 2, column * CELL[0] + CELL[0] // 2
        assert (pixels[middle] == level).all()


def test_titles_of_mistakes_have_another_colour():
    pictures = torch.zeros(2, 1, 9, 9, dtype=torch.uint8)
    pixels = opened(draw_predictions(make_record(answers=make_answers(pictures, wrong=1))))
    assert places(pixels, RIGHT)[:, 1].max() < CELL[0] < places(pixels, WRONG)[:, 1].min()
    none_wrong = opened(draw_predictions(make_record(answers=make_answers(pictures))))
    assert len(places(none_wrong, WRONG)) == 0


def test_half_of_the_grid_is_mistakes_where_there_are_enough():
    labels = torch.zeros(1000).long()
    predicted = (torch.arange(1000) % 4 == 3).long()
    shown = choose_shown(labels, predicted)
    assert len(shown) == len(set(shown)) == 36
    assert sum(int(predicted[i]) for i in shown) == 18
    assert len(choose_shown(labels, labels)) == 36
    assert len(choose_shown(labels[:100], labels[:100] + 1)) == 36
    assert len(choose_shown(labels[:5], predicted[:5])) == 5


@pytest.mark.filterwarnings("error")
def test_any_name_is_drawn():
    names = "$", "$$", "caf\udce9", "two\nlines", "猫" * 40, "قط", "w" * 200, r"\frac{1}$x$"
    answers = make_answers(torch.zeros(8, 1, 9, 9, dtype=torch.uint8))
    for labels, predicted in ((torch.arange(8), torch.arange(8)), (torch.arange(8), torch.arange(8).flip(0))):
        record = make_record(classes=names, data="$a$$", answers=replace(answers, labels=labels, predicted=predicted))
        assert draw_predictions(record)
    assert draw_curves(record)
