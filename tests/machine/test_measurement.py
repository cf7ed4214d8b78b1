import itertools
import json

import pytest
import torch

from muslin.machine import measurement
from muslin.machine.measurement import WAYS, Measurement, file_for, find_measurement, read_measurement

CPU = torch.device("cpu")
real_measure = measurement.measure


def speeds(fp32=1.0, fp32_last=2.0, bf16=0.5, bf16_last=1.0):
    return dict(zip(WAYS, (fp32, fp32_last, bf16, bf16_last), strict=True))


def measured(*rounds):
    best = {name: max(one[name] for one in rounds) for name in WAYS}
    return Measurement(best, list(rounds))


@pytest.mark.parametrize(("bf16_last", "preferred"), [(4.0, True), (2.2, False), (0.02, False)])
def test_bf16_must_win_by_enough(bf16_last, preferred):
    assert measured(*[speeds(bf16_last=bf16_last)] * 5).prefers_bf16 is preferred


def test_what_was_measured_once_alone_decides():
    assert Measurement(speeds(bf16_last=4.0)).prefers_bf16
    assert not Measurement(speeds(fp32=9.0)).prefers_channels_last("fp32")


@pytest.mark.parametrize("lucky", [1, 2, 3])
def test_noise_in_some_rounds_decides_nothing(lucky):
    """The best of the noisy rounds would have taken another way than the quiet ones."""
    quiet, noisy = speeds(), speeds(fp32=3.0, bf16_last=3.0)
    one = measured(*[noisy] * lucky, *[quiet] * (5 - lucky))
    assert not one.prefers_bf16
    assert one.prefers_channels_last("fp32")


def test_a_disturbed_measurement_decides_nothing():
    fast = speeds(fp32=9.0, bf16_last=99.0)
    one = Measurement(fast, [fast] * 5, is_quiet=False)
    assert not one.prefers_bf16
    assert one.prefers_channels_last("fp32")
    slow = speeds(bf16=0.1, bf16_last=0.1)
    assert Measurement(slow, [slow] * 5, "bf16", is_quiet=False).prefers_bf16
    assert not Measurement(slow, [slow] * 5, "bf16").prefers_bf16


@pytest.mark.parametrize(("flags", "usual"), [("avx2 fma", "fp32"), ("avx512f amx_bf16", "bf16"), ("", "fp32")])
def test_the_usual_type_is_what_the_processor_says(monkeypatch, flags, usual):
    monkeypatch.setattr(measurement, "cpuinfo", lambda _: flags)
    assert measurement.usual_type(CPU) == usual


def test_a_way_that_is_faster_again_and_again_is_taken_on_a_busy_machine_too():
    one = measured(*[speeds(bf16_last=9.0)] * 4, speeds(bf16_last=0.1))
    assert one.prefers_bf16


def counted(monkeypatch, *results):
    """Measures as told, the last result over and over; gives the devices that were asked for."""
    asked, endless = [], itertools.chain(results, itertools.repeat(results[-1]))
    monkeypatch.setattr(measurement, "measure", lambda device: asked.append(device) or next(endless))
    return asked


def test_a_machine_is_measured_once(monkeypatch):
    asked = counted(monkeypatch, Measurement(speeds(), [speeds()], date="2026-01-01"), Measurement(speeds(fp32=9.0)))
    first, again = find_measurement(CPU), find_measurement(CPU)
    assert len(asked) == 1
    assert first == again
    assert again.file == file_for(CPU)
    assert find_measurement(CPU, anew=True).speeds["fp32"] == 9.0
    assert find_measurement(CPU).speeds["fp32"] == 9.0
    assert len(asked) == 2


def test_a_disturbed_measurement_is_not_kept_and_replaces_none(monkeypatch):
    asked = counted(monkeypatch, Measurement(speeds(), is_quiet=False), Measurement(speeds(), is_quiet=False))
    assert find_measurement(CPU).file is None
    assert find_measurement(CPU).file is None
    assert len(asked) == 2
    counted(monkeypatch, Measurement(speeds(fp32=1.5)), Measurement(speeds(), is_quiet=False))
    kept = find_measurement(CPU)
    find_measurement(CPU, anew=True)
    assert find_measurement(CPU) == kept


