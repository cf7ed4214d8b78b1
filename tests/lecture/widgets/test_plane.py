import numpy as np
import pytest

from muslin.lecture.widgets import plane as widget
from muslin.textbook import plane
from muslin.textbook.network import Network

VALUES = widget.values()


def test_every_set_of_the_textbook_is_there_with_fresh_points():
    assert set(VALUES["sets"]) == set(plane.SETS)
    for name, found in VALUES["sets"].items():
        points, labels = plane.make(name, n=250, seed=0)
        assert np.allclose(found["points"], points, atol=1e-4)
        assert found["labels"] == labels.tolist()
        assert found["test_points"] != found["points"]
        assert np.abs(found["points"]).max() < 1.4  # what the page draws


@pytest.mark.parametrize("sizes", [(2, 1), (2, 4, 2, 1), (2, 8, 8, 8, 8, 8, 8, 6)])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_scaled_they_are_the_start_of_a_network(sizes, activation):
    loss = "cross-entropy" if sizes[-1] > 1 else "binary-cross-entropy"
    for seed, normals in enumerate(VALUES["normals"]):
        used = 0
        for weights, bias in Network(sizes, activation, loss, seed=seed).layers():
            ins, outs = weights.shape
            deviation = (2 / ins if activation == "relu" else 2 / (ins + outs)) ** 0.5
            assert np.array_equal(weights.ravel(), deviation * np.array(normals[used : used + ins * outs]))
            assert not bias.any()
            used += ins * outs


def test_there_is_noise_for_every_point_that_may_be_and_each_seed_has_its_own():
    noise = np.array(VALUES["noise"])
    assert noise.shape == (4, 2 * (600 + 250))
    assert abs(noise.mean()) < 0.05
    assert abs(noise.std() - 1) < 0.05
    assert np.abs(np.corrcoef(noise) - np.eye(4)).max() < 0.1
