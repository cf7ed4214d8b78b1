import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from muslin.evaluation.coverage import coverage_at, coverage_curve
from tests.evaluation.answers import some_answers


@given(some_answers(), st.floats(0, 1))
def test_only_what_reaches_the_threshold_is_answered(answers, threshold):
    probabilities, labels = answers
    confidence, predicted = probabilities.max(1)
    right = predicted == labels
    kept = [is_right for sure, is_right in zip(confidence.tolist(), right.tolist(), strict=True) if sure >= threshold]
    point = coverage_at(threshold, confidence, right)
    if not kept:
        assert point is None
    else:
        assert point.coverage == pytest.approx(len(kept) / len(right))
        assert point.accuracy == pytest.approx(sum(kept) / len(kept))


def test_the_curve_falls_from_all_to_few():
    confidence, right = torch.tensor([0.3, 0.6, 0.6, 0.95]), torch.tensor([False, False, True, True])
    points = coverage_curve(confidence, right)
    assert [(p.coverage, p.accuracy) for p in points] == [(1.0, 0.5), (0.75, pytest.approx(2 / 3)), (0.25, 1.0)]
