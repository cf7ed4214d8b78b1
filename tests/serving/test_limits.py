"""Slow, lying, leaving and too many clients: refused in a sentence or let go, and nothing of them stays."""

import gzip
import json
import socket
import subprocess
import sys
import threading
import zlib
from dataclasses import replace

import pytest

from muslin.serving import bodies
from muslin.serving.bodies import Limits
from muslin.serving.serve import Place
from tests.bad_pictures import noise, saved
from tests.serving.served import SECONDS, serving, small_classifier, small_model

PICTURE = saved(noise(1), "PNG")
TOKEN = "a-long-and-secret-word"  # noqa: S105


class Gate:
    """A model that answers once it may."""

    def __init__(self):
        self.model = small_model(small_classifier())
        self.may, self.began, self.count = threading.Event(), threading.Event(), 0

    def __call__(self, images):
        if not images.any():  # what a server tries its model by
            return self.model.answer(images)
        self.began.set()
        assert self.may.wait(SECONDS)
        self.count += len(images)
        return self.model.answer(images)

    def serving(self, place=None, **limits):
        return serving(replace(self.model, answer=self), Limits(**limits), place)


def raw(client, head):
    """A connection on which these bytes were sent."""
    connection = socket.create_connection(("127.0.0.1", client.port), timeout=SECONDS)
    connection.sendall(head.replace("PORT", str(client.port)).encode())
    return connection


def rest_of(connection):
    """All that comes until the server closes."""
    with connection, connection.makefile("rb") as file:
        return file.read()


def in_threads(count, work):
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def wait_for(condition):
    """Waits until it holds, by asking over and over: it is another thread's."""
    ended = threading.Event()
    for _ in range(SECONDS * 200):
        if condition():
            return
        ended.wait(0.005)
    raise AssertionError("it never came to hold")


POST = "POST /predict HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\n"


@pytest.fixture(scope="module")
def hasty():
    """A server that waits for nothing."""
    with serving(small_model(small_classifier()), Limits(50_000, head_seconds=0.3, body_seconds=0.3)) as client:
        yield client


def test_a_body_that_never_comes_is_408(hasty):
    said = rest_of(raw(hasty, POST + "content-length: 100\r\n\r\nabc"))
    assert said.startswith(b"HTTP/1.1 408")
    assert b'{"error":"the body was not there within 0.3 seconds"}' in said


@pytest.mark.parametrize("head", ["", "\r\n", "POST /predict HT", POST])
def test_a_head_that_never_ends_is_let_go(hasty, head):
    assert rest_of(raw(hasty, head)) == b""


def test_a_refused_body_does_not_go_on_for_ever(hasty):
    connection = raw(hasty, "POST /no HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\ntransfer-encoding: chunked\r\n\r\n")
    with pytest.raises(OSError):  # noqa: PT011
        while True:
            connection.sendall(b"1\r\na\r\n" * 100)
    connection.close()


def test_what_is_not_http_is_answered_in_the_same_shape(hasty):
    said = rest_of(raw(hasty, "no HTTP at all\r\n\r\n"))
    assert said.startswith(b"HTTP/1.1 400")
    assert json.loads(said.partition(b"\r\n\r\n")[2])["error"]


@pytest.mark.parametrize("length", ["60000", "-1", "abc", "9" * 400, "1, 1"])
def test_a_length_that_is_too_long_or_none_is_refused(hasty, length):
    said = rest_of(raw(hasty, POST + f"content-length: {length}\r\nconnection: close\r\n\r\n"))
    assert said.startswith((b"HTTP/1.1 413", b"HTTP/1.1 400"))


def test_a_longer_body_than_was_said_is_no_part_of_the_picture(hasty):
    said = rest_of(raw(hasty, POST + "content-length: 2\r\n\r\nab" + "c" * 100 + "\r\n\r\n"))
    assert said.startswith(b"HTTP/1.1 400")


def test_pieces_without_a_length_are_counted(hasty):
    piece = f"{1000:x}\r\n" + "a" * 1000 + "\r\n"
    said = rest_of(raw(hasty, POST + "connection: close\r\ntransfer-encoding: chunked\r\n\r\n" + piece * 60))
    assert said.startswith(b"HTTP/1.1 413")


def test_packed_bodies_are_unpacked_within_the_limit(hasty):
    assert hasty.predict(gzip.compress(PICTURE), content_encoding="gzip") == hasty.predict(PICTURE)
    assert hasty.predict(zlib.compress(PICTURE), content_encoding="deflate") == hasty.predict(PICTURE)
    assert hasty.predict(gzip.compress(bytes(30 << 20)), content_encoding="gzip")[0] == 413
    for body in (gzip.compress(PICTURE)[:-9], gzip.compress(PICTURE) + b"more", b"no"):
        status, told = hasty.predict(body, content_encoding="gzip")
        assert status == 400
        assert "packed by gzip" in told["error"]
    assert hasty.predict(PICTURE, content_encoding="br")[0] == 415


