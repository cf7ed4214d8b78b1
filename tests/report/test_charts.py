import io

import numpy as np
import pytest
import torch
from PIL import Image

from muslin.report.charts import Curves, choose_shown, draw_curves, draw_predictions


def opened(png):
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("epochs", [1, 2, 30])
def test_curves(epochs):
    falling = [1 / (n + 1) for n in range(epochs)]
    pixels = opened(draw_curves(Curves(falling, falling, [1 - f for f in falling]), "bars"))
    assert pixels.std() > 5


@pytest.mark.parametrize(("channels", "count"), [(1, 1), (1, 7), (3, 50)])
def test_grid(channels, count):
    images = torch.zeros(count, channels, 9, 9, dtype=torch.uint8)
    labels = torch.arange(count) % 2
    assert opened(draw_predictions(images, labels, torch.zeros(count).long(), ["a", "b"])).std() > 5


def test_half_of_the_grid_is_mistakes_where_there_are_enough():
    labels = torch.zeros(1000).long()
    predicted = (torch.arange(1000) % 4 == 3).long()
    shown = choose_shown(labels, predicted)
    assert len(shown) == len(set(shown)) == 36
    assert sum(int(predicted[i]) for i in shown) == 18
    assert len(choose_shown(labels, labels)) == 36
    assert len(choose_shown(labels[:100], labels[:100] + 1)) == 36
    assert len(choose_shown(labels[:5], predicted[:5])) == 5
