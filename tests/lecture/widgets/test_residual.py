"""The record of the residual laboratory is whole, and shows what the section says."""

import pytest
from benchmarks.measure.residual import DEPTHS, KEPT, Deep, trained

from muslin.data.sources import load_splits
from muslin.lecture.widgets import residual


@pytest.fixture(scope="module")
def record():
    return residual.values()


def net(record, depth, *, skips, norms):
    (found,) = (
        each for each in record["nets"] if (each["depth"], each["skips"], each["norms"]) == (depth, skips, norms)
    )
    return found


def test_each_net_has_each_moment_and_each_layer(record):
    assert tuple(record["depths"]) == DEPTHS
    assert tuple(record["steps"]) == KEPT
    for depth in DEPTHS:
        layers = len(Deep(depth, skips=True, norms=True).convolutions)
        for skips in (False, True):
            for norms in (False, True):
                seen = net(record, depth, skips=skips, norms=norms)
                assert {len(seen[name]) for name in ("loss", "accuracy", "gradient", "features")} == {len(KEPT)}
                assert {len(row) for name in ("gradient", "features") for row in seen[name]} == {layers}


def spread(row):
    return max(row) / min(row)


def test_it_shows_what_the_questions_and_tasks_say(record):
    deep, plain = (net(record, 38, skips=skips, norms=True) for skips in (True, False))
    assert spread(deep["gradient"][0]) < 10
    assert spread(plain["gradient"][0]) > 100
    assert plain["gradient"][0].index(max(plain["gradient"][0])) == 0  # the first layer's is the largest
    assert deep["loss"][-1] < plain["loss"][-1]
    bare = net(record, 38, skips=False, norms=False)["features"][0]
    assert bare[-1] < bare[0] / 100
    assert net(record, 38, skips=True, norms=False)["loss"][-1] is None
    assert net(record, 20, skips=True, norms=False)["loss"][-1] is not None


def test_skips_change_the_net_and_nothing_else():
    data = load_splits("fashion-mnist").train
    images = data.images[:200].float() / 255
    plain, skips = (trained(images, data.labels[:200], 4, skips=each, norms=True, steps=3) for each in (False, True))
    again = trained(images, data.labels[:200], 4, skips=True, norms=True, steps=3)
    assert skips == again
    assert plain["features"][0][0] == skips["features"][0][0]  # the same stem sees the same pictures
    assert plain["features"][0][-1] != skips["features"][0][-1]
    assert len(plain["loss"]) == 4
