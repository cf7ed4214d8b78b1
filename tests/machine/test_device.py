import pytest
import torch

from muslin.errors import SettingError
from muslin.machine import measurement
from muslin.machine.cores import available_threads
from muslin.machine.device import choose_device, computing, prepare
from muslin.machine.measurement import WAYS, Measurement


def measure_as(monkeypatch, speed):
    speeds = {name: speed(*way) for name, way in WAYS.items()}
    monkeypatch.setattr(measurement, "measure", lambda _: Measurement(speeds))


@pytest.mark.parametrize(("slow", "expected"), [("fp32", True), ("bf16", False)])
def test_precision_follows_the_measurement(monkeypatch, slow, expected):
    slow_type = {"fp32": torch.float32, "bf16": torch.bfloat16}[slow]
    measure_as(monkeypatch, lambda dtype, _: 1.0 if dtype == slow_type else 9.0)
    machine = prepare("cpu", "auto")
    assert machine.bf16 is expected
    assert prepare("cpu", "fp32").bf16 is False
    assert prepare("cpu", "bf16").bf16 is True
    with machine.autocast():
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype == (torch.bfloat16 if expected else torch.float32)


@pytest.mark.parametrize("wins", [True, False])
def test_layout_follows_the_measurement(monkeypatch, wins):
    measure_as(monkeypatch, lambda _, layout: 9.0 if (layout == torch.channels_last) == wins else 1.0)
    assert prepare("cpu", "auto").memory_format == (torch.channels_last if wins else torch.contiguous_format)


def test_measures_with_all_threads_and_sets_the_processor_back():
    tiny = torch.tensor([1e-40])
    torch.set_num_threads(1)
    with computing() as threads:
        machine = prepare("cpu", "auto")
        assert torch.get_num_threads() == machine.threads == threads == available_threads()
        assert (tiny * 0.5).item() == 0
    assert torch.get_num_threads() == 1
    assert (tiny * 0.5).item() > 0
    assert all(speed > 0 for speed in machine.speeds.values())


def test_a_device_that_is_not_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SettingError, match="device 'cuda' is not available to PyTorch here; available: .*cpu"):
        choose_device("cuda")
