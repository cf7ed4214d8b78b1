"""Where more is asked than can be done, what refuses costs next to nothing, and says what the application would say."""

import json
from contextlib import closing, contextmanager

import pytest

from muslin.serving import connections
from muslin.serving.serve import Place
from tests.serving.served import SECONDS
from tests.serving.test_limits import PICTURE, POST, Gate, in_threads, raw, rest_of, wait_for
from tests.serving.test_metrics import numbers_at

HEAD = POST + f"content-length: {len(PICTURE)}\r\n"


@contextmanager
def busy(place=None, **limits):
    """A server that computes one picture, and takes no other."""
    gate = Gate()
    with gate.serving(place, deadline=SECONDS, **limits) as client:
        threads = in_threads(1, lambda: client.predict(PICTURE))
        wait_for(gate.began.is_set)
        client.server.server.service.batcher._pace = SECONDS + 1.0  # seconds a picture
        try:
            yield client
        finally:
            gate.may.set()
            threads[0].join(SECONDS)


def parsed(said):
    """Status, headers without the date, and body of an answer."""
    head, _, body = said.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return status, sorted(line for line in lines if not line.startswith("date: ")), json.loads(body)


def test_a_request_is_refused_before_its_body_is_there_as_the_application_would():
    with busy(Place(metrics_port=0)) as client:
        at_once = parsed(rest_of(raw(client, HEAD + "connection: close\r\n\r\n")))  # and no body
        in_the_end = parsed(rest_of(raw(client, (HEAD + "connection: close\r\n\r\n").replace("predict", "%70redict"))))
        assert at_once == in_the_end
        assert at_once[0] == "HTTP/1.1 503 Service Unavailable"
        assert "retry-after: 16" in at_once[1], "half of the deadline is allowed, and twice that more is wanted"
        assert at_once[2] == {"error": "the server has as much to do as it can within its deadline; try again"}
        assert parsed(rest_of(raw(client, HEAD.replace("1.1", "1.0") + "\r\n")))[1:] == at_once[1:]
        told = numbers_at(client.server.metrics_address)
        assert told['muslin_requests_total{route="predict",status="503"}'] == 3


def test_a_request_is_refused_where_the_line_of_those_that_are_read_is_long():
    gate = Gate()
    with gate.serving(deadline=SECONDS) as client:
        decoders = client.server.server.service._decoders
        decoders._taken, decoders._pace = 2, SECONDS  # pictures, and seconds that one takes
        said = parsed(rest_of(raw(client, HEAD + "connection: close\r\n\r\n")))  # and no body
        assert said[0] == "HTTP/1.1 503 Service Unavailable"
        decoders._taken = 0
        gate.may.set()
        assert client.predict(PICTURE)[0] == 200


def test_what_does_not_compute_is_answered_by_a_busy_server():
    with busy() as client:
        assert client.ask("GET", "/ready")[:2] == (200, {"ready": True})
        assert client.ask("GET", "/predict")[0] == 405
        assert client.ask("POST", "/ready")[0] == 405
        for path in ("/explain", "/v2/models/bars/infer"):
            assert client.ask("POST", path)[0] == 503


def test_the_connection_is_kept_and_what_follows_on_it_is_answered():
    with busy() as client, closing(client.connect()) as connection:
        for _ in range(3):
            connection.request("POST", "/predict", PICTURE)
            reply = connection.getresponse()
            assert (reply.status, reply.getheader("retry-after")) == (503, "16")
            reply.read()
        client.server.server.service.batcher._pace = 0.0
        connection.request("GET", "/live")
        assert json.loads(connection.getresponse().read()) == {"live": True}


def test_a_refused_connection_is_left_unread_for_a_while(monkeypatch):
    monkeypatch.setattr(connections, "REFUSED_SECONDS", SECONDS)
    with busy() as client, closing(client.connect()) as connection:
        connection.request("POST", "/predict", PICTURE)
        assert connection.getresponse().status == 503
        wait_for(lambda: any(one.flow.read_paused for one in client.server.server.server_state.connections))


def test_a_server_that_ends_says_so_though_it_is_busy():
    with busy() as client:
        client.server.stop()
        status, told, headers = client.ask("POST", "/predict", PICTURE)
        assert (status, headers["connection"]) == (503, "close")
        assert "is ending" in told["error"]


def test_the_rest_of_a_refused_body_may_not_take_for_ever(monkeypatch):
    monkeypatch.setattr(connections, "REFUSED_SECONDS", 0)
    with busy(head_seconds=0.3) as client:
        connection = raw(client, POST + "transfer-encoding: chunked\r\n\r\n")
        with pytest.raises(OSError):  # noqa: PT011
            while True:
                connection.sendall(b"1\r\na\r\n" * 100)
        connection.close()
