"""What the server has done is told on a port of its own, as Prometheus reads it."""

import json
import re
import urllib.request

import pytest

from muslin.serving.bodies import Limits
from muslin.serving.serve import Place
from tests.bad_pictures import noise, saved
from tests.serving.served import SECONDS, serving, small_classifier, small_model

LINE = re.compile(r'[a-z_]+(\{[a-z]+="[^"]+"(,[a-z]+="[^"]+")*\})? [0-9.]+')


def numbers_at(address):
    with urllib.request.urlopen(address, timeout=SECONDS) as reply:  # noqa: S310
        assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        lines = reply.read().decode().splitlines()
    told = [line for line in lines if not line.startswith("# ")]
    assert all(LINE.fullmatch(line) for line in told)
    named = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    plain = {re.sub(r"_(bucket|sum|count)$", "", re.split(r"[ {]", line)[0]) for line in told}
    assert plain <= named
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in told}


def test_what_was_answered_is_counted():
    picture = saved(noise(1), "PNG")
    with serving(small_model(small_classifier()), Limits(deadline=SECONDS), Place(metrics_port=0)) as client:
        for _ in range(3):
            assert client.predict(picture)[0] == 200
        assert client.predict(b"none")[0] == 400
        tensor = {"name": "images", "shape": [5, 1, 12, 12], "datatype": "UINT8", "data": [0] * 720}
        assert client.ask("POST", "/v2/models/bars/infer", json.dumps({"inputs": [tensor]}))[0] == 200
        assert client.ask("GET", "/nothing/at/all")[0] == 404
        told = numbers_at(client.server.metrics_address)
        assert client.ask("GET", "/metrics")[0] == 404, "on the port for pictures"
    assert told['muslin_requests_total{route="predict",status="200"}'] == 3
    assert told['muslin_requests_total{route="predict",status="400"}'] == 1
    assert told['muslin_requests_total{route="infer",status="200"}'] == 1
    assert told['muslin_requests_total{route="other",status="404"}'] == 1
    assert (told["muslin_pictures_total"], told["muslin_batches_total"]) == (8, 4)
    assert (told["muslin_waiting_pictures"], told["muslin_held_bytes"], told["muslin_ready"]) == (0, 0, 1)
    assert told['muslin_answer_seconds_bucket{le="+Inf"}'] == told["muslin_answer_seconds_count"] == 4
    buckets = [value for name, value in told.items() if "_bucket" in name]
    assert buckets == sorted(buckets)
    assert 0 < told["muslin_answer_seconds_sum"] < 4 * SECONDS


def test_there_is_nothing_else_and_by_itself_no_such_port():
    with serving(small_model(small_classifier()), place=Place(metrics_port=0)) as client:
        address = client.server.metrics_address.replace("/metrics", "/predict")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(address, timeout=SECONDS)  # noqa: S310
    with serving(small_model(small_classifier())) as client:
        assert client.server.metrics_address is None
