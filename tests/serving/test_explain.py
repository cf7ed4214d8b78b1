"""Why a picture was called so: what the explanations themselves say, one at a time, and never in the way of answers."""

import base64
import io
import json
import shutil
import subprocess
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

import muslin
from muslin.data.reading import Reading
from muslin.evaluation.explain.grad_cam import grad_cam
from muslin.evaluation.explain.neighbours import features_of, nearest
from muslin.evaluation.explain.occlusion import occlusion
from muslin.prediction.classifier import load
from muslin.report.data import read_splits
from muslin.report.record import read_record
from muslin.serving import explain, reasons
from muslin.serving.bodies import Limits
from muslin.serving.model import open_model
from tests.bad_pictures import CASES, noise, saved
from tests.lecture.runs import SIDE, fit_bars
from tests.samples import QUICK, bars, write_pictures
from tests.serving.served import SECONDS, model_of, serving, small_classifier, small_model
from tests.serving.test_limits import POST, in_threads, raw, rest_of, wait_for

PICTURE = saved(noise(1), "PNG")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A small ResNet's run, whose data can be read again."""
    return fit_bars(tmp_path_factory.mktemp("explained"))


@pytest.fixture(scope="module")
def client(run):
    with serving(model_of(run), Limits(deadline=SECONDS)) as client:
        yield client


def explained(client, body=PICTURE, **headers):
    """The status and the explanation, once the training pictures were looked at."""
    while True:
        status, told, _ = client.ask("POST", "/explain", body, **headers)
        if status != 200 or told["is_complete"]:
            return status, told


def pixels_of(uri):
    """The (H, W) or (H, W, 3) pixels of a picture in a URI."""
    kind, _, content = uri.partition(",")
    assert kind == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content, validate=True))))


def content_of(pixels):
    into = io.BytesIO()
    Image.fromarray(pixels).save(into, "PNG")
    return into.getvalue()


@pytest.mark.parametrize("number", range(3))
def test_it_is_what_the_explanations_say(client, run, number):
    classifier, splits = load(run), read_splits(read_record(run), Reading())
    image = splits.test.images[number : number + 1]  # (1, 1, H, W)
    status, told = explained(client, content_of(image[0, 0].numpy()))
    assert status == 200
    assert (told["label"], told["views"]) == (classifier.predict(image[0, 0].numpy()).label, classifier.views)
    assert np.array_equal(pixels_of(told["seen"]), image[0, 0].numpy())
    found = grad_cam(classifier, image, torch.tensor([classifier.classes.index(told["label"])]))
    assert np.array_equal(pixels_of(told["map"]["picture"]), (255 * found.maps[0]).round().byte().numpy())
    assert (told["map"]["label"], told["map"]["layer"]) == (told["label"], found.layer)
    near = nearest(features_of(classifier, image), features_of(classifier, splits.train), 3)
    positions = near.positions[0].tolist()
    assert [each["label"] for each in told["neighbours"]] == [
        classifier.classes[splits.train.labels[n]] for n in positions
    ]
    assert [each["distance"] for each in told["neighbours"]] == pytest.approx(near.distances[0].tolist(), abs=1e-3)
    for each, position in zip(told["neighbours"], positions, strict=True):
        assert np.array_equal(pixels_of(each["picture"]), splits.train.images[position, 0].numpy())
    of_test = nearest(features_of(classifier, splits.test), features_of(classifier, splits.train), 1).distances[:, 0]
    assert told["unlike"]["usual"] == pytest.approx(float(np.quantile(of_test.numpy(), 0.99)), abs=1e-3)
    assert told["unlike"]["distance"] == told["neighbours"][0]["distance"]


def test_what_is_unlike_all_training_pictures_is_warned_of(client):
    chessboard = (np.indices((SIDE, SIDE)).sum(0) % 2 * 255).astype(np.uint8)
    _, told = explained(client, content_of(chessboard))
    unlike = told["unlike"]
    assert unlike["is_unlike"]
    assert unlike["distance"] > unlike["usual"]
    assert f"{unlike['distance']:.2f} away" in unlike["warning"]
    assert f"at most {unlike['usual']:.2f}" in unlike["warning"]
    _, told = explained(client, json.dumps({"pixels": [[0] * SIDE] * SIDE}), content_type="application/json")
    assert told["unlike"]["is_unlike"] == (told["unlike"]["warning"] is not None)


