import io

import numpy as np
import torch
from PIL import Image

from muslin.look import LIGHT
from muslin.report.explained import MARGIN, TILE, Explained, draw_explained, folded, heated
from muslin.report.explaining import names_for
from muslin.report.sheets import HEAT

TOP = 24 + 20 + 15 + 32  # of the tiles


def drawn(**changes):
    evidence = torch.zeros(8, 8)
    evidence[0, 0] = 1
    picture = torch.full((1, 8, 8), 128, dtype=torch.uint8)
    near = [(torch.full((1, 8, 8), 10 * n, dtype=torch.uint8), "bar", 1.5) for n in range(3)]
    values = {"name": "boot.png", "said": "Boot 97 %", "label": "Boot", "picture": picture, "map": evidence}
    content = draw_explained(Explained(**values | {"layer": "group 2, 4 x 4", "nearest": near} | changes))
    return np.asarray(Image.open(io.BytesIO(content)))


def at(drawing, column, x, y):
    """The colour at a place of a tile, in pixels from its corner."""
    return tuple(drawing[TOP + y, MARGIN + column * (TILE + 16) + x])


def test_picture_map_and_neighbours_stand_side_by_side():
    drawing = drawn()
    assert at(drawing, 0, 5, 5) == (128, 128, 128)
    assert at(drawing, 1, TILE - 5, 5) == (128, 128, 128)
    assert at(drawing, 1, 5, 5) == tuple(round(0.25 * 128 + 0.75 * heat) for heat in HEAT)
    assert [at(drawing, 2 + n, 80, 80) for n in range(3)] == [(10 * n,) * 3 for n in range(3)]


def test_without_neighbours_it_says_why():
    plain, told = drawn(nearest=[]), drawn(nearest=[], missing="The training pictures are gone. " * 9)
    assert told.shape[1] == plain.shape[1] < drawn().shape[1]
    assert told.shape[0] > plain.shape[0]
    assert (told[plain.shape[0] :] < 128).any(), "something is written there"


def test_colour_and_long_strange_names_fit():
    colour = torch.zeros(3, 4, 100, dtype=torch.uint8)
    colour[0] = 200
    drawing = drawn(
        picture=colour, map=torch.zeros(4, 100), nearest=[], name="\n" + "w" * 500, said="x" * 500, label="<b>" * 90
    )
    assert at(drawing, 0, TILE // 2, TILE // 2) == (200, 0, 0)
    assert at(drawing, 0, 5, 5) == tuple(bytes.fromhex(LIGHT.mat[1:]))
    right = drawing[:, -MARGIN + 4 :]
    assert (right == 255).all(), "nothing runs into the margin"


def test_a_map_of_nothing_changes_nothing():
    picture = Image.new("RGB", (3, 2), (9, 8, 7))
    assert heated(picture, torch.zeros(2, 3)).tobytes() == picture.tobytes()


def test_sentences_are_folded_between_words():
    assert folded("short", 500) == ["short"]
    lines = folded("several words that take more than a line", 120)
    assert len(lines) > 1
    assert " ".join(lines) == "several words that take more than a line"


def test_names_are_never_the_same():
    names = names_for(["a/x.png", "b/X.jpg", "c/x-2.png", "c/\n.png", "c/" + "猫" * 80 + ".png"])
    assert names[:4] == ["x-explained.png", "X-2-explained.png", "x-2-2-explained.png", "_n-explained.png"]
    assert len(names[4].encode()) < 255
