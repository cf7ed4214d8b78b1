import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image

from muslin.report.sheets import LONGEST, map_sheet, picture_sheet


def opened(sheet):
    kind, _, content = sheet.uri.partition(";base64,")
    return kind, Image.open(io.BytesIO(base64.b64decode(content)))


def part_of(sheet, number):
    column, row = sheet.place(number)
    box = (column * sheet.width, row * sheet.height, (column + 1) * sheet.width, (row + 1) * sheet.height)
    return np.asarray(opened(sheet)[1].crop(box))


@pytest.mark.parametrize(("count", "channels", "height", "width"), [(1, 1, 28, 28), (7, 3, 9, 31), (50, 1, 30, 5)])
def test_small_pictures_are_kept_to_the_bit(count, channels, height, width):
    pictures = torch.randint(0, 256, (count, channels, height, width), dtype=torch.uint8)
    sheet = picture_sheet(pictures)
    assert opened(sheet)[0] == "data:image/png"
    assert opened(sheet)[1].size == (sheet.columns * width, sheet.rows * height)
    for number, picture in enumerate(pictures):
        expected = picture[0] if channels == 1 else picture.permute(1, 2, 0)
        assert np.array_equal(part_of(sheet, number), expected.numpy())


def test_large_ones_become_smaller_and_keep_their_shape():
    sheet = picture_sheet(torch.full((3, 3, 100, 200), 77, dtype=torch.uint8))
    assert (sheet.width, sheet.height) == (LONGEST, LONGEST // 2)
    assert opened(sheet)[0] == "data:image/webp"
    assert abs(part_of(sheet, 2).astype(int) - 77).max() <= 2


def test_a_map_is_opaque_where_the_evidence_is():
    maps = torch.zeros(5, 28, 28)
    maps[3, 10:, 5] = 1.0
    maps[3, :10, 5] = 0.5
    opacity = np.asarray(Image.fromarray(part_of_rgba(map_sheet(maps), 3)))[:, :, 3]
    assert (opacity[:, 6:] == 0).all()
    assert (opacity[10:, 5] == 200).all()
    assert 80 < opacity[0, 5] < 120


def part_of_rgba(sheet, number):
    column, row = sheet.place(number)
    image = opened(sheet)[1].convert("RGBA")
    return np.asarray(image.crop((column * 28, row * 28, column * 28 + 28, row * 28 + 28)))
