import pytest
import torch

from muslin.evaluation.calibration import expected_calibration_error


def test_knowing_how_sure_one_is_costs_nothing():
    confidence = torch.full((1000,), 0.75)
    right = torch.arange(1000) % 4 != 0
    assert expected_calibration_error(confidence, right) == pytest.approx(0, abs=1e-6)


def test_always_sure_and_half_right_is_half_off():
    assert expected_calibration_error(torch.ones(10), torch.arange(10) % 2 == 0) == pytest.approx(0.5)


def test_bins_are_weighted_by_their_pictures():
    confidence = torch.tensor([0.95] * 30 + [0.55] * 10)
    right = torch.tensor([True] * 30 + [False] * 10)
    assert expected_calibration_error(confidence, right, bins=10) == pytest.approx(
        (30 * 0.05 + 10 * 0.55) / 40, rel=1e-5
    )
