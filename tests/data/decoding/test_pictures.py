import io
import os
import re
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from muslin.data.decoding.fitting import fit_to_shape
from muslin.data.decoding.pictures import decode_picture, open_picture
from muslin.errors import PictureError
from tests.bad_pictures import CASES, declared_png, noise, saved

GREY = (1, 28, 28)
COLOUR = (3, 20, 28)
RAMP = np.arange(0, 240, dtype=np.uint8).reshape(12, 20)


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "gif", "tiff", "webp", "ppm"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_reads_every_format_at_the_models_size(tmp_path, suffix, mode):
    path = tmp_path / f"picture.{suffix}"
    Image.fromarray(RAMP).convert(mode).save(path)
    image, notes = open_picture(path)
    assert notes == ()
    assert fit_to_shape(image, GREY).shape == (1, 28, 28)
    assert fit_to_shape(image, COLOUR).shape == (3, 20, 28)


def test_sixteen_bits_are_scaled_not_clipped(tmp_path):
    ramp = np.linspace(0, 65535, 784).reshape(28, 28).astype(np.uint16)
    Image.fromarray(ramp).save(tmp_path / "deep.png")
    image, notes = open_picture(tmp_path / "deep.png")
    assert notes == ("has 16 bits: scaled to 8",)
    assert np.abs(fit_to_shape(image, GREY)[0] - ramp / 257).max() <= 0.5


def test_transparency_is_laid_on_white(tmp_path):
    clear = np.zeros((28, 28, 4), np.uint8)
    clear[10:18, 10:18, 3] = 255
    Image.fromarray(clear).save(tmp_path / "clear.png")
    image, notes = open_picture(tmp_path / "clear.png")
    assert notes == ("is transparent: laid on white",)
    fitted = fit_to_shape(image, GREY)[0]
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


@pytest.mark.parametrize("name", CASES)
def test_odd_files_are_refused_or_accepted_as_promised(tmp_path, name):
    case = CASES[name]
    path = case.write(tmp_path)
    if case.refused:
        with pytest.raises(PictureError, match=re.escape(case.refused)) as error:
            open_picture(path)
        assert str(path) in str(error.value)
    else:
        image, notes = open_picture(path)
        assert image.mode in ("L", "RGB")
        assert [case.note in note for note in notes] == [True] * bool(case.note)


@pytest.mark.parametrize("suffix", ["jpg", "png", "tiff", "webp"])
def test_every_format_is_turned_upright(tmp_path, suffix):
    wide = np.zeros((32, 64), np.uint8)
    wide[:, :32] = 255  # lies with its top to the left
    sideways = Image.fromarray(wide)
    for orientation, white in ((3, np.s_[:, 32:]), (6, np.s_[:32]), (8, np.s_[32:])):
        exif = sideways.getexif()
        exif[0x0112] = orientation
        sideways.save(tmp_path / f"phone.{suffix}", exif=exif)
        pixels = np.asarray(open_picture(tmp_path / f"phone.{suffix}")[0].convert("L"))
        assert pixels.shape == ((32, 64) if orientation == 3 else (64, 32))
        assert pixels[white].mean() > 250
        assert 250 < 2 * pixels.mean() < 260


def test_what_is_no_file_is_named(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "large.png").touch()
    os.truncate(tmp_path / "large.png", 2**30)  # sparse: takes no room
    for path, message in (
        (tmp_path / "nowhere.png", "no picture at"),
        (tmp_path, "is a folder; name the picture files in it"),
        (tmp_path / "pipe.png", "is a pipe or a device"),
        (tmp_path / "large.png", "1,073,741,824 bytes; at most 536,870,912 are read"),
        ("zero\0byte.png", "cannot read"),
        ("x" * 5000, "cannot read"),
    ):
        with pytest.raises(PictureError, match=message):
            open_picture(path)


def test_a_name_in_an_error_cannot_touch_the_terminal(tmp_path):
    (tmp_path / "\x1b[2J\n.png").touch()
    with pytest.raises(PictureError) as error:
        open_picture(tmp_path / "\x1b[2J\n.png")
    assert str(error.value).isprintable()


def test_a_closed_or_damaged_pillow_image_is_refused():
    content = CASES["JPEG cut in half"].content()
    with pytest.raises(PictureError, match="cannot read the picture"):
        open_picture(Image.open(io.BytesIO(content)))


def test_pillows_warnings_are_silenced_while_any_thread_decodes():
    before, most = warnings.filters[:], Image.MAX_IMAGE_PIXELS
    content = declared_png(9_500, 99_500)  # Pillow warns of more than 89 megapixels, and refuses more than 178
    with ThreadPoolExecutor(4) as pool, pytest.raises(PictureError, match="at most 200,000,000"):
        list(pool.map(lambda _: decode_picture(content, "large"), range(50)))
    assert warnings.filters == before
    assert most == Image.MAX_IMAGE_PIXELS


SEEDS = [saved(noise(), kind) for kind in ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP", "PPM")]
SEEDS += [case.content() for name, case in CASES.items() if "EXIF" in name or "animated" in name or "16-bit" in name]
START = 200  # bytes: where the headers are, and where a flip does most


@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, START), st.binary(min_size=1, max_size=4)), max_size=6),
    st.integers(1, 20_000),
)
@settings(max_examples=400, deadline=None)
def test_damaged_bytes_raise_nothing_but_picture_errors(content, changes, length):
    damaged = bytearray(content[:length])
    for position, replacement in changes:
        damaged[position : position + len(replacement)] = replacement
    check_only_picture_errors(bytes(damaged))


STARTS = [
    b"",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    b"\xff\xd8\xff",
    b"GIF89a",
    b"II*\0",
    b"MM\0*",
    b"BM",
    b"P5 ",
    b"P7\n",
    b"Pf\n",
]
STARTS += [b"RIFF\0\0\0\0WEBPVP8 "]


@given(st.sampled_from(STARTS), st.binary(max_size=300))
@settings(max_examples=400, deadline=None)
def test_any_bytes_raise_nothing_but_picture_errors(start, rest):
    check_only_picture_errors(start + rest)


def check_only_picture_errors(content):
    try:
        image, _ = decode_picture(content, "fuzzed")
    except PictureError:
        return
    assert image.mode in ("L", "RGB")
    assert min(image.size) >= 1


@pytest.mark.parametrize("array", [np.zeros((4, 4)), np.zeros((4, 4, 4), np.uint8), np.zeros((0, 4), np.uint8)])
def test_arrays_must_look_like_pictures(array):
    with pytest.raises(PictureError, match="uint8 is needed"):
        open_picture(array)
