import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist

from muslin.errors import SettingError
from muslin.textbook import distances as dist

torch.set_num_threads(1)

sizes = st.integers(1, 6)
values = st.one_of(st.floats(-10, 10), st.sampled_from([0.0, 1e-160, 1e150, -1e150, 255.0]))


@st.composite
def pairs(draw, elements=values):
    shape = draw(st.tuples(sizes, sizes))
    return tuple(draw(arrays(np.float64, shape, elements=elements)) for _ in range(2))


@settings(max_examples=60, deadline=None)
@given(pair=pairs(st.floats(-1e6, 1e6)))
def test_single_distances_and_gradients_agree_with_autograd(pair):
    for order, value, gradient in [
        (1, dist.l1_distance, dist.l1_distance_gradient),
        (2, dist.l2_distance, dist.l2_distance_gradient),
    ]:
        x, y = (torch.tensor(side, requires_grad=True) for side in pair)
        expected = torch.linalg.vector_norm(x - y, ord=order, dim=-1)
        expected.sum().backward()
        scale = np.abs(pair[0] - pair[1]).max(axis=-1)
        safe = (scale > 1e-140) | (scale == 0)  # below, torch's squares underflow and ours do not
        np.testing.assert_allclose(value(*pair)[safe], expected.detach().numpy()[safe], rtol=1e-12)
        np.testing.assert_allclose(gradient(*pair)[safe], x.grad.numpy()[safe], rtol=1e-10, atol=1e-14)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), block=st.integers(1, 7))
def test_pairwise_distances_agree_with_scipy_in_any_block_size(data, block):
    n, m, d = (data.draw(sizes) for _ in range(3))
    x, y = (data.draw(arrays(np.float64, (rows, d), elements=values)) for rows in (n, m))
    np.testing.assert_allclose(dist.pairwise_l1(x, y, block), cdist(x, y, "cityblock"), rtol=1e-10)
    direct = dist.l2_distance(np.repeat(x[:, None], m, 1), np.repeat(y[None], n, 0))
    np.testing.assert_allclose(dist.pairwise_l2(x, y, block), direct, rtol=1e-10)
    np.testing.assert_allclose(direct, cdist(x, y), rtol=1e-10, atol=1e-150)


def test_the_root_is_outside_the_sum():
    x, y = np.zeros(2), np.array([3.0, 4.0])
    assert dist.l2_distance(x, y) == 5
    root_inside = np.sqrt((x - y) ** 2).sum()
    assert root_inside == dist.l1_distance(x, y) == 7


def test_lengths_whose_squares_overflow_or_vanish_are_right():
    for size in (1e200, 1e-200, 5e-324):
        assert dist.l2_distance([3 * size, 0.0], [0.0, 0.0]) == 3 * size
    np.testing.assert_allclose(dist.pairwise_l2([[3e200, 4e200]], [[0.0, 0.0]]), [[5e200]])
    np.testing.assert_array_equal(dist.l2_distance_gradient([1.0, 2.0], [1.0, 2.0]), [0, 0])


def naive_squares(x, y):
    """Squared distances by float32's matrix product, as usually written."""
    return (x**2).sum(1)[:, None] + (y**2).sum(1) - 2 * x @ y.T


def test_squares_that_cancel_in_float32_are_never_negative():
    pictures = np.random.default_rng(0).random((40, 784)).astype(np.float32)
    near = pictures + np.float32(1e-6)
    assert naive_squares(pictures, near).min() < 0  # its root is NaN
    ours = dist.pairwise_l2(pictures, near)
    np.testing.assert_allclose(ours, cdist(pictures.astype(float), near.astype(float)), rtol=1e-6)
    assert (np.diag(ours) > 0).all()


def test_pixels_in_float32_give_exact_distances():
    generator = np.random.default_rng(0)
    pixels = generator.integers(0, 256, (40, 784)).astype(np.float32)
    near = np.vstack([pixels, pixels + np.eye(40, 784, dtype=np.float32)])
    assert (np.diag(naive_squares(pixels, near)[:, 40:]) != 1).any()  # the trap: 5e7 leaves float32 no digit for the 1
    ours = dist.pairwise_l2(pixels, near)
    assert ours.dtype == np.float32
    np.testing.assert_array_equal(np.diag(ours), np.zeros(40))
    np.testing.assert_array_equal(np.diag(ours[:, 40:]), np.ones(40))
    np.testing.assert_array_equal(ours, cdist(pixels, near).astype(np.float32))
    np.testing.assert_array_equal(dist.pairwise_l1(pixels, near), cdist(pixels, near, "cityblock"))


