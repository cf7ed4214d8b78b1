import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from muslin.evaluation.explain import neighbours
from muslin.evaluation.explain.neighbours import features_of, nearest


@given(st.integers(0, 10**6), st.integers(1, 20), st.integers(1, 60), st.integers(1, 8), st.floats(0, 1000))
def test_they_are_those_of_a_search_one_by_one(seed, count, total, width, offset):
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(count, width, generator=generator) + offset
    among = torch.randn(total, width, generator=generator) + offset
    k = min(5, total)
    search = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(among.double().numpy())
    distances, _ = search.kneighbors(features.double().numpy())
    found = nearest(features, among, k)
    assert found.distances.numpy() == pytest.approx(distances, rel=1e-4, abs=1e-4 + 1e-7 * offset)
    by_one = (features[:, None].double() - among.double()).norm(dim=2).gather(1, found.positions)
    assert by_one.numpy() == pytest.approx(distances, rel=1e-4, abs=1e-4 + 1e-7 * offset)


def test_of_equally_near_ones_the_first_comes_first():
    among = torch.tensor([[3.0], [1.0], [-1.0], [1.0]])
    found = nearest(torch.zeros(1, 1), among, 3)
    assert found.positions.tolist() == [[1, 2, 3]]
    assert found.distances.tolist() == [[1, 1, 1]]


def test_blocks_change_nothing(monkeypatch):
    torch.manual_seed(0)
    features, among = torch.randn(30, 4), torch.randn(50, 4)
    whole = nearest(features, among)
    monkeypatch.setattr(neighbours, "BLOCK", 100)
    assert torch.equal(nearest(features, among).positions, whole.positions)


@pytest.mark.parametrize("k", [0, 4])
def test_more_than_there_are_cannot_be_had(k):
    with pytest.raises(ValueError, match="of 3 are asked for"):
        nearest(torch.zeros(1, 2), torch.zeros(3, 2), k)


def test_features_are_what_the_head_sees(classifier, pictures):
    made = classifier("resnet_slim")
    images = pictures(made, 7)
    assert torch.allclose(made.model.head(features_of(made, images)), made(images), atol=1e-5)
    assert features_of(made, images[:0]).shape == (0, made.model.head.in_features)
    assert nearest(features_of(made, images), features_of(made, images), 1).positions[:, 0].tolist() == list(range(7))
