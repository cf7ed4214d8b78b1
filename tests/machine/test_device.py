import pytest
import torch

from muslin.errors import SettingError
from muslin.machine import device as machine_module
from muslin.machine.cores import available_threads
from muslin.machine.device import bf16_wins, choose_device, computing, convolution_speeds, prepare


def test_bf16_must_win_by_enough():
    assert bf16_wins({"fp32": 100, "fp32 channels last": 200, "bf16": 90, "bf16 channels last": 400})
    assert not bf16_wins({"fp32": 100, "fp32 channels last": 200, "bf16": 90, "bf16 channels last": 210})
    assert not bf16_wins({"fp32": 100, "bf16": 2})
    assert not bf16_wins({"fp32": 100})


def measure_as(monkeypatch, speed):
    def speeds(_, ways):
        return {name: speed(*way) for name, way in ways.items()}

    monkeypatch.setattr(machine_module, "convolution_speeds", speeds)


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


def test_the_processs_first_convolution_is_not_held_against_a_layout(monkeypatch):
    seconds = iter([100.0] + [1.0] * 100)
    calls: list[str] = []

    def work(name):
        return lambda: calls.append(name) or next(seconds)

    probes = iter(["first", "second"] * 2)  # with few pictures, then with more
    monkeypatch.setattr(machine_module, "probe", lambda *_: work(next(probes)))
    monkeypatch.setattr(machine_module, "timed", lambda call: call())
    speeds = convolution_speeds(torch.device("cpu"), dict.fromkeys("ab", (torch.float32, torch.channels_last)))
    assert speeds["a"] == speeds["b"]
    assert calls.count("second") > 1


def test_a_hopeless_way_is_tried_with_few_pictures_alone(monkeypatch):
    batches: dict[torch.dtype, list[int]] = {torch.float32: [], torch.bfloat16: []}

    def probe(_device, dtype, _layout, batch):
        batches[dtype].append(batch)
        return lambda: batch * (1.0 if dtype == torch.float32 else 20.0)

    monkeypatch.setattr(machine_module, "probe", probe)
    monkeypatch.setattr(machine_module, "timed", lambda call: call())
    ways = {"fast": (torch.float32, torch.channels_last), "slow": (torch.bfloat16, torch.channels_last)}
    speeds = convolution_speeds(torch.device("cpu"), ways)
    assert speeds["fast"] == pytest.approx(20 * speeds["slow"])
    assert batches[torch.bfloat16] == [machine_module.GLANCE_BATCH]
    assert batches[torch.float32] == [machine_module.GLANCE_BATCH, machine_module.PROBE_BATCH]


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
