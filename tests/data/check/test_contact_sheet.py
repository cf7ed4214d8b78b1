import io
import shutil

import numpy as np
from PIL import Image

from muslin.data.check.contact_sheet import BAD, draw_contact_sheet
from muslin.data.check.scan import scan
from muslin.data.files.folders import list_folder
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


def test_damaged_files_are_crossed_tiles(tmp_path):
    root = classes_of(tmp_path, 2)
    assert share_of(sheet_of(root), BAD) == 0
    CASES["empty file"].write(root / "class 1")
    assert share_of(sheet_of(root), BAD) > 0.005


def test_a_file_that_is_gone_since_the_scan_is_a_crossed_tile(tmp_path):
    scanned = scan(list_folder(classes_of(tmp_path, 2)), threads=2)
    shutil.rmtree(tmp_path / "class 0")
    assert share_of(Image.open(io.BytesIO(draw_contact_sheet(scanned))), BAD) > 0.01


def test_names_of_any_length_and_script_fit(tmp_path):
    root = classes_of(tmp_path, 2)
    usual = sheet_of(root).size
    (root / "class 0").rename(root / ("пятиугольник 東京 " + "very " * 30 + "\n"))
    (root / "class 1").rename(root / ("x" * 200))
    assert sheet_of(root).size == usual


def test_the_same_data_gives_the_same_sheet(tmp_path):
    root = classes_of(tmp_path, 3, 15)
    assert sheet_of(root).tobytes() == sheet_of(root).tobytes()
