import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from muslin.data.images import ImageData, MappedPictures
from muslin.errors import SettingError
from muslin.evaluation.explain import neighbours
from muslin.evaluation.explain.neighbours import features_of, nearest
from muslin.prediction import scoring


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


@pytest.mark.parametrize("count", [1, 2])
def test_of_equally_near_ones_the_first_comes_first(count):
    among = torch.tensor([[3.0], [1.0], [-1.0], [1.0]])
    found = nearest(torch.zeros(count, 1), among, 3)
    assert found.positions.tolist() == [[1, 2, 3]] * count
    assert found.distances.tolist() == [[1, 1, 1]] * count


@pytest.mark.parametrize("count", [1, 2])
def test_many_that_rounding_cannot_tell_apart_are_told_apart(count):
    """More of them than there are spare candidates, far from the middle, nearer to each other than products tell."""
    among = torch.cat([torch.full((100, 3), -1000.0), torch.full((100, 3), 1000.0)])
    order = torch.randperm(100, generator=torch.Generator().manual_seed(0))
    among[100:, 0] += 1e-3 * order
    found = nearest(among[100 : 100 + count], among, 5)
    own = (among[100:, 0] - among[100, 0]).double().abs()
    assert found.positions[0].tolist() == (100 + own.argsort(stable=True))[:5].tolist()
    assert torch.equal(found.distances[0], own.sort().values[:5].float())


@pytest.mark.parametrize("value", [0.0, 1e-30, 3e37])
def test_of_copies_each_is_found_in_its_order_at_distance_0(value):
    among = torch.full((300, 5), value)
    found = nearest(among[:4], among, 12)
    assert found.positions.tolist() == [list(range(12))] * 4
    assert found.distances.max() == 0


@pytest.mark.parametrize("total", [20, 64, 1000, 2001])
def test_groups_of_columns_change_nothing(total):
    """So many that minima of groups are looked at first, with a rest or without."""
    generator = torch.Generator().manual_seed(total)
    features, among = torch.randn(40, 6, generator=generator), torch.randn(total, 6, generator=generator)
    distances = (features[:, None].double() - among.double()).norm(dim=2).sort(dim=1, stable=True)
    found = nearest(features, among, 9)
    assert torch.equal(found.positions, distances.indices[:, :9])
    assert torch.equal(found.distances, distances.values[:, :9].float())


def test_what_cannot_be_compared_is_said():
    with pytest.raises(SettingError, match=r"shapes \(2, 3\) and \(4, 5\) cannot be compared"):
        nearest(torch.zeros(2, 3), torch.zeros(4, 5))
    with pytest.raises(SettingError, match="not finite"):
        nearest(torch.zeros(2, 3), torch.full((4, 3), float("nan")), 1)


def test_pictures_that_lie_in_a_file_are_given_back(classifier, pictures, tmp_path, monkeypatch):
    made = classifier("resnet_slim")
    images = pictures(made, 5)
    path = tmp_path / "pictures"
    path.write_bytes(images.numpy().tobytes())
    mapped = MappedPictures(path, 0, tuple(images.shape))
    data = ImageData(mapped.images, torch.zeros(5, dtype=torch.int64), made.spec, mapped)
    times = []
    monkeypatch.setattr(MappedPictures, "give_back", lambda _file: times.append(1))
    monkeypatch.setattr(scoring, "BATCH", 2)
    done = []
    assert torch.equal(features_of(made, data, done.append), features_of(made, images))
    assert len(times) == 3
    assert done == [2, 4, 5]


def test_blocks_change_nothing(monkeypatch):
    torch.manual_seed(0)
    features, among = torch.randn(30, 4), torch.randn(50, 4)
    whole = nearest(features, among)
    for name in ("BLOCK", "PIECE"):
        monkeypatch.setattr(neighbours, name, 100)
        assert torch.equal(nearest(features, among).positions, whole.positions)
        assert torch.equal(nearest(features[:1], among).positions, whole.positions[:1])


@pytest.mark.parametrize("k", [0, 4])
def test_more_than_there_are_cannot_be_had(k):
    with pytest.raises(SettingError, match="of 3 are asked for"):
        nearest(torch.zeros(1, 2), torch.zeros(3, 2), k)


def test_features_are_what_the_head_sees(classifier, pictures):
    made = classifier("resnet_slim")
    images = pictures(made, 7)
    assert torch.allclose(made.model.head(features_of(made, images)), made(images), atol=1e-5)
    assert features_of(made, images[:0]).shape == (0, made.model.head.in_features)
    assert nearest(features_of(made, images), features_of(made, images), 1).positions[:, 0].tolist() == list(range(7))
