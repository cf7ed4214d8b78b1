import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist

from muslin.ladder import RUNGS
from muslin.ladder.knn import smallest, vote
from muslin.ladder.knn_l2 import LONGEST, rank_blocks

METRICS = {"knn-l1": "cityblock", "knn-l2": "sqeuclidean"}
CLASSES = tuple("abc")


def brute_force(known, labels, queries, metric):
    """The five nearest, the earlier of equals, by sorting all; then the commonest label, the nearer of equals."""
    answers = []
    for row in cdist(queries, known, metric):
        near = labels[np.lexsort((np.arange(len(row)), row))[:5]].tolist()
        answers.append(max(near, key=lambda label: (near.count(label), -near.index(label))))
    return np.array(answers)


@pytest.mark.parametrize("name", METRICS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_pictures_agree_with_brute_force_ties_included(name, data):
    side, count = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 30))
    pixels = st.one_of(st.integers(0, 255), st.sampled_from([0, 255]))  # the extremes make ties
    known = data.draw(arrays(np.uint8, (count, side, side), elements=pixels))
    queries = data.draw(arrays(np.uint8, (7, side, side), elements=pixels))
    labels = data.draw(arrays(np.int64, count, elements=st.integers(0, 2)))
    rung = RUNGS[name](CLASSES)
    rung.fit(known, labels)
    flat_known, flat_queries = (one.reshape(len(one), -1).astype(float) for one in (known, queries))
    expected = brute_force(flat_known, labels, flat_queries, METRICS[name])
    np.testing.assert_array_equal(rung.predict(queries), expected)


@pytest.mark.parametrize("name", METRICS)
def test_points_agree_with_brute_force(name):
    generator = np.random.default_rng(0)
    known, queries, labels = generator.normal(size=(200, 2)), generator.normal(size=(300, 2)), np.arange(200) % 3
    rung = RUNGS[name](CLASSES)
    rung.fit(known, labels)
    np.testing.assert_array_equal(rung.predict(queries), brute_force(known, labels, queries, METRICS[name]))


@pytest.mark.parametrize("side", [28, 32])
def test_extreme_pictures_are_ranked_exactly(side):
    """Black and white pictures have the largest products; one pixel that differs by 1 must decide."""
    generator = np.random.default_rng(side)
    known = (255 * generator.integers(0, 2, (20, side, side))).astype(np.uint8)
    twins = known.copy()
    twins[:, 5, 5] ^= 1
    labels = np.repeat([0, 1], 20)
    rung = RUNGS["knn-l2"](CLASSES)
    rung.fit(np.concatenate([twins, known]), labels)
    nearest = rung._nearest(rung._prepared(known), 2)
    np.testing.assert_array_equal(nearest, np.stack([20 + np.arange(20), np.arange(20)], axis=1))


def test_the_longest_row_is_still_exact_in_float32():
    ends = np.array([[-128.0] * LONGEST, [-128.0] * (LONGEST - 1) + [-127.0]], dtype=np.float32)
    (ranks,) = rank_blocks(ends, ends, block=2)
    exact = (ends.astype(float) ** 2).sum(axis=1) - 2 * ends.astype(float) @ ends.T.astype(float)
    np.testing.assert_array_equal(ranks.astype(float), exact)
    assert 128**2 * LONGEST < 2**24


def test_blocks_do_not_matter():
    x = np.random.default_rng(0).integers(-128, 128, (11, 9)).astype(np.float32)
    whole = np.concatenate(list(rank_blocks(x, x, 100)))
    np.testing.assert_array_equal(np.concatenate(list(rank_blocks(x, x, 4))), whole)
    np.testing.assert_array_equal(smallest(rank_blocks(x, x, 4), 3), np.argsort(whole, axis=1, kind="stable")[:, :3])


def test_votes():
    np.testing.assert_array_equal(vote(np.array([[2, 1, 1, 2, 0], [0, 1, 1, 1, 0], [2, 1, 0, 3, 4]])), [2, 1, 2])


def test_fewer_pictures_than_neighbours():
    rung = RUNGS["knn-l1"](CLASSES)
    rung.fit(np.array([[0.0], [1.0], [1.1]]), np.array([2, 1, 1]))
    np.testing.assert_array_equal(rung.predict(np.array([[0.0]])), [1])
