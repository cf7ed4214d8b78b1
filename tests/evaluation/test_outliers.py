import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from muslin.evaluation.outliers import far_out, neighbour_distances


def features(count: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, 8, generator=torch.Generator().manual_seed(seed))


def test_distances_are_those_of_scikit_learn():
    given = features(50)
    units = torch.nn.functional.normalize(given - given.mean(0), dim=1).numpy()
    theirs = NearestNeighbors(n_neighbors=11).fit(units).kneighbors(units)[0][:, 1:].mean(1)
    assert np.allclose(neighbour_distances(given), theirs, atol=1e-5)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_of_few_pictures_all_others_are_neighbours(count):
    distances = neighbour_distances(features(count))
    assert distances.shape == (count,)
    assert distances.isfinite().all()


def test_what_is_far_from_all_others_is_told():
    generator = torch.Generator().manual_seed(0)
    distances = (0.3 * torch.randn(1000, generator=generator)).exp()
    distances[7] = 20
    is_far, times = far_out(distances)
    assert is_far.nonzero().flatten().tolist() == [7]
    assert times[7] == pytest.approx(20, rel=0.1)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_equal_distances_are_not_far(value):
    is_far, times = far_out(torch.full((9,), value))
    assert not is_far.any()
    assert times.tolist() == [1.0] * 9
