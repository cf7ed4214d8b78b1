"""`muslin serve`, as a person types it."""

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import sys

import pytest

import muslin
from tests.bad_pictures import noise, saved

COMMAND = [sys.executable, "-m", "muslin", "serve"]
SECONDS = 60
PICTURE = saved(noise(1), "PNG")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGTERM for one process there")


def ask(port, method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    connection.request(method, path, body)
    reply = connection.getresponse()
    status, told = reply.status, json.loads(reply.read())
    connection.close()
    return status, told


def test_it_serves_until_it_is_told_to_end_and_then_answers_what_came_before(exported_run):
    with subprocess.Popen(
        [*COMMAND, exported_run, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        told = server.stdout.readline()
        port = int(re.fullmatch(r".*run answers at http://127\.0\.0\.1:(\d+)/\n", told).group(1))
        assert ask(port, "GET", "/ready") == (200, {"ready": True})
        status, answer = ask(port, "POST", "/predict", PICTURE)
        assert status == 200
        assert answer["label"] == muslin.load(exported_run).predict(noise(1)).label
        with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as half:
            head = f"POST /predict HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-length: {len(PICTURE)}\r\n\r\n"
            half.sendall(head.encode() + PICTURE[:100])
            while ask(port, "GET", "/predict")[0] != 405:
                pass
            server.send_signal(signal.SIGTERM)
            while ask(port, "GET", "/ready")[0] != 503:
                pass
            assert ask(port, "GET", "/live")[0] == 200
            assert ask(port, "POST", "/predict", PICTURE)[0] == 503
            half.sendall(PICTURE[100:])
            with half.makefile("rb") as file:
                said = file.read()
        assert said.startswith(b"HTTP/1.1 200")
        assert json.loads(said.partition(b"\r\n\r\n")[2]) == answer
        _, errors = server.communicate(timeout=SECONDS)
    assert (server.returncode, errors) == (0, "")


def test_a_damaged_run_and_an_open_address_are_one_sentence(exported_run, tmp_path, type_):
    run = shutil.copytree(exported_run, tmp_path / "run")
    code, out, err = type_("serve", run, "--host", "0.0.0.0")  # noqa: S104
    assert (code, out) == (2, "")
    assert "say by which names they may call this one" in err
    (tmp_path / "token").write_text("short")
    code, out, err = type_("serve", run, "--token-file", tmp_path / "token")
    assert (code, out) == (2, "")
    assert "at least 16 letters" in err
    weights = run / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    code, out, err = type_("serve", run)
    assert (code, out) == (1, "")
    assert "the file was damaged" in err
