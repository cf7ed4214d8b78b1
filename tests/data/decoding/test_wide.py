import io
import json
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

import muslin
from muslin.data.decoding.pictures import decode_picture, open_picture
from muslin.data.decoding.wide import Wide, levels_of, lost_bits
from muslin.errors import PictureError
from tests.bad_pictures import chunk, noise, png48, saved, tiff
from tests.samples import bars

COLOURS = np.random.default_rng(0).integers(0, 4096, (20, 30, 3)).astype(np.uint16)


@pytest.mark.parametrize(
    "content",
    [png48(COLOURS), tiff(COLOURS), tiff(COLOURS, ">"), tiff(COLOURS, packed=True), tiff(COLOURS, ">", packed=True)],
)
@pytest.mark.parametrize("levels", [(0, 4095), (100, 3000), None])
def test_colours_of_16_bits_keep_all_their_bits(content, levels):
    low, high = levels or (0, 4095)
    image, notes = decode_picture(content, "x", levels)
    expected = (np.clip(COLOURS.astype(float), low, high) - low) * 255 / (high - low)
    assert np.abs(np.asarray(image) - expected).max() <= 0.5 + 1e-9
    how = f", from {low} (black) to {high} (white)" if levels else ""
    assert notes == (f"has 16 bits: scaled to 8{how}",)


def test_a_picture_that_a_person_opened_keeps_all_its_bits():
    content = png48(COLOURS)
    with Image.open(io.BytesIO(content)) as lazy:
        assert np.array_equal(open_picture(lazy, (0, 4095))[0], decode_picture(content, "x", (0, 4095))[0])


@pytest.mark.parametrize("clear", [True, False])
@pytest.mark.parametrize("bands", [2, 4])
def test_transparency_of_16_bits_is_laid_on_a_ground(bands, clear):
    values = np.concatenate([COLOURS[..., : bands - 1], np.full((20, 30, 1), 65535, np.uint16)], 2)
    values[:10, :, -1] = 0 if clear else 65535
    image, notes = decode_picture(png48(values), "x", (0, 4095))
    colours = np.rint(COLOURS[..., : bands - 1].astype(float) * 255 / 4095)
    colours[:10] = 255 if clear else colours[:10]
    assert image.mode == ("RGB" if bands == 4 else "L")
    assert np.abs(np.asarray(image).reshape(colours.shape) - colours).max() <= 1  # two roundings
    assert len(notes) == 1 + clear


def test_a_value_that_stands_for_nothing_is_transparent():
    values = np.tile(np.arange(0, 4096, 64, dtype=np.uint16), (8, 1))
    image, _ = decode_picture(saved(Image.fromarray(values), "PNG", transparency=0), "x", (0, 4095))
    assert np.asarray(image)[:, 0].tolist() == [255] * 8
    assert np.asarray(image)[0, 1] == 4


FLOATS = np.linspace(-1.5, 2.5, 600, dtype=np.float32).reshape(20, 30)


@pytest.mark.parametrize(
    ("values", "levels"),
    [
        (FLOATS, (-1.5, 2.5)),
        (FLOATS, (0, 1)),
        (FLOATS, None),
        ((FLOATS * 1e6).astype(np.int32), (-1.5e6, 2.5e6)),
        ((FLOATS * 1000).astype(np.int16), (-1500, 2500)),
    ],
)
@pytest.mark.parametrize("order", "<>")
def test_numbers_of_32_bits_and_signed_ones_are_read(values, levels, order):
    image, notes = decode_picture(tiff(values[..., None], order), "x", levels)
    low, high = levels or (-1.5, 2.5)
    expected = (np.clip(values.astype(float), low, high) - low) * 255 / (high - low)
    assert np.abs(np.asarray(image) - expected).max() <= 0.5 + 1e-3
    assert notes[0].startswith("has 32 bits: scaled to 8" + (", from " if levels else " by its own range"))


@pytest.mark.parametrize("gap", [np.nan, np.inf, -3.4028235e38, -9999])
def test_what_is_no_value_is_black_and_not_part_of_the_range(gap):
    values = FLOATS.copy()
    values[3, 4] = gap
    content = saved(Image.fromarray(values), "TIFF", tiffinfo={42113: "-9999"})
    image, notes = decode_picture(content, "x")
    assert notes == ("has 32 bits: scaled to 8 by its own range", "has places without a value: black")
    assert np.asarray(image)[3, 4] == 0
    assert np.asarray(image)[19, 29] == 255
    assert np.asarray(image)[3, 5] == pytest.approx(255 * (FLOATS[3, 5] + 1.5) / 4, abs=1)


