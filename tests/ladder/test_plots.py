import io
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image

from muslin.ladder.plots import Panel, draw_ladder, draw_plane


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


def pixels(png):
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize(
    "results",
    [
        [],
        [Result("alone", 0.5)],
        [Result("none", 0.0), Result("all", 1.0, 10, 1)],
        [Result(f"crowded-{n}", 0.9, 1 + n / 10) for n in range(12)],
    ],
)
def test_accuracy_against_seconds(results):
    assert pixels(draw_ladder(results, "bars")).std() > 5


def test_the_plane_shows_regions_and_points():
    regions = np.zeros((10, 10), np.int64)
    regions[:, 5:] = 1
    panel = Panel("halves", np.array([[-0.5, 0.0], [0.5, 0.0]]), np.array([0, 1]), regions, 1.0)
    picture = pixels(draw_plane({"one": [panel, panel], "two": [panel, panel]}, edge=1.0))
    blue, orange = (0, 114, 178), (230, 159, 0)
    for colour in (blue, orange):
        tint = np.round(255 - 0.35 * (255 - np.array(colour)))
        assert (np.abs(picture.astype(int) - tint).max(axis=2) <= 2).mean() > 0.1


def test_an_empty_plane():
    assert pixels(draw_plane({}, edge=1.0)).size
