import numpy as np
import pytest
import torch
from hypothesis import given
from sklearn import metrics

from muslin.evaluation.ranking import (
    average_precision,
    precision_recall_curve,
    roc_area,
    roc_curve,
    top_k_accuracy,
)
from tests.evaluation.answers import some_answers


@given(some_answers())
def test_areas_are_scikit_learns(answers):
    probabilities, labels = answers
    for k in range(probabilities.shape[1]):
        scores, positive = probabilities[:, k], labels == k
        if 0 < positive.sum() < len(positive):
            assert roc_area(scores, positive) == pytest.approx(metrics.roc_auc_score(positive, scores), abs=1e-12)
        else:
            assert roc_area(scores, positive) is None
        if positive.any():
            expected = metrics.average_precision_score(positive, scores)
            assert average_precision(scores, positive) == pytest.approx(expected, abs=1e-12)
        else:
            assert average_precision(scores, positive) is None


@given(some_answers())
def test_curves_are_scikit_learns(answers):
    probabilities, labels = answers
    scores, positive = probabilities[:, 0], labels == 0
    if 0 < positive.sum() < len(positive):
        false, true, _ = metrics.roc_curve(positive, scores, drop_intermediate=False)
        assert np.stack(roc_curve(scores, positive)) == pytest.approx(np.stack([false, true]), abs=1e-12)
        precision, recall, _ = metrics.precision_recall_curve(positive, scores)
        ours = precision_recall_curve(scores, positive)
        assert ours[0][::-1] == pytest.approx(precision[:-1], abs=1e-12)  # its last point is one of its own
        assert ours[1][::-1] == pytest.approx(recall[:-1], abs=1e-12)


@given(some_answers(least_classes=3))
def test_top_k_is_scikit_learns_where_no_two_are_equally_likely(answers):
    probabilities, labels = answers
    classes = probabilities.shape[1]
    probabilities = probabilities + torch.arange(classes) * 1e-6
    for k in range(1, classes):
        expected = metrics.top_k_accuracy_score(labels, probabilities, k=k, labels=range(classes))
        assert top_k_accuracy(probabilities, labels, k) == pytest.approx(expected, abs=1e-12)


def test_the_first_of_equally_likely_classes_comes_first_as_in_the_answer():
    probabilities = torch.tensor([[0.4, 0.4, 0.2]])
    assert [top_k_accuracy(probabilities, torch.tensor([n]), 1) for n in range(3)] == [1, 0, 0]
    assert [top_k_accuracy(probabilities, torch.tensor([n]), 2) for n in range(3)] == [1, 1, 0]
