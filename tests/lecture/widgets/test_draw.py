"""What a run says of a drawing or of a file is what `predict` says of it."""

import io
from base64 import b64encode

import numpy as np
import pytest
from PIL import Image

from muslin.errors import PictureError, SettingError
from muslin.lecture.packs import answer_of
from muslin.lecture.widgets import draw
from muslin.prediction.classifier import load
from tests.lecture.runs import SIDE, fit_bars
from tests.samples import bars


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return fit_bars(tmp_path_factory.mktemp("drawn"))


def written(content):
    return b64encode(content).decode()


def file_of(pixels, kind="PNG"):
    into = io.BytesIO()
    Image.fromarray(pixels).save(into, kind)
    return written(into.getvalue())


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("invert", [False, True])
def test_a_drawing_and_a_file_are_answered_as_predict_does(folder, place, invert):
    pixels = bars(9, 1, SIDE, 3, 7)[0][place, 0].numpy()
    expected = load(folder).predict(pixels, invert=invert)
    drawn = answer_of("draw", {"pixels": written(pixels.tobytes()), "invert": invert}, folder)
    filed = answer_of("draw", {"file": file_of(pixels), "invert": invert}, folder)
    for answer in (drawn, filed):
        assert draw.values(folder)["classes"][answer["said"]] == expected.label
        assert answer["likeliest"][0][1] == pytest.approx(expected.probability, abs=1e-3)
        assert answer["sure"] == expected.is_sure
        assert answer["picture"] == written((255 - pixels if invert else pixels).tobytes())


def test_what_is_like_the_test_pictures_is_not_unlike_and_a_chessboard_is(folder):
    pixels = bars(90, 1, SIDE, 3, 1)[0].numpy()  # the test pictures themselves
    unlike = [answer_of("draw", {"pixels": written(each.tobytes())}, folder)["unlike"] for each in pixels[:20]]
    assert sum(unlike) <= 2
    chessboard = (np.indices((SIDE, SIDE)).sum(0) % 2 * 255).astype(np.uint8)
    assert answer_of("draw", {"pixels": written(chessboard.tobytes())}, folder)["unlike"]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (None, "file is 'None'; it must be a text in base64"),
        ({"pixels": "!"}, "pixels is '!'; it must be a text in base64"),
        ({"pixels": "AAAA"}, "pixels are 3 bytes; 16 x 16 are needed"),
        ({"pixels": 5}, "it must be a text in base64"),
        ({"pixels": "AAAA", "invert": 1}, "invert is '1'; it must be true or false"),
    ],
)
def test_what_is_no_question_is_told(folder, question, sentence):
    with pytest.raises(SettingError, match=sentence):
        answer_of("draw", question, folder)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"x" * 50])
def test_a_file_that_is_no_picture_is_a_sentence_without_a_path(folder, content):
    with pytest.raises(PictureError) as told:
        answer_of("draw", {"file": written(content)}, folder)
    assert draw.NAME in str(told.value)
    assert "/" not in str(told.value).replace("T-shirt/top", "")


def test_a_file_that_is_too_long_is_a_sentence(folder):
    with pytest.raises(PictureError, match="at most 3,000,000 are read: make it smaller"):
        answer_of("draw", {"file": written(b"x" * (draw.MOST_BYTES + 1))}, folder)


def test_without_a_run_there_is_a_sentence():
    assert "muslin fit" in draw.values(None)["missing"]
    with pytest.raises(SettingError, match="muslin fit"):
        answer_of("draw", {})