def test_a_model_without_maps_is_explained_by_occlusion(exported_run):
    model, _ = open_model(exported_run)
    classifier, image = load(exported_run), torch.arange(144, dtype=torch.uint8).view(1, 1, 12, 12)
    with serving(model, Limits(deadline=SECONDS)) as client:
        status, told = explained(client, content_of(image[0, 0].numpy()))
    assert status == 200
    found = occlusion(classifier, image, torch.tensor([classifier.classes.index(told["label"])]))
    assert np.array_equal(pixels_of(told["map"]["picture"]), (255 * found.maps[0]).round().byte().numpy())
    assert told["map"]["layer"] == found.layer


def test_coloured_pictures_are_explained_in_colour(tmp_path):
    images, labels = bars(90, 3, SIDE, 3, 0)
    write_pictures(tmp_path / "pictures", images, labels)
    run = muslin.fit(tmp_path / "pictures", "espresso", out=tmp_path / "run", **QUICK | {"model": "resnet_slim"}).folder
    picture = images[5].permute(1, 2, 0).numpy()
    with serving(model_of(run), Limits(deadline=SECONDS)) as client:
        status, told = explained(client, content_of(picture))
    assert status == 200
    assert np.array_equal(pixels_of(told["seen"]), picture)
    assert pixels_of(told["map"]["picture"]).shape == (SIDE, SIDE)
    assert [pixels_of(each["picture"]).shape for each in told["neighbours"]] == [(SIDE, SIDE, 3)] * 3


def test_what_cannot_be_told_is_a_sentence_without_a_path(run, tmp_path, monkeypatch):
    with serving(small_model(small_classifier())) as client:
        status, told = explained(client)
        assert (status, told["map"]) == (200, explain.NO_RUN)
        assert told["neighbours"] == told["unlike"] == told["map"]
        assert told["label"] == client.predict(PICTURE)[1]["label"]
    copy = shutil.copytree(run, tmp_path / "run")
    with serving(replace(model_of(copy), digest="1" * 64), Limits(deadline=SECONDS)) as client:
        assert explained(client)[1]["map"] == explain.CHANGED

    def gone(record, _reading):
        raise reasons.MuslinError(f"{record.source} is gone")

    monkeypatch.setattr(reasons, "read_splits", gone)
    with serving(model_of(copy), Limits(deadline=SECONDS)) as client:
        status, told = explained(client)
        assert (status, told["neighbours"], told["unlike"]) == (200, reasons.GONE, reasons.GONE)
        assert told["map"]["layer"]
        assert str(tmp_path) not in json.dumps(told)


def test_a_run_that_comes_back_is_explained(run, tmp_path):
    copy = shutil.copytree(run, tmp_path / "run")
    model = model_of(copy)
    (copy / "model.json").rename(copy / "gone.json")
    with serving(model, Limits(deadline=SECONDS)) as client:
        assert explained(client)[1]["map"] == explain.CHANGED
        (copy / "gone.json").rename(copy / "model.json")
        assert explained(client)[1]["map"]["layer"]


@pytest.mark.parametrize("name", CASES)
def test_every_bad_picture_is_explained_or_refused_in_a_sentence(client, name):
    case = CASES[name]
    status, told, _ = client.ask("POST", "/explain", case.content())
    assert (status, list(told)) == (400, ["error"]) if case.refused else status == 200


def test_forms_and_json_without_a_picture_are_refused(client):
    for kind, body, expected in (
        ("multipart/form-data; boundary=x", b"--x", 415),
        ("application/json", b"{}", 400),
        ("application/json", b"{", 400),
    ):
        status, told, _ = client.ask("POST", "/explain", body, content_type=kind)
        assert (status, list(told)) == (expected, ["error"])
    assert client.ask("GET", "/explain")[0] == 405


class Slow:
    """Reasons that come once they may."""

    def __init__(self):
        self.may, self.began, self.count = threading.Event(), threading.Event(), 0

    def __call__(self, _model):
        self.began.set()
        assert self.may.wait(SECONDS)
        return self

    def explain(self, _image, _label):
        self.count += 1
        return explain.without("slow")

    def look(self, _check):
        """Looks at nothing."""


class SlowToExplain(Slow):
    """What is there at once, and then slow."""

    def __call__(self, _model):
        return self

    def explain(self, image, label):
        self.began.set()
        assert self.may.wait(SECONDS)
        return super().explain(image, label)


