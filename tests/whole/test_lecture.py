"""`muslin lecture`, as a person types it."""

import re
import signal
import subprocess
import sys
import urllib.request

import pytest

COMMAND = [sys.executable, "-m", "muslin", "lecture"]


def test_export_writes_a_folder_and_says_how_to_look_at_it(tmp_path):
    done = subprocess.run([*COMMAND, "--export", "page"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"[\d.]+ MB for any web host\. To look at it: python -m http\.server -d page\n", done.stdout)
    assert (tmp_path / "page" / "index.html").is_file()
    again = subprocess.run([*COMMAND, "--export", "page"], cwd=tmp_path, capture_output=True, text=True)
    assert again.returncode == 1
    assert again.stderr == "Error: page is there and not empty; name a new folder\n"


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process there")
def test_it_serves_until_ctrl_c(tmp_path):
    with subprocess.Popen(
        [*COMMAND, "--no-browser"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        address = re.fullmatch(r"The lecture is at (http://127\.0\.0\.1:\d+/)\n", server.stdout.readline()).group(1)
        with urllib.request.urlopen(address, timeout=30) as reply:  # noqa: S310
            assert b"From a rule and a neuron to a ResNet" in reply.read()
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=30)
    assert "Traceback" not in errors
    assert server.returncode in (0, 130)


def test_an_address_for_others_asks_for_names(tmp_path):
    done = subprocess.run([*COMMAND, "--host", "0.0.0.0"], cwd=tmp_path, capture_output=True, text=True)  # noqa: S104
    assert done.returncode == 2
    assert done.stderr.startswith("Error: host is 0.0.0.0, which other computers can reach")
    assert "Traceback" not in done.stderr
