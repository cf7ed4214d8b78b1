import pytest
import torch

from muslin.machine.device import Machine
from muslin.models import build
from muslin.prediction import scoring
from muslin.prediction.scoring import score
from tests.samples import make_splits

CPU = Machine(torch.device("cpu"), 1, bf16=False, channels_last=True, speeds={})


@pytest.fixture
def model(splits):
    torch.manual_seed(0)
    return build("linear", splits.spec)


@pytest.mark.parametrize("views", [2, 10])
def test_one_go_gives_what_two_would(splits, model, views):
    one, several = score(model, splits.test, CPU), score(model, splits.test, CPU, views)
    assert (several.accuracy_one_view, several.loss_one_view) == (one.accuracy, one.loss)
    assert (one.accuracy_one_view, one.loss_one_view) == (one.accuracy, one.loss)
    assert several.loss != one.loss
    assert (one.views, several.views) == (1, views)


def test_the_first_view_costs_nothing_more(splits, model):
    seen = []
    model.register_forward_hook(lambda _module, inputs, _output: seen.append(len(inputs[0])))
    score(model, splits.test, CPU, views=2)
    assert sum(seen) == 1 + 2 * len(splits.test), "one alone, to see what it takes"


def test_the_mode_is_left_as_it_was(splits, model):
    assert score(model.train(), splits.test, CPU).count == 60
    assert model.training


def test_too_many_probabilities_are_not_kept(splits, model, monkeypatch):
    kept = score(model, splits.test, CPU)
    assert kept.probabilities.shape == (60, 3)
    assert torch.equal(kept.probabilities.amax(1), kept.confidence.half())
    monkeypatch.setattr(scoring, "MOST_PROBABILITIES", 2 * 60 * 3 - 1)
    assert score(model, splits.test, CPU).probabilities is None


def test_pictures_of_three_colours_have_as_many_answers():
    splits = make_splits(channels=3, classes=4)
    assert score(build("mlp", splits.spec), splits.test, CPU, views=10).probabilities.shape == (60, 4)


def test_large_pictures_are_answered_few_at_a_time(splits, model, monkeypatch):
    whole = score(model, splits.test, CPU, views=10)
    each = scoring.answering_bytes(model, splits.spec.normalise(splits.test.images[:1]))
    monkeypatch.setattr(scoring, "ENOUGH", 7 * each)
    seen = []
    model.register_forward_hook(lambda _module, inputs, _output: seen.append(len(inputs[0])))
    some = score(model, splits.test, CPU, views=10)
    assert max(seen) == 7
    assert torch.equal(some.predicted, whole.predicted)
    assert some.loss == pytest.approx(whole.loss)


def test_a_batch_has_a_picture_at_the_least_and_no_more_than_is_quick(splits, model):
    image = splits.spec.normalise(splits.test.images[:1])
    assert scoring.batch_that_fits(model, image, room=1) == 1
    assert scoring.batch_that_fits(model, image, room=1 << 40) == scoring.BATCH
