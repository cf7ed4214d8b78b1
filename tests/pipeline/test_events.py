from muslin.pipeline import events
from muslin.pipeline.events import Packing, tell_packing


def test_little_is_told_in_a_short_time_but_each_end(monkeypatch):
    times = iter([10.0, 10.05, 10.12, 10.13, 10.14])
    monkeypatch.setattr(events.time, "monotonic", lambda: next(times))
    told = []
    tell = tell_packing(told.append)
    for done in (64, 128, 192, 200):
        tell("reading", done, 200)
    tell("decoding", 64, 200)
    assert told == [Packing("reading", 64, 200), Packing("reading", 192, 200), Packing("reading", 200, 200)]
