import io
import shutil

import numpy as np
from PIL import Image

from muslin.data.check.contact_sheet import GAP, MARGIN, NAME_WIDTH, TILE, draw_contact_sheet
from muslin.data.check.scan import scan
from muslin.data.files.folders import list_folder
from muslin.look import LIGHT
from tests.bad_pictures import CASES
from tests.samples import photo


def classes_of(root, count, pictures=3):
    for label in range(count):
        (root / f"class {label}").mkdir(parents=True)
        for index in range(pictures):
            photo(label * pictures + index, 30).save(root / f"class {label}" / f"{index}.png")
    return root


def sheet_of(root, **limits):
    return Image.open(io.BytesIO(draw_contact_sheet(scan(list_folder(root), threads=2), **limits)))


def share_of(sheet, colour):
    pixels = np.asarray(sheet.convert("RGB"))
    return (pixels == np.array(Image.new("RGB", (1, 1), colour).getpixel((0, 0)))).all(-1).mean()


def test_a_row_a_class_up_to_a_limit(tmp_path):
    heights = [sheet_of(classes_of(tmp_path / str(k), k), rows=4).height for k in (2, 3, 4, 9)]
    assert heights[1] - heights[0] == heights[2] - heights[1] > 90
    assert 0 < heights[3] - heights[2] < 40  # a line that tells of the other 5


def test_the_pictures_are_in_it(tmp_path):
    root = classes_of(tmp_path, 2)
    Image.new("RGB", (60, 60), "#123456").save(root / "class 0" / "dark.png")
    sheet = sheet_of(root)
    assert abs(share_of(sheet, "#123456") - 96 * 96 / (sheet.width * sheet.height)) < 1e-9


def test_a_picture_fills_its_tile_in_the_row_of_its_class(tmp_path):
    for name, colour in (("first", "#123456"), ("second", "#654321")):
        (tmp_path / name).mkdir()
        for index in range(3):
            Image.new("RGB", (60, 60), colour).save(tmp_path / name / f"{index}.png")
    sheet = sheet_of(tmp_path)
    left, bottom = MARGIN + NAME_WIDTH, sheet.height - MARGIN
    for row, colour in enumerate([(0x12, 0x34, 0x56), (0x65, 0x43, 0x21)]):
        top = bottom - (2 - row) * (TILE + GAP) + GAP
        tile = sheet.crop((left, top, left + TILE, top + TILE))
        assert tile.getcolors() == [(TILE * TILE, colour)]


def test_a_wide_picture_lies_on_a_mat(tmp_path):
    root = classes_of(tmp_path, 2, pictures=0)
    for label in range(2):
        for index in range(3):
            Image.new("RGB", (60, 30), "#123456").save(root / f"class {label}" / f"{index}.png")
    sheet = sheet_of(root)
    top, left = sheet.height - MARGIN - TILE, MARGIN + NAME_WIDTH
    column = [sheet.getpixel((left + TILE // 2, top + y)) for y in (2, TILE // 2, TILE - 3)]
    mat = (0xF0, 0xF0, 0xEE)
    assert column == [mat, (0x12, 0x34, 0x56), mat]


def test_the_name_of_a_class_stands_left_of_its_pictures(tmp_path):
    classes_of(tmp_path, 2)
    named = np.asarray(sheet_of(tmp_path).convert("L")).astype(int)
    (tmp_path / "class 1").rename(tmp_path / "other 1")
    rows, columns = np.nonzero(np.asarray(sheet_of(tmp_path).convert("L")) != named)
    lowest = named.shape[0] - MARGIN - TILE
    assert lowest <= rows.min() < rows.max() < lowest + TILE  # in the row of the second class,
    assert MARGIN <= columns.min() < columns.max() < MARGIN + NAME_WIDTH  # and nothing else has changed


def test_damaged_files_are_crossed_tiles(tmp_path):
    root = classes_of(tmp_path, 2)
    assert share_of(sheet_of(root), LIGHT.wrong) == 0
    CASES["empty file"].write(root / "class 1")
    assert share_of(sheet_of(root), LIGHT.wrong) > 0.005


def test_a_file_that_is_gone_since_the_scan_is_a_crossed_tile(tmp_path):
    scanned = scan(list_folder(classes_of(tmp_path, 2)), threads=2)
    shutil.rmtree(tmp_path / "class 0")
    assert share_of(Image.open(io.BytesIO(draw_contact_sheet(scanned))), LIGHT.wrong) > 0.01


def test_names_of_any_length_and_script_fit(tmp_path):
    root = classes_of(tmp_path, 2)
    usual = sheet_of(root).size
    (root / "class 0").rename(root / ("пятиугольник 東京 " + "very " * 30 + "\n"))
    (root / "class 1").rename(root / ("x" * 200))
    assert sheet_of(root).size == usual


def test_the_same_data_gives_the_same_sheet(tmp_path):
    root = classes_of(tmp_path, 3, 15)
    assert sheet_of(root).tobytes() == sheet_of(root).tobytes()