def test_a_cluster_far_from_the_origin_keeps_ten_digits():
    points = 1e6 + np.random.default_rng(1).normal(size=(30, 5))
    np.testing.assert_allclose(dist.pairwise_l2(points, points), cdist(points, points), rtol=1e-10)


def test_pairs_that_cancel_are_computed_again_in_bounded_parts(monkeypatch):
    monkeypatch.setattr(dist, "_TILE_BYTES", 16)
    points = 1e6 + np.random.default_rng(2).normal(size=(9, 3))
    np.testing.assert_allclose(dist.pairwise_l2(points, points), cdist(points, points), rtol=1e-10)
    np.testing.assert_allclose(dist.pairwise_l1(points, points), cdist(points, points, "cityblock"), rtol=1e-10)


def test_what_lies_farther_apart_than_floats_reach_is_infinitely_far_and_never_nan():
    for dtype in (np.float64, np.float32):
        far = np.finfo(dtype).max
        x, y = np.array([[far, far, 0]], dtype), np.array([[-far, -far, 0]], dtype)
        assert dist.l2_distance(x, y) == np.inf
        np.testing.assert_allclose(dist.l2_distance_gradient(x, y), [[0.5**0.5, 0.5**0.5, 0]], rtol=1e-6)
    assert dist.pairwise_l2([[1e308, 1e308]], [[-1e308, -1e308]]) == np.inf


def test_bytes_do_not_wrap_around():
    dark, light = np.array([[10, 0]], np.uint8), np.array([[20, 0]], np.uint8)
    assert (dark - light).sum() == 246  # the trap
    for name in ("l1_distance", "l2_distance", "pairwise_l1", "pairwise_l2"):
        assert getattr(dist, name)(dark, light).item() == 10
    assert dist.l1_distance_gradient(dark, light).tolist() == [[-1, 0]]


@pytest.mark.parametrize("name", [name for name in dist.__all__ if name != "unit_ball" and "blocks" not in name])
def test_float32_stays_float32_and_whole_numbers_become_float64(name):
    function, pair = getattr(dist, name), ([[0, 3], [1, 1]], [[4, 0], [2, 5]])
    narrow, whole, wide = (function(*(np.array(one, dtype) for one in pair)) for dtype in ("f4", "i8", "f8"))
    assert (narrow.dtype, whole.dtype, wide.dtype) == (np.float32, np.float64, np.float64)
    np.testing.assert_array_equal(whole, wide)
    np.testing.assert_allclose(narrow, wide, rtol=1e-6)


@pytest.mark.parametrize(("distance", "radius"), [(dist.l1_distance, 0.5**0.5), (dist.l2_distance, 1.0)])
def test_unit_balls_lie_at_distance_one(distance, radius):
    ball = dist.unit_ball(distance, points=360)
    assert ball.shape == (360, 2)
    np.testing.assert_allclose(distance(ball, np.zeros_like(ball)), 1, rtol=1e-12)
    np.testing.assert_allclose(ball[0], [1, 0], atol=1e-15)
    np.testing.assert_allclose(np.hypot(*ball.T).min(), radius, rtol=1e-12)
    assert ball[1, 1] > 0


@pytest.mark.parametrize("name", [name for name in dist.__all__ if name != "unit_ball"])
def test_bad_input_is_named(name):
    function = getattr(dist, name)
    with pytest.raises(SettingError, match="x holds nan"):
        function([[np.nan, 1.0]], [[1.0, 1.0]])
    with pytest.raises(SettingError, match="y holds inf"):
        function([[1.0, 1.0]], [[np.inf, 1.0]])
    with pytest.raises(SettingError, match="y.* has shape"):
        function([[1.0, 2.0]], [[1.0], [2.0]])
    with pytest.raises(SettingError, match="x is empty"):
        function(np.zeros((0, 2)), [[1.0, 2.0]])


def test_blocks_and_points_are_checked():
    with pytest.raises(SettingError, match="block is 0; it must be a whole number, 1 or more"):
        dist.pairwise_l2([[1.0]], [[1.0]], block=0)
    with pytest.raises(SettingError, match="points is 2"):
        dist.unit_ball(dist.l2_distance, points=2)
    with pytest.raises(SettingError, match=r"x has shape \(2,\) and y has shape \(2, 1\)"):
        dist.l2_distance([1.0, 2.0], [[1.0], [2.0]])
