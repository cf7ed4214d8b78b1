import errno
import hashlib
import io
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from muslin.data.decoding import pool
from muslin.data.decoding.fitting import fit_to_shape
from muslin.data.decoding.pictures import open_picture
from muslin.data.decoding.plain import pixels_of
from muslin.data.decoding.tasks import Target, decode_into, look_at
from muslin.errors import DataError, PictureError

SHAPE = (3, 12, 16)
SILENT = lambda *_: None  # noqa: E731


def picture(size=(16, 12), mode="RGB", seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(pixels).convert(mode)


def usual(path, shape):
    return fit_to_shape(open_picture(path)[0], shape)


def turned(path):
    exif = Image.Exif()
    exif[0x0112] = 3
    picture().save(path, exif=exif)


def without_end(path):
    picture().save(path)
    path.write_bytes(path.read_bytes()[:-12])


def see_through(path):
    image = picture()
    image.putalpha(128)
    image.save(path)


KINDS = {
    "plain.jpg": lambda path: picture().save(path),
    "plain.png": lambda path: picture().save(path),
    "grey.png": lambda path: picture(mode="L").save(path),
    "palette.png": lambda path: picture(mode="P").save(path),
    "seethrough.png": see_through,
    "key.png": lambda path: picture().save(path, transparency=(0, 0, 0)),
    "cmyk.jpg": lambda path: picture(mode="CMYK").save(path),
    "turned.jpg": turned,
    "turned.png": turned,
    "without_end.png": without_end,
    "larger.jpg": lambda path: picture((40, 30)).save(path),
    "oblong.bmp": lambda path: picture((40, 10)).save(path),
    "animated.png": lambda path: picture().save(path, save_all=True, append_images=[picture(seed=2)]),
    "wrong_name.jpg": lambda path: picture().save(path, "PNG"),
}


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", KINDS)
def test_pixels_are_those_that_prediction_sees(tmp_path, name, channels):
    path = tmp_path / name
    KINDS[name](path)
    shape = (channels, *SHAPE[1:])
    pixels, notes = pixels_of(path, shape)
    np.testing.assert_array_equal(pixels, usual(path, shape))
    assert notes == open_picture(path)[1]


def test_a_plain_picture_needs_no_torch(tmp_path):
    picture().save(tmp_path / "a.jpg")
    code = (
        "import sys; from pathlib import Path; from muslin.data.decoding.plain import pixels_of\n"
        f"pixels_of(Path(r'{tmp_path / 'a.jpg'}'), {SHAPE}); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    for name, write in KINDS.items():
        write(folder / name)
    (folder / "broken.jpg").write_bytes((folder / "plain.jpg").read_bytes()[:300])
    (folder / "gone.jpg").symlink_to("nowhere")
    (folder / "tëxt\n.jpg").write_text("no picture")
    return sorted(folder.iterdir())


@pytest.mark.parametrize("processes", [False, True])
def test_pictures_go_to_their_rows(tmp_path, files, processes, monkeypatch):
    monkeypatch.setattr(pool, "CHUNK", 4)
    monkeypatch.setattr(pool, "WORTH_PROCESSES", 1 if processes else 1000)
    out = tmp_path / "out"
    size = int(np.prod(SHAPE))
    out.write_bytes(b"\7" * (5 + len(files) * size))
    rows = np.random.default_rng(0).permutation(len(files))
    told = []
    results = decode_into(Target(out, 5, SHAPE), files, rows, threads=2, progress=lambda *x: told.append(x))
    written = np.frombuffer(out.read_bytes(), np.uint8, offset=5).reshape(len(files), *SHAPE)
    assert told[-1] == ("decoding", len(files), len(files))
    for path, row, result in zip(files, rows, results, strict=True):
        try:
            expected, reason = usual(path, SHAPE), ""
        except PictureError as error:
            expected, reason = np.full(SHAPE, 7), str(error)
        np.testing.assert_array_equal(written[row], expected)
        assert result.problem == reason
    assert sum(bool(result.problem) for result in results) == 3
    assert any("transparent" in note for result in results for note in result.notes)


@pytest.mark.parametrize("processes", [False, True])
def test_looking_tells_digest_size_and_mode(files, processes, monkeypatch):
    monkeypatch.setattr(pool, "WORTH_PROCESSES", 1 if processes else 1000)
    looks = dict(zip((path.name for path in files), look_at(files, threads=2, progress=SILENT), strict=True))
    larger = looks["larger.jpg"]
    assert (larger.width, larger.height, larger.mode) == (40, 30, "RGB")
    assert looks["grey.png"].mode == "L"
    assert looks["gone.jpg"].sha256 == ""
    text = looks["tëxt\n.jpg"]
    assert (text.sha256, text.mode) == (hashlib.sha256(b"no picture").hexdigest(), "")


def test_a_worker_that_dies_is_an_error(files, monkeypatch):
    monkeypatch.setattr(pool, "WORTH_PROCESSES", 1)
    real = subprocess.Popen
    monkeypatch.setattr(pool.subprocess, "Popen", lambda _, **keys: real([sys.executable, "-c", ""], **keys))
    with pytest.raises(DataError, match="was ended, perhaps for want of memory"):
        look_at(files, threads=2, progress=SILENT)


@pytest.mark.parametrize("processes", [False, True])
def test_a_file_that_cannot_be_written_is_an_error(tmp_path, files, processes, monkeypatch):
    monkeypatch.setattr(pool, "WORTH_PROCESSES", 1 if processes else 1000)
    with pytest.raises(DataError, match=f"cannot write .*nowhere: {os.strerror(errno.ENOENT)}"):
        decode_into(Target(tmp_path / "nowhere", 0, SHAPE), files, range(len(files)), threads=2, progress=SILENT)


def test_bytes_that_begin_like_a_picture(tmp_path):
    buffer = io.BytesIO()
    picture().save(buffer, "PNG")
    path = tmp_path / "half.png"
    path.write_bytes(buffer.getvalue()[:200] + b"IEND\xaeB`\x82")
    with pytest.raises(PictureError, match="cannot read"):
        pixels_of(path, SHAPE)
