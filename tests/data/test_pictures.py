import numpy as np
import pytest
import torch
from PIL import Image

from muslin.data.images import DataSpec
from muslin.data.pictures import Contrast, fit_to_spec, open_picture
from muslin.errors import PictureError

GREY = DataSpec(1, 28, 28, ("a", "b"), (0.3,), (0.3,))
COLOUR = DataSpec(3, 20, 28, ("a", "b"), (0.3,) * 3, (0.3,) * 3)
RAMP = np.arange(0, 240, dtype=np.uint8).reshape(12, 20)


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "gif", "tiff", "webp", "ppm"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_reads_every_format_at_the_models_size(tmp_path, suffix, mode):
    path = tmp_path / f"picture.{suffix}"
    Image.fromarray(RAMP).convert(mode).save(path)
    image, notes = open_picture(path)
    assert notes == ()
    assert fit_to_spec(image, GREY).shape == (1, 28, 28)
    assert fit_to_spec(image, COLOUR).shape == (3, 20, 28)


def test_a_picture_of_the_models_size_is_left_as_it_is():
    pixels = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    image, _ = open_picture(pixels)
    assert (fit_to_spec(image, GREY)[0].numpy() == pixels).all()


def test_shape_is_kept_by_padding_with_the_borders_colour():
    wide = np.full((10, 40), 200, np.uint8)
    wide[4:6, 10:30] = 0
    image, _ = open_picture(wide)
    fitted = fit_to_spec(image, GREY)[0]
    assert (fitted[:8] == 200).all()
    assert (fitted[-8:] == 200).all()
    assert fitted[12:16].min() < 60


def test_sixteen_bits_are_scaled_not_clipped(tmp_path):
    ramp = np.linspace(0, 65535, 784).reshape(28, 28).astype(np.uint16)
    Image.fromarray(ramp).save(tmp_path / "deep.png")
    image, notes = open_picture(tmp_path / "deep.png")
    assert notes == ("has 16 bits: scaled to 8",)
    assert np.abs(fit_to_spec(image, GREY)[0].numpy() - ramp / 257).max() <= 0.5


def test_transparency_is_laid_on_white(tmp_path):
    clear = np.zeros((28, 28, 4), np.uint8)
    clear[10:18, 10:18, 3] = 255
    Image.fromarray(clear).save(tmp_path / "clear.png")
    image, notes = open_picture(tmp_path / "clear.png")
    assert notes == ("is transparent: laid on white",)
    fitted = fit_to_spec(image, GREY)[0]
    assert fitted[0, 0] == 255
    assert fitted[14, 14] == 0


def test_orientation_is_applied(tmp_path):
    sideways = Image.fromarray(RAMP)
    exif = sideways.getexif()
    exif[0x0112] = 6
    sideways.save(tmp_path / "phone.jpg", exif=exif)
    assert open_picture(tmp_path / "phone.jpg")[0].size == (12, 20)


def test_an_animation_gives_its_first_frame(tmp_path):
    frames = [Image.fromarray(np.full((8, 8), shade, np.uint8)) for shade in (0, 255)]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    image, notes = open_picture(tmp_path / "moving.gif")
    assert notes == ("is animated: its first frame was used",)
    assert np.asarray(image.convert("L")).max() == 0


def broken_png(tmp_path):
    path = tmp_path / "broken.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)).save(path)
    content = bytearray(path.read_bytes())
    content[80] ^= 255
    path.write_bytes(content)
    return path


def half_jpeg(tmp_path):
    path = tmp_path / "half.jpg"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def write(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    return tmp_path / name


def huge(tmp_path):
    path = tmp_path / "huge.png"
    Image.new("1", (10_000, 10_000)).save(path)
    return path


def floats(tmp_path):
    path = tmp_path / "floats.tiff"
    Image.fromarray(np.zeros((8, 8), np.float32)).save(path)
    return path


def postscript(tmp_path):
    path = tmp_path / "drawing.eps"
    Image.fromarray(RAMP).save(path)
    return path


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder / "nowhere.png", "no picture at"),
        (lambda folder: folder, "is a folder; name the picture files in it"),
        (lambda folder: write(folder, "empty.png", b""), "not a picture of a kind that is read"),
        (lambda folder: write(folder, "text.jpg", b"hello"), "not a picture of a kind that is read"),
        (lambda folder: write(folder, "drawing.svg", b"<svg/>"), "not a picture of a kind that is read"),
        (postscript, "not a picture of a kind that is read"),
        (half_jpeg, "is the file damaged"),
        (broken_png, "is the file damaged"),
        (huge, "10000 x 10000 pixels; at most 50,000,000 are read"),
        (floats, "floating-point numbers; save it with 8 or 16 bits"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, make, message):
    path = make(tmp_path)
    with pytest.raises(PictureError, match=message) as error:
        open_picture(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("array", [np.zeros((4, 4)), np.zeros((4, 4, 4), np.uint8), np.zeros((0, 4), np.uint8)])
def test_arrays_must_look_like_pictures(array):
    with pytest.raises(PictureError, match="uint8 is needed"):
        open_picture(array)


def test_inverted_pictures_are_noticed():
    light_on_dark = torch.zeros(20, 1, 28, 28, dtype=torch.uint8)
    light_on_dark[:, :, 8:20, 8:20] = 200
    usual = Contrast.of(light_on_dark)
    assert usual.border == 0
    assert usual.is_opposite_of(255 - light_on_dark[0])
    assert not usual.is_opposite_of(light_on_dark[0])
    assert not usual.is_opposite_of(torch.full((1, 28, 28), 128, dtype=torch.uint8))
    assert not Contrast(0.5, 0.55).is_opposite_of(255 - light_on_dark[0])
