import io
import json

import numpy as np
import pytest
from PIL import Image

import muslin
from muslin.data.decoding.pictures import decode_picture
from muslin.data.decoding.wide import levels_of, narrow
from tests.bad_pictures import png48, saved, tiff
from tests.samples import bars

COLOURS = np.random.default_rng(0).integers(0, 4096, (20, 30, 3)).astype(np.uint16)


@pytest.mark.parametrize(
    "content",
    [png48(COLOURS), tiff(COLOURS), tiff(COLOURS, ">"), tiff(COLOURS, packed=True), tiff(COLOURS, ">", packed=True)],
)
@pytest.mark.parametrize("levels", [(0, 4095), (100, 3000), None])
def test_colours_of_16_bits_keep_all_their_bits(content, levels):
    low, high = levels or (0, 65535)
    image, notes = decode_picture(content, "x", levels)
    expected = (np.clip(COLOURS.astype(float), low, high) - low) * 255 / (high - low)
    assert np.abs(np.asarray(image) - expected).max() <= 0.5 + 1e-9
    assert notes == ("has 16 bits: scaled to 8",)


def test_transparency_of_16_bits_is_passed_over():
    opaque = np.concatenate([COLOURS, np.full((20, 30, 1), 65535, np.uint16)], 2)
    assert np.array_equal(decode_picture(png48(opaque), "x")[0], decode_picture(png48(COLOURS), "x")[0])


def test_levels_are_the_widest_there_are():
    assert levels_of([(5, 90), (2, 30)]) == (2, 90)
    assert levels_of([(5, 5)]) is None
    assert levels_of([]) is None
    assert np.asarray(narrow(np.array([[0, 65535]], np.uint32), None)).tolist() == [[0, 255]]


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
    with Image.open(io.BytesIO(picture.read_bytes())) as image:
        eight = np.asarray(narrow(np.asarray(image).astype(np.uint32), (low, high)))
    assert classifier.predict(picture).probabilities == classifier.predict(eight).probabilities
    assert classifier.predict(picture).label == "bar 1"
    from muslin.evaluation.evaluate import evaluate_run

    assert evaluate_run(run.folder).metrics.accuracy == run.test.accuracy > 0.9
    scans.rename(tmp_path / "moved")
    assert evaluate_run(run.folder, tmp_path / "moved").metrics.count == run.test.count


def test_pictures_of_8_bits_have_no_levels(tmp_path):
    from tests.samples import write_pictures

    write_pictures(tmp_path / "photos", *bars(60, 1, 12, 3, 0))
    run = muslin.fit(tmp_path / "photos", model="linear", epochs=1, size=12, out=tmp_path / "run")
    assert json.loads((run.folder / "model.json").read_text())["data"]["levels"] is None