def test_other_threads_and_versions_are_measured_anew(monkeypatch):
    asked = counted(monkeypatch, Measurement(speeds()))
    find_measurement(CPU)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 77)
    find_measurement(CPU)
    monkeypatch.setattr(torch, "__version__", "9.9")
    find_measurement(CPU)
    assert len(asked) == 3


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"format": 0}', "speeds", "negative"])
def test_a_damaged_file_is_no_measurement(monkeypatch, damage):
    asked = counted(monkeypatch, Measurement(speeds()))
    file = find_measurement(CPU).file
    values = json.loads(file.read_text())
    texts = {
        "speeds": json.dumps(values | {"speeds": {"fp32": "fast"}}),
        "negative": json.dumps(values | {"speeds": speeds(fp32=-1)}),
    }
    file.write_text(texts.get(damage, damage))
    assert read_measurement(file) is None
    find_measurement(CPU)
    assert len(asked) == 2
    assert read_measurement(file) is not None


def test_a_cache_that_cannot_be_written_is_none(monkeypatch, tmp_path):
    counted(monkeypatch, Measurement(speeds()))
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MUSLIN_CACHE", str(tmp_path / "file"))
    assert find_measurement(CPU).file is None


def computing_as(monkeypatch, seconds):
    """Replaces the convolutions; `seconds(dtype, layout, batch)` is what one takes. Gives the batches of each type."""
    batches: dict[torch.dtype, list[int]] = {torch.float32: [], torch.bfloat16: []}

    def probe(_device, dtype, layout, batch):
        batches[dtype].append(batch)
        return lambda: seconds(dtype, layout, batch)

    monkeypatch.setattr(measurement, "probe", probe)
    monkeypatch.setattr(measurement, "timed", lambda work: work())
    return batches


def test_the_processs_first_convolution_is_not_held_against_a_layout(monkeypatch):
    later = itertools.chain([100.0], itertools.repeat(1.0))
    computing_as(monkeypatch, lambda *_: next(later))
    found = real_measure(CPU)
    assert found.speeds["fp32"] == found.speeds["fp32 channels last"]


def test_a_hopeless_way_is_tried_with_few_pictures_alone(monkeypatch):
    monkeypatch.setattr(measurement, "cpuinfo", lambda _: "avx2 fma")
    batches = computing_as(monkeypatch, lambda dtype, _, batch: batch * (1.0 if dtype == torch.float32 else 20.0))
    found = real_measure(CPU)
    assert found.speeds["fp32"] == pytest.approx(20 * found.speeds["bf16"])
    assert batches[torch.bfloat16] == [measurement.GLANCE_BATCH] * 2
    assert batches[torch.float32] == [measurement.GLANCE_BATCH] * 2 + [measurement.BATCH] * 2


def test_waiting_for_cores_and_rounds_that_disagree_are_no_quiet_moment(monkeypatch):
    computing_as(monkeypatch, lambda *_: 1.0)
    monkeypatch.setattr(measurement, "seconds_waited", lambda: 0.0)
    assert real_measure(CPU).is_quiet
    waited = itertools.count(0.0, 1e6)  # seconds
    monkeypatch.setattr(measurement, "seconds_waited", lambda: next(waited))
    assert not real_measure(CPU).is_quiet
    monkeypatch.setattr(measurement, "seconds_waited", lambda: 0.0)
    slower = itertools.chain([1.0] * 25, itertools.repeat(9.0))  # from the second round on
    computing_as(monkeypatch, lambda *_: next(slower))
    assert not real_measure(CPU).is_quiet


def test_a_real_measurement(monkeypatch):
    monkeypatch.setattr(measurement, "ROUNDS", 2)
    found = real_measure(CPU)
    assert found.speeds.keys() == WAYS.keys()
    assert min(found.speeds.values()) > 0
    assert found.prefers_channels_last("fp32") in (True, False)