def slowly(monkeypatch, slow, deadline):
    """A server that explains so."""
    monkeypatch.setattr(explain, "gather", slow)
    return serving(replace(small_model(small_classifier()), folder="run"), Limits(deadline=deadline))


def test_while_it_is_loaded_answers_go_on_and_who_asks_is_told_to_try_again(monkeypatch):
    slow = Slow()
    with slowly(monkeypatch, slow, deadline=0.4) as client:
        status, told, headers = client.ask("POST", "/explain", PICTURE)
        assert (status, headers["retry-after"], told["error"]) == (503, "2", explain.LOADING)
        assert client.predict(PICTURE)[0] == 200
        slow.may.set()
        while client.ask("POST", "/explain", PICTURE)[0] == 503:
            pass
        assert slow.count == 1


def test_what_is_not_explained_in_time_is_503_and_not_computed_later(monkeypatch):
    slow = SlowToExplain()
    with slowly(monkeypatch, slow, deadline=0.3) as client:
        for _ in range(2):  # the second one waits for the first one's turn to end
            status, told, headers = client.ask("POST", "/explain", PICTURE)
            assert (status, headers["retry-after"]) == (503, "1")
            assert "not answered within" in told["error"]
        assert client.predict(PICTURE)[0] == 200
        slow.may.set()
    assert slow.count == 1


def test_more_than_may_wait_are_refused_before_their_body_is_there(monkeypatch):
    slow = SlowToExplain()
    with slowly(monkeypatch, slow, deadline=SECONDS) as client:
        explaining = client.server.server.service.explaining
        answers = []
        threads = in_threads(explain.MOST_WAITING, lambda: answers.append(client.ask("POST", "/explain", PICTURE)[0]))
        wait_for(lambda: explaining.waiting == explain.MOST_WAITING)
        head = POST.replace("/predict", "/explain")
        said = rest_of(raw(client, head + "connection: close\r\ncontent-length: 100\r\n\r\n"))  # and no body
        assert said.startswith(b"HTTP/1.1 503")
        assert b"retry-after: " in said
        assert client.predict(PICTURE)[0] == 200
        slow.may.set()
        for thread in threads:
            thread.join(SECONDS)
        assert answers == [200] * explain.MOST_WAITING
        assert explaining.waiting == 0


def test_the_picture_of_a_client_that_left_is_not_explained(monkeypatch):
    slow = SlowToExplain()
    with slowly(monkeypatch, slow, deadline=SECONDS) as client:
        explaining = client.server.server.service.explaining
        threads = in_threads(1, lambda: client.ask("POST", "/explain", PICTURE))
        wait_for(slow.began.is_set)
        leaving = raw(client, POST.replace("/predict", "/explain") + f"content-length: {len(PICTURE)}\r\n\r\n")
        leaving.sendall(PICTURE)
        wait_for(lambda: explaining.waiting == 2)
        leaving.close()
        wait_for(lambda: explaining.waiting == 1)
        slow.may.set()
        threads[0].join(SECONDS)
    assert slow.count == 1


def test_a_server_that_ends_explains_what_it_took_and_looks_no_longer(monkeypatch):
    slow, ended = SlowToExplain(), threading.Event()

    def look(check):
        try:
            while True:
                check()
        except explain.EndedError:
            ended.set()
            raise

    slow.look = look
    answers = []
    with slowly(monkeypatch, slow, deadline=SECONDS) as client:
        threads = in_threads(1, lambda: answers.append(client.ask("POST", "/explain", PICTURE)[0]))
        wait_for(slow.began.is_set)
        client.server.stop()
        assert client.ask("POST", "/explain", PICTURE)[0] == 503
        assert answers == []
        slow.may.set()
        threads[0].join(SECONDS)
    assert answers == [200]
    assert ended.wait(SECONDS)


def test_a_fault_of_what_explains_is_a_fault_of_the_server(monkeypatch):
    slow = SlowToExplain()
    slow.explain = lambda _image, _label: 1 // 0
    with slowly(monkeypatch, slow, deadline=SECONDS) as client:
        assert client.ask("POST", "/explain", PICTURE)[0] == 500
        assert client.predict(PICTURE)[0] == 200


def test_a_server_that_is_not_asked_for_reasons_loads_nothing_for_them():
    code = "import sys, muslin.serving.serve, muslin.serving.app; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
