import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brute
from sklearn import metrics

from muslin.evaluation.calibration import (
    brier_score,
    choose_threshold,
    expected_calibration_error,
    fit_calibration,
    log_loss,
    reliability,
)
from muslin.prediction.calibration import UNCALIBRATED, Calibration
from tests.evaluation.answers import some_answers


def test_knowing_how_sure_one_is_costs_nothing():
    confidence = torch.full((1000,), 0.75)
    right = torch.arange(1000) % 4 != 0
    assert expected_calibration_error(confidence, right) == pytest.approx(0, abs=1e-12)


def test_always_sure_and_half_right_is_half_off():
    assert expected_calibration_error(torch.ones(10), torch.arange(10) % 2 == 0) == pytest.approx(0.5)


def test_bins_are_weighted_by_their_pictures():
    confidence = torch.tensor([0.95] * 30 + [0.55] * 10)
    right = torch.tensor([True] * 30 + [False] * 10)
    assert expected_calibration_error(confidence, right, bins=10) == pytest.approx(
        (30 * 0.05 + 10 * 0.55) / 40, rel=1e-5
    )


def test_bins_without_pictures_are_left_out():
    (low, high) = reliability(torch.tensor([0.1, 0.12, 1.0]), torch.tensor([False, True, True]), bins=4)
    assert (low.low, low.high, low.count, low.accuracy) == (0, 0.25, 2, 0.5)
    assert low.confidence == pytest.approx(0.11)
    assert (high.low, high.high, high.count, high.confidence, high.accuracy) == (0.75, 1, 1, 1, 1)


@given(some_answers())
def test_losses_are_scikit_learns(answers):
    probabilities, labels = answers
    classes = probabilities.shape[1]
    assert log_loss(probabilities, labels) == pytest.approx(
        metrics.log_loss(labels, probabilities, labels=range(classes)), abs=1e-12
    )
    assert brier_score(probabilities, labels) == pytest.approx(
        metrics.brier_score_loss(labels, probabilities, labels=range(classes), scale_by_half=False), abs=1e-12
    )


@given(some_answers(), st.floats(0.2, 5))
def test_calibrating_divides_logits(answers, temperature):
    probabilities, _ = answers
    expected = (probabilities.log() / temperature).softmax(1)
    assert torch.allclose(Calibration(temperature).applied_to(probabilities), expected, atol=1e-12)


def sharpened(factor, count=4000):
    """Answers that are right as often as they say, and the same with their logits times a factor."""
    generator = np.random.default_rng(0)
    logits = torch.tensor(generator.normal(0, 2, (count, 4)))
    true = logits.softmax(1)
    labels = torch.multinomial(true, 1, generator=torch.Generator().manual_seed(0))[:, 0]
    return (logits * factor).softmax(1), labels


@pytest.mark.parametrize("factor", [0.5, 1, 3])
def test_the_temperature_undoes_a_factor_on_the_logits(factor):
    probabilities, labels = sharpened(factor)
    calibration = fit_calibration(probabilities.half(), labels)
    assert calibration.temperature == pytest.approx(factor, rel=0.05)
    assert calibration.pictures == 4000
    before = expected_calibration_error(probabilities.max(1).values, probabilities.argmax(1) == labels)
    tempered = calibration.applied_to(probabilities)
    after = expected_calibration_error(tempered.max(1).values, probabilities.argmax(1) == labels)
    assert after < 0.02
    assert factor == 1 or before > 0.05


def test_no_other_temperature_is_better():
    probabilities, labels = sharpened(2, count=300)

    def cost(log_temperature):
        tempered = (probabilities.log() / math.exp(log_temperature[0])).softmax(1)
        return log_loss(tempered, labels) * 300 + log_temperature[0] ** 2 / 2

    best = brute(cost, [(-2, 2)], Ns=401)
    assert math.log(fit_calibration(probabilities, labels).temperature) == pytest.approx(best[0], abs=2e-3)


def test_without_a_mistake_nothing_becomes_certain():
    probabilities = torch.tensor([[0.9, 0.1]]).repeat(30, 1)
    calibration = fit_calibration(probabilities, torch.zeros(30, dtype=torch.int64))
    assert 0.3 < calibration.temperature < 1
    assert calibration.threshold == 0


def test_nothing_to_calibrate_on():
    assert fit_calibration(None, torch.zeros(3, dtype=torch.int64)) == UNCALIBRATED
    assert fit_calibration(torch.zeros(0, 3), torch.zeros(0, dtype=torch.int64)) == UNCALIBRATED


@given(some_answers())
def test_the_threshold_is_the_lowest_that_halves_the_mistakes(answers):
    probabilities, labels = answers
    confidence, predicted = probabilities.max(1)
    right = predicted == labels
    rate = 1 - right.double().mean()

    def is_good(threshold):
        return (~right[confidence >= threshold]).double().mean() <= rate / 2

    good = [t for t in confidence.unique().tolist() if is_good(t)]
    chosen = choose_threshold(confidence, right)
    assert chosen == (0 if right.all() else min(good, default=1))


@pytest.mark.parametrize(
    "values", [{"temperature": 0}, {"temperature": math.nan}, {"threshold": 1.5}, {"pictures": -1}]
)
def test_values_out_of_range_are_no_calibration(values):
    with pytest.raises(ValueError, match="temperature above 0"):
        Calibration(**values)
