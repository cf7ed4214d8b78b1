import json

import pytest
import torch

from muslin.machine.advice import advise
from muslin.machine.device import Machine

SPEEDS = {"fp32": 50.0, "fp32 channels last": 100.0, "bf16": 20.0, "bf16 channels last": 50.0}


def machine(threads=2, *, bf16=False, measured="2026-01-02T03:04:05+00:00"):
    return Machine(torch.device("cpu"), threads, bf16, True, SPEEDS, measured)


def test_says_what_fit_does_and_why(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    text = " ".join(advise(machine()).consequences)
    assert "in float32: bfloat16 reaches 0.50 times its speed" in text
    assert "2 threads; more than the cores" in text
    assert "Measured 2026-01-02" in text
    assert "0.5 times faster" in " ".join(advise(machine(bf16=True)).consequences)


def test_says_who_set_the_threads(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    advice = advise(machine(threads=1))
    assert "It uses 1 thread, as OMP_NUM_THREADS says." in advice.consequences
    assert advice.as_json()["threads_asked"] == 1


def test_says_that_a_disturbed_measurement_is_not_kept():
    assert "disturbed" in advise(machine(measured="")).consequences[-1]


def test_is_plain_values():
    values = json.loads(json.dumps(advise(machine()).as_json()))
    assert values["convolution_gflops"] == SPEEDS
    assert values["measured"].startswith("2026")


@pytest.mark.parametrize("asked", ["--json", None])
def test_doctor(type_, asked):
    code, out, err = type_("doctor", *([asked] if asked else []))
    assert (code, err) == (0, "")
    assert ("GFLOP/s" in out) is (asked is None)
