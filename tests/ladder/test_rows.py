import numpy as np
import pytest

from muslin.ladder.rows import LEAST_TRAINING_STEPS, Standard, minibatches, rows_of


def test_rows():
    rows = rows_of(np.full((2, 1, 3, 3), 51, np.uint8))
    assert (rows.dtype, rows.shape) == (np.float32, (2, 9))
    np.testing.assert_allclose(rows, 0.2)
    np.testing.assert_array_equal(rows_of(np.array([[0.5, -3.0]])), [[0.5, -3.0]])


def test_standard():
    images = np.random.default_rng(0).integers(0, 256, (50, 4, 4)).astype(np.uint8)
    rows = Standard.of(images)(images)
    np.testing.assert_allclose(rows.mean(axis=0), 0, atol=1e-5)
    assert rows.std() == pytest.approx(1, rel=1e-5)
    blank = np.zeros((5, 4, 4), np.uint8)
    np.testing.assert_array_equal(Standard.of(blank)(blank), 0)


@pytest.mark.parametrize(("count", "size", "epochs"), [(1, 100, 3), (60, 16, 2), (4000, 100, 70)])
def test_every_epoch_shows_everything_once(count, size, epochs):
    seen = list(minibatches(count, size=size, epochs=epochs, seed=0))
    assert len(seen) >= LEAST_TRAINING_STEPS
    assert max(len(batch) for _, batch in seen) <= size
    times = np.bincount(np.concatenate([batch for _, batch in seen]), minlength=count)
    assert times.min() == times.max() >= epochs
    shares = np.array([share for share, _ in seen])
    np.testing.assert_allclose(shares, np.arange(len(seen)) / len(seen))


def test_batches_follow_the_seed():
    first, same, other = (
        np.concatenate([batch for _, batch in minibatches(50, size=9, epochs=1, seed=seed)]) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()
