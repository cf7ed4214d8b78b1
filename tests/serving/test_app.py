"""What the server answers: pictures as `Classifier.predict` does, and one sentence to all that is none."""

import asyncio
import base64
import json

import numpy as np
import pytest
from PIL import Image

from muslin.serving.bodies import MOST_VALUES, Limits
from muslin.serving.serve import Place, model_server
from tests.bad_pictures import CASES, noise, saved
from tests.serving.served import SECONDS, serving, small_classifier, small_model


@pytest.fixture(scope="module")
def classifier():
    return small_classifier()


@pytest.fixture(scope="module")
def client(classifier):
    with serving(small_model(classifier), Limits(deadline=SECONDS)) as client:
        yield client


def check(told, prediction):
    """An answer is a prediction; how many pictures are computed together moves the last bits."""
    wanted = json.loads(json.dumps(prediction.as_json()))
    assert told["probabilities"] == pytest.approx(wanted.pop("probabilities"), abs=1e-6)
    assert told["probability"] == pytest.approx(wanted.pop("probability"), abs=1e-6)
    assert {name: told[name] for name in wanted} == wanted


@pytest.mark.parametrize("side", [12, 90])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_file_is_answered_as_in_python(client, classifier, tmp_path, kind, side):
    path = tmp_path / "picture"
    path.write_bytes(saved(noise(1, seed=side).resize((side, side)), kind))
    status, told = client.predict(path.read_bytes())
    assert status == 200
    check(told, classifier.predict(path))


def test_answers_say_when_they_are_not_sure_and_how_the_picture_was_read(client, classifier):
    light = np.full((12, 12), 230, np.uint8)
    light[3:9, 3:9] = 0
    picture = Image.fromarray(light)
    status, told = client.predict(saved(picture, "PNG"))
    assert status == 200
    (note,) = told["notes"]
    assert note.startswith("looks inverted")
    assert "--invert" not in note, "which a client cannot type"
    (in_python,) = classifier.predict(picture).notes
    check(told | {"notes": [in_python]}, classifier.predict(picture))
    assert told["is_sure"] == (told["probability"] >= 0.4)
    assert list(told["probabilities"])[:2] == [told["label"], told["runner_up"]]


def test_json_holds_a_file_or_numbers(client, classifier):
    for shape in [(12, 12), (20, 31), (9, 9, 3)]:
        pixels = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
        status, told = client.predict_json({"pixels": pixels.tolist()})
        assert status == 200
        check(told, classifier.predict(pixels))
    content = saved(noise(3), "PNG")
    status, told = client.predict_json({"picture": base64.b64encode(content).decode()})
    assert (status, told) == client.predict(content)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({}, "no picture as it is read"),
        ([], "no picture as it is read"),
        ({"picture": "%%"}, "not base64"),
        ({"picture": "äöü"}, "not base64"),
        ({"picture": base64.b64encode(b"no").decode()}, "not a picture of a kind that is read"),
        ({"picture": ""}, "is empty"),
        ({"picture": "", "pixels": []}, "no picture as it is read"),
        ({"pixels": []}, "pixels is"),
        ({"pixels": [[]]}, "pixels is"),
        ({"pixels": [[1, 2], [3]]}, "different lengths"),
        ({"pixels": [[0, 256]]}, "values from 0 to 256"),
        ({"pixels": [[-1, 2]]}, "values from -1 to 2"),
        ({"pixels": [[10**30]]}, "pixels"),
        ({"pixels": [[0.5]]}, "pixels is float64"),
        ({"pixels": [[True]]}, "pixels is bool"),
        ({"pixels": [["1"]]}, "pixels is"),
        ({"pixels": [[None]]}, "pixels is object"),
        ({"pixels": [[[1, 2]]]}, "pixels is int64 (1, 1, 2)"),
        ({"pixels": [[1] * 500]}, "at most 100 times"),
    ],
)
def test_json_without_a_picture_is_one_sentence(client, value, why):
    status, told = client.predict_json(value)
    assert status == 400
    assert why in told["error"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"NaN", 400),
        (b"[" * 150_000, 400),
        (b'{"a":' * 150_000, 400),
        (b"[" + b"0," * MOST_VALUES + b"0]", 413),
        (b'{"pixels": ' + b"[" * 70 + b"]" * 70 + b"}", 400),
    ],
)
def test_what_is_no_json_is_one_sentence(client, body, status):
    found, told = client.predict(body, content_type="application/json")
    assert (found, list(told)) == (status, ["error"])


@pytest.mark.parametrize("name", CASES)
def test_every_bad_picture_is_answered_or_refused_in_a_sentence(client, name):
    case = CASES[name]
    status, told = client.predict(case.content())
    if case.refused:
        assert (status, list(told)) == (400, ["error"])
        assert case.refused in told["error"]
        assert "the picture" in told["error"]
    else:
        assert status == 200
        assert any(case.note in note for note in told["notes"]) or not case.note


def test_forms_and_unknown_places_are_refused_in_the_same_shape(client):
    status, told = client.predict(b"--x", content_type="multipart/form-data; boundary=x")
    assert status == 415
    assert "send the picture's file as it is" in told["error"]
    for method, path, expected in [("GET", "/predict", 405), ("GET", "/no", 404), ("POST", "/live", 405)]:
        status, told, _ = client.ask(method, path)
        assert (status, list(told)) == (expected, ["error"])


def test_no_other_page_may_ask_and_none_is_told_that_it_may(client):
    status, _, headers = client.ask("POST", "/predict", b"", origin="http://evil.example")
    assert status == 403
    status, _, headers = client.ask("OPTIONS", "/predict", origin=f"http://127.0.0.1:{client.port}")
    assert status == 405
    assert not [name for name in headers if name.startswith("access-control")]
    assert client.ask("GET", "/predict", host="evil.example")[0] == 421


def test_it_lives_and_is_ready(client):
    assert client.ask("GET", "/live")[:2] == (200, {"live": True})
    assert client.ask("GET", "/ready")[:2] == (200, {"ready": True})


def test_told_to_end_it_first_hears_what_lies_unread():
    made = model_server(small_model(small_classifier()), "bars", Place(), Limits())
    made.listener.close()
    server = made.server

    async def moments(actives: list[int]) -> list[bool]:
        server.service.is_draining = True
        seen = []
        for active in actives:
            server.service.active = active
            seen.append(await server.on_tick(1))
        return seen

    assert asyncio.run(moments([1, 0, 0, 1, 0, 0, 0])) == [False] * 6 + [True]
