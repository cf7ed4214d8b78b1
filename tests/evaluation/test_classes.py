import numpy as np
import pytest
import torch
from hypothesis import given
from sklearn.metrics import balanced_accuracy_score, precision_recall_fscore_support

from muslin.evaluation.classes import averages, class_scores
from tests.evaluation.answers import some_answers


def confusion_of(labels, predicted, classes):
    return torch.bincount(labels * classes + predicted, minlength=classes**2).view(classes, classes)


@given(some_answers())
def test_as_scikit_learn_has_it(answers):
    probabilities, labels = answers
    classes, predicted = probabilities.shape[1], probabilities.argmax(1)
    scores = class_scores(confusion_of(labels, predicted, classes))
    expected = precision_recall_fscore_support(labels, predicted, labels=range(classes), zero_division=0)
    found = [(s.precision or 0, s.recall or 0, s.f1 or 0, s.count) for s in scores]
    assert np.transpose(found) == pytest.approx(np.stack(expected), abs=1e-12)

    mean = averages(scores)
    there = labels.unique().tolist()
    macro = precision_recall_fscore_support(labels, predicted, labels=there, average="macro", zero_division=0)
    assert (mean.macro_precision, mean.macro_recall, mean.macro_f1) == pytest.approx(macro[:3], abs=1e-12)
    micro = precision_recall_fscore_support(labels, predicted, labels=range(classes), average="micro")
    assert (mean.micro_f1,) * 3 == pytest.approx(micro[:3], abs=1e-12)
    if len(there) == classes:
        assert mean.macro_recall == pytest.approx(balanced_accuracy_score(labels, predicted), abs=1e-12)


def test_what_is_undefined_is_none():
    never_there, never_said = class_scores(torch.tensor([[0, 0], [2, 0]]))
    assert (never_there.precision, never_there.recall, never_there.f1) == (0, None, 0)
    assert (never_said.precision, never_said.recall, never_said.f1) == (None, 0, 0)
    (nothing,) = class_scores(torch.tensor([[0]]))
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, None, None)