def test_a_picture_without_a_value_is_refused():
    with pytest.raises(PictureError, match="x holds no number that is a brightness"):
        decode_picture(saved(Image.fromarray(np.full((8, 8), np.nan, np.float32)), "TIFF"), "x")


def test_a_range_leaves_out_dead_and_hot_pixels_of_large_pictures_alone():
    values = np.tile(np.arange(1000, 1100, dtype=np.uint16), (100, 1))
    assert Wide(values[:9]).range == (1000, 1099)
    values[50, 50:53] = 0, 65535, 65535
    assert Wide(values).range == (1000, 1099)
    assert Wide(values[:9]).own_levels == (0, 2047)


@pytest.mark.parametrize("orientation", [1, 6])
def test_wide_pictures_are_turned_upright(orientation):
    values = np.zeros((8, 12), np.uint16)
    values[:, :6] = 4000  # lies with its top to the left
    image, _ = decode_picture(saved(Image.fromarray(values), "TIFF", tiffinfo={274: orientation}), "x", (0, 4000))
    assert image.size == ((12, 8) if orientation == 1 else (8, 12))
    assert (np.asarray(image)[:6] == 255).all() == (orientation == 6)


def test_too_many_values_are_refused_before_they_are_read():
    header = struct.pack(">IIBBBBB", 10_000, 10_000, 16, 2, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9)))
    with pytest.raises(PictureError, match="x has 300,000,000 values of more than 8 bits; at most 200,000,000"):
        decode_picture(content, "x")


@pytest.mark.parametrize(("flags", "bits"), [(0x0C, 8), (0x4C, 10), (0x6C, 12)])
def test_avif_of_more_bits_says_that_8_are_kept(flags, bits):
    content = saved(noise(), "AVIF")
    place = content.index(b"av1C") + 6
    with Image.open(io.BytesIO(content)) as image:
        notes = lost_bits(content[:place] + bytes([flags]) + content[place + 1 :], image)
    assert notes == ((f"has {bits} bits: 8 of them are kept",) if bits > 8 else ())


def test_levels_are_the_widest_there_are():
    assert levels_of([(5, 90), (2, 30)]) == (2, 90)
    assert levels_of([(5, 3000), (2, 30)], beside_eight=True) == (0, 4095)
    assert levels_of([(0.25, 0.75)], beside_eight=True) == (0.25, 0.75)
    assert levels_of([(5, 5)]) is None
    assert levels_of([]) is None


@pytest.fixture
def scans(tmp_path):
    """Bars of 12 bits in files of 16, a folder a class."""
    for number, (image, label) in enumerate(zip(*bars(90, 1, 12, 3, 0), strict=True)):
        path = tmp_path / "scans" / f"bar {label}" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(saved(Image.fromarray(image[0].numpy().astype(np.uint16) * 16), "PNG"))
    return tmp_path / "scans"


def test_the_range_of_the_training_pictures_is_kept_with_the_model(scans, tmp_path):
    run = muslin.fit(scans, model="mlp", epochs=3, size=12, out=tmp_path / "run")
    low, high = json.loads((run.folder / "model.json").read_text())["data"]["levels"]
    assert 0 <= low < 16
    assert 200 * 16 < high < 216 * 16
    classifier = muslin.load(run.folder)
    assert classifier.spec.levels == (low, high)
    picture = next((scans / "bar 1").iterdir())
    with Image.open(picture) as image:
        eight = np.asarray(Wide(np.asarray(image)).narrowed((low, high))[0])
    assert classifier.predict(picture).probabilities == classifier.predict(eight).probabilities
    assert classifier.predict(picture).label == "bar 1"
    from muslin.evaluation.evaluate import evaluate_run

    assert evaluate_run(run.folder).metrics.accuracy == run.test.accuracy > 0.9
    scans.rename(tmp_path / "moved")
    assert evaluate_run(run.folder, tmp_path / "moved").metrics.count == run.test.count


def test_pictures_of_8_bits_have_no_levels(scans, tmp_path):
    from muslin.evaluation.evaluate import evaluate_run
    from tests.samples import write_pictures

    write_pictures(tmp_path / "photos", *bars(60, 1, 12, 3, 0))
    run = muslin.fit(tmp_path / "photos", model="linear", epochs=1, size=12, out=tmp_path / "run")
    assert json.loads((run.folder / "model.json").read_text())["data"]["levels"] is None
    answers = muslin.load(run.folder).predict(list(scans.rglob("*.png")))
    right = [answer.label == path.parent.name for answer, path in zip(answers, scans.rglob("*.png"), strict=True)]
    assert evaluate_run(run.folder, scans, everything=True).metrics.accuracy == pytest.approx(sum(right) / len(right))
