import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from muslin.errors import TrainingError
from muslin.evaluation.label_errors import (
    calibrated,
    confident_class,
    confident_joint,
    doubt_labels,
    fit_noise,
    mostly_wrong,
    suspected,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of a library that is asked here alone
    from cleanlab.count import compute_confident_joint
    from cleanlab.filter import find_label_issues


def answers(seed: int, count: int, classes: int, sharpness: float = 2.0) -> tuple[Tensor, Tensor]:
    """Logits of pictures, and labels that follow them; each class has one at least."""
    generator = torch.Generator().manual_seed(seed)
    logits = sharpness * torch.randn(count, classes, generator=generator, dtype=torch.float64)
    labels = torch.multinomial(logits.softmax(1), 1, generator=generator).flatten()
    labels[:classes] = torch.arange(classes)
    return logits, labels


def with_slips(logits: Tensor, labels: Tensor, share: float, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Labels of which a share was set to another class, and where: (N,) bool."""
    generator = torch.Generator().manual_seed(seed)
    is_wrong = torch.rand(len(labels), generator=generator) < share
    other = (labels + torch.randint(1, logits.shape[1], labels.shape, generator=generator)) % logits.shape[1]
    return torch.where(is_wrong, other, labels), is_wrong


drawn = st.tuples(st.integers(0, 10**6), st.integers(12, 200), st.integers(2, 6))


def otherwise(probabilities: Tensor, labels: Tensor) -> int:
    """How many pictures cleanlab takes otherwise than the paper does.

    Of several confident classes the paper takes the likeliest; cleanlab takes the likeliest of all, confident or not.
    """
    own = probabilities.gather(1, labels[:, None]).flatten()
    thresholds = torch.stack([own[labels == label].mean() for label in range(probabilities.shape[1])])
    several = (probabilities >= thresholds - 1e-6).sum(1) > 1
    return int((several & (confident_class(probabilities, labels) != probabilities.argmax(1))).sum())


@given(drawn)
@settings(max_examples=40, deadline=None)
def test_the_confident_joint_is_cleanlabs(case):
    logits, labels = answers(*case)
    probabilities = logits.softmax(1)
    theirs = compute_confident_joint(labels.numpy(), probabilities.numpy(), calibrate=False)
    joint = confident_joint(probabilities, labels)
    unlike = np.abs(joint.numpy() - theirs)
    np.fill_diagonal(unlike, 0)  # where nothing is confidently of a class, theirs counts one picture
    assert unlike.sum() <= 2 * otherwise(probabilities, labels)
    if not otherwise(probabilities, labels):
        theirs = compute_confident_joint(labels.numpy(), probabilities.numpy(), calibrate=True)
        assert np.abs(calibrated(joint, labels).numpy() - theirs).max() <= 1  # theirs is rounded


@given(drawn)
@settings(max_examples=40, deadline=None)
def test_those_that_are_suspected_are_cleanlabs(case):
    logits, labels = answers(*case)
    probabilities = logits.softmax(1)
    off_diagonal, pruned = (
        torch.from_numpy(
            find_label_issues(labels.numpy(), probabilities.numpy(), filter_by=way, n_jobs=1, min_examples_per_class=0)
        )
        for way in ("confident_learning", "prune_by_class")
    )
    confident = confident_class(probabilities, labels)
    ours = (confident >= 0) & (confident != labels) & (probabilities.argmax(1) != labels)
    allowed = otherwise(probabilities, labels)
    assert (ours != off_diagonal).sum() <= allowed
    ours = suspected(probabilities, labels, calibrated(confident_joint(probabilities, labels), labels))
    if not allowed:
        assert (ours != off_diagonal | pruned).sum() <= logits.shape[1]  # a joint is rounded, each label's by one


@pytest.mark.parametrize("share", [0.01, 0.05, 0.2])
def test_the_share_of_slips_and_the_temperature_are_found(share):
    logits, labels = answers(0, 20_000, 5, sharpness=4)
    labels, _ = with_slips(logits, labels, share)
    temperature, noise = fit_noise(3 * logits, labels)
    assert temperature == pytest.approx(3, rel=0.1)
    assert noise == pytest.approx(share, abs=0.01)


def test_two_slips_among_sure_answers_are_found_wherever_the_fit_could_stop():
    """Here soft answers without slips would explain the labels as well as sharp ones with some."""
    labels = torch.arange(300) % 3
    logits = 6 * torch.nn.functional.one_hot(labels, 3).double()
    logits += torch.randn(300, 3, generator=torch.Generator().manual_seed(0))
    given = labels.clone()
    given[[5, 100]] = (labels[[5, 100]] + 1) % 3
    doubts = doubt_labels(logits, given)
    assert doubts.is_reported.nonzero().flatten().tolist() == [5, 100]
    assert doubts.noise == pytest.approx(3 / 300, abs=0.001)  # one more than there are


def test_slips_are_found_and_at_least_half_of_the_list_is_wrong():
    logits, labels = answers(0, 20_000, 10, sharpness=6)
    labels, is_wrong = with_slips(logits, labels, 0.02)
    doubts = doubt_labels(logits, labels)
    found = doubts.is_reported & is_wrong
    assert found.sum() >= 0.8 * is_wrong.sum()
    assert found.sum() >= 0.5 * doubts.is_reported.sum()
    assert doubts.noise == pytest.approx(0.02, abs=0.005)


def test_of_hard_pictures_hardly_any_is_reported_where_confident_learning_suspects_many():
    logits, labels = answers(0, 5000, 5, sharpness=2)
    doubts = doubt_labels(logits, labels)
    assert suspected(doubts.probabilities, labels, doubts.joint).sum() > 1000
    assert doubts.is_reported.sum() < 50


def test_the_likely_class_is_the_likeliest_other():
    logits = torch.tensor([[0.0, 5.0, 9.0], [9.0, 5.0, 0.0]]).repeat(50, 1)
    labels = torch.tensor([2, 0]).repeat(50)
    labels[0] = 0
    doubts = doubt_labels(logits, labels)
    assert doubts.likely[:3].tolist() == [2, 1, 1]
    assert doubts.is_reported.nonzero().flatten().tolist() == [0]
    assert doubts.wrong[0] > 0.9


@given(drawn)
@settings(max_examples=25, deadline=None)
def test_what_is_told_are_probabilities_and_counts(case):
    logits, labels = answers(*case)
    doubts = doubt_labels(10 * logits, labels)
    assert ((doubts.wrong >= 0) & (doubts.wrong <= 1)).all()
    assert (doubts.likely != labels).all()
    assert torch.allclose(doubts.probabilities.sum(1), torch.ones(len(labels), dtype=torch.float64))
    assert torch.allclose(doubts.joint.sum(1), labels.bincount(minlength=logits.shape[1]).double())
    assert torch.equal(doubts.probabilities.argmax(1)[doubts.is_reported], doubts.likely[doubts.is_reported])
    if doubts.is_reported.any():
        assert doubts.wrong[doubts.is_reported].mean() >= 0.5


def test_a_class_without_labels_is_no_trouble():
    logits, labels = answers(0, 60, 3)
    doubts = doubt_labels(torch.cat([logits, logits[:, :1] - 5], 1), labels)
    assert doubts.joint[3].tolist() == [0] * 4
    assert doubts.wrong.isfinite().all()


def test_equal_answers_blame_nobody():
    assert not doubt_labels(torch.zeros(40, 4), torch.arange(40) % 4).is_reported.any()


def test_random_labels_blame_few():
    logits, _ = answers(0, 2000, 4)
    labels = torch.randint(4, (2000,), generator=torch.Generator().manual_seed(0))
    assert doubt_labels(logits, labels).is_reported.float().mean() < 0.5


def test_all_labels_right_and_sure():
    labels = torch.arange(30) % 3
    doubts = doubt_labels(1000 * torch.nn.functional.one_hot(labels, 3), labels)
    assert not doubts.is_reported.any()
    assert doubts.wrong.max() < 0.01
    assert doubts.noise < 0.05  # one of 31 at most


def test_answers_that_are_no_numbers_are_refused():
    with pytest.raises(TrainingError, match="NaN or infinite"):
        doubt_labels(torch.tensor([[0.0, torch.nan]]), torch.tensor([0]))


def test_the_list_ends_where_half_of_it_is_right():
    assert mostly_wrong(torch.tensor([0.1, 0.9, 0.6, 0.05, 0.4])).tolist() == [True, True, True, False, True]
    assert not mostly_wrong(torch.tensor([0.4, 0.2])).any()