def test_nothing_of_all_of_them_stays(hasty):
    service = hasty.server.server.service
    wait_for(lambda: service.active == 0)
    assert (service.bodies.held, service.batcher.taken) == (0, 0)
    wait_for(lambda: not hasty.server.server.server_state.tasks)


def test_answers_do_not_wait_for_the_client_to_say_that_it_heard_their_beginning(hasty):
    connection = hasty.connect()
    connection.request("GET", "/live")
    connection.getresponse().read()
    kept = [one.transport.get_extra_info("socket") for one in hasty.server.server.server_state.connections]
    assert kept
    assert all(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for one in kept)
    connection.close()


def test_too_many_bytes_at_a_time_are_refused(monkeypatch):
    monkeypatch.setattr(bodies, "MOST_HELD", 1000)
    with serving(small_model(small_classifier())) as client:
        status, told, headers = client.ask("POST", "/predict", PICTURE + bytes(1000))
        assert (status, headers["retry-after"]) == (503, "1")
        assert "many long bodies" in told["error"]
        assert client.server.server.service.bodies.held == 0


def test_what_is_not_answered_in_time_is_503():
    gate = Gate()
    with gate.serving(deadline=0.1) as client:
        status, told, headers = client.ask("POST", "/predict", PICTURE)
        assert (status, headers["retry-after"]) == (503, "1")
        assert told["error"] == "not answered within 0.1 seconds; try again"
        gate.may.set()


def test_the_picture_of_a_client_that_left_is_not_computed():
    gate = Gate()
    with gate.serving(deadline=SECONDS) as client:
        service = client.server.server.service
        threads = in_threads(1, lambda: client.predict(PICTURE))
        wait_for(gate.began.is_set)
        leaving = raw(client, POST + f"content-length: {len(PICTURE)}\r\n\r\n")
        leaving.sendall(PICTURE)
        wait_for(lambda: service.batcher.taken == 2)
        leaving.close()
        wait_for(lambda: service.batcher.taken == 1)
        gate.may.set()
        threads[0].join(SECONDS)
        assert client.predict(PICTURE)[0] == 200
    assert gate.count == 2


def test_a_server_that_ends_answers_what_it_took_and_takes_nothing_more():
    gate = Gate()
    answers = []
    with gate.serving(deadline=SECONDS) as client:
        service = client.server.server.service
        threads = in_threads(5, lambda: answers.append(client.predict(PICTURE)[0]))
        wait_for(lambda: service.batcher.taken == 5)
        client.server.stop()
        assert client.ask("GET", "/ready")[0] == 503
        assert client.ask("GET", "/live")[0] == 200
        status, told, headers = client.ask("POST", "/predict", PICTURE)
        assert (status, headers["retry-after"], headers["connection"]) == (503, "1", "close")
        assert "is ending" in told["error"]
        assert answers == []
        gate.may.set()
        for thread in threads:
            thread.join(SECONDS)
    assert answers == [200] * 5


def test_a_model_that_answers_with_no_number_is_a_fault_of_the_server():
    model = small_model(small_classifier())
    with serving(replace(model, answer=lambda images: model.answer(images) * float("nan"))) as client:
        status, told = client.predict(PICTURE)
        assert status == 500
        assert "no number" in told["error"]


def test_a_token_is_asked_for_by_all_but_health(tmp_path):
    path = tmp_path / "token"
    path.write_text(TOKEN + "\n")
    place = Place(allow=("muslin.example",), token_file=path)
    with serving(small_model(small_classifier()), place=place) as client:
        assert TOKEN not in client.server.address
        assert client.predict(PICTURE)[0] == 401
        assert client.predict(PICTURE, authorization=f"Bearer {TOKEN}x")[0] == 401
        assert client.predict(PICTURE, authorization=f"Bearer {TOKEN}")[0] == 200
        assert client.predict(PICTURE, authorization=f"Bearer {TOKEN}", host="muslin.example")[0] == 200
        assert client.predict(PICTURE, authorization=f"Bearer {TOKEN}", host="other.example")[0] == 421
        assert client.ask("GET", "/ready", host="10.0.0.7:8080")[0] == 200


def test_a_missing_library_is_named_with_the_command():
    code = (
        "import sys; sys.modules['httptools'] = None\n"
        "from muslin.serving.bodies import Limits\n"
        "from muslin.serving.serve import Place, model_server\n"
        "from muslin.errors import SettingError\n"
        "try: model_server(None, 'bars', Place(), Limits())\n"
        "except SettingError as error: print(error)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "pip install 'muslin[serve]'" in told
