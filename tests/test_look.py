import io
import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont
from matplotlib.ft2font import FT2Font
from PIL import Image

from muslin import look
from muslin.look import DARK, LIGHT, MARKERS, lettered, note_on_letters, png, style

# What eyes see that lack one kind of cone, on linear RGB: Machado, Oliveira and Fernandes, 2009, severity 1.
EYES = {
    "usual": np.eye(3),
    "protanope": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranope": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanope": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])
palettes = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def linear(colour):
    value = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one, two):
    darker, lighter = sorted(float(linear(colour) @ TO_XYZ[1]) for colour in (one, two))
    return (lighter + 0.05) / (darker + 0.05)


def lab(rgb):
    xyz = TO_XYZ @ rgb / WHITE
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@palettes
def test_text_can_be_read(palette):
    for colour in (palette.ink, palette.faint, palette.right, palette.wrong):
        assert min(contrast(colour, palette.paper), contrast(colour, palette.mat)) >= 4.5, colour


@palettes
def test_graphics_can_be_seen(palette):
    for colour in (palette.muted, *palette.series):
        assert contrast(colour, palette.paper) >= 3, colour


@palettes
@pytest.mark.parametrize("eyes", EYES)
def test_the_series_are_told_apart(palette, eyes):
    seen = [lab(np.clip(EYES[eyes] @ linear(colour), 0, 1)) for colour in palette.series]
    assert min(np.linalg.norm(one - two) for one, two in combinations(seen, 2)) > 15


def test_each_of_the_series_has_a_shape():
    assert len(set(MARKERS)) == len(LIGHT.series) == len(DARK.series)


def drawn():
    figure = Figure(figsize=(2, 1))
    figure.subplots().axhspan(0, 1, color=LIGHT.wrong)
    return figure


def test_a_figure_as_png():
    image = Image.open(io.BytesIO(png(drawn(), dpi=50)))
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (100, 50))
    assert image.getpixel((50, 25)) == (0xC2, 0x41, 0x0C)
    assert image.info == {}  # no version, no date
    assert png(drawn()) == png(drawn())


def test_few_colours_are_a_smaller_file():
    small = png(drawn(), colours=16)
    assert len(small) < len(png(drawn()))
    assert len(Image.open(io.BytesIO(small)).convert("RGB").getcolors()) <= 16


def test_a_picture_as_png():
    picture = Image.new("RGB", (3, 2), "#123456")
    assert Image.open(io.BytesIO(png(picture))).getpixel((2, 1)) == (0x12, 0x34, 0x56)


def test_the_style_ends():
    before = Figure().subplots().spines["top"].get_visible()
    with style():
        assert not Figure().subplots().spines["top"].get_visible()
    assert Figure().subplots().spines["top"].get_visible() == before


@pytest.mark.parametrize(
    ("statement", "late"), [("muslin.look", "matplotlib PIL torch"), ("muslin.cli", "muslin.look")]
)
def test_nothing_is_imported_before_something_is_drawn(statement, late):
    code = f"import sys, {statement}; print(*[name for name in {late.split()} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"


def letter_without_dejavu():
    """A letter that a font of Matplotlib's own has and DejaVu lacks."""
    path = findfont("STIXGeneral")
    return next(
        chr(code)
        for code in sorted(set(FT2Font(path).get_charmap()) - set(FT2Font(str(lettered("")[1])).get_charmap()))
        if chr(code).isalpha() and 0x2026 in FT2Font(path).get_charmap()
    )


def test_a_font_is_found_that_has_the_letters():
    text = f"a {letter_without_dejavu()}\nb"
    drawn, font = lettered(text)
    assert drawn == text
    assert font != lettered("")[1]
    assert set(map(ord, text)) - {10} <= set(FT2Font(str(font)).get_charmap())


def test_letters_of_no_font_are_written_as_numbers_and_one_note_says_so(monkeypatch):
    nowhere = "猫"
    monkeypatch.setattr(look, "_font_with", lambda _letters: None)
    assert lettered(f"a{nowhere}é") == (r"a\u732bé", lettered("")[1])
    note = note_on_letters(["cat", f"{nowhere}1", f"{nowhere}2", "Zürich", "قط"])
    assert note.startswith("no font here has all letters of 2 names; drawings show numbers such as ")


def test_fonts_that_only_have_boxes_are_none():
    assert "LastResort" not in lettered("猫")[1].name
