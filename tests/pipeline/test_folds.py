from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from muslin.data.images import ImageData
from muslin.machine.device import computing, prepare
from muslin.pipeline import folds
from muslin.pipeline.folds import Judged, cut_folds, judge_by_others, quick_settings
from tests.samples import QUICK, bars, make_splits

SPEC = make_splits().spec


def data_of(count: int = 60, seed: int = 0) -> ImageData:
    return ImageData(*bars(count, 1, 12, 3, seed), SPEC)


def judged(data: ImageData, groups: torch.Tensor | None = None, seed: int = 0) -> Judged:
    settings, _ = quick_settings(data, seed, is_own=True)
    settings = settings.changed(**QUICK | {"epochs": 8})
    with computing():
        return judge_by_others(
            data, torch.arange(len(data)) if groups is None else groups, settings, prepare("cpu", "fp32")
        )


@given(st.integers(1, 6).flatmap(lambda k: st.lists(st.integers(0, k), min_size=1, max_size=60)), st.integers(2, 5))
def test_classes_are_spread_evenly(labels, count):
    given_labels = torch.tensor(labels)
    found = cut_folds(given_labels, torch.arange(len(labels)), count, 0)
    assert 0 <= found.min() <= found.max() < count
    for label in given_labels.unique():
        sizes = found[given_labels == label].bincount(minlength=count)
        assert sizes.max() - sizes.min() <= 1


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.integers(2, 5))
def test_groups_stay_whole(groups, count):
    found = cut_folds(torch.arange(len(groups)) % 3, torch.tensor(groups), count, 1)
    for group in set(groups):
        assert len(found[torch.tensor(groups) == group].unique()) == 1


def test_another_seed_cuts_otherwise():
    labels = torch.arange(40) % 4
    assert torch.equal(cut_folds(labels, torch.arange(40), 2, 3), cut_folds(labels, torch.arange(40), 2, 3))
    assert not torch.equal(cut_folds(labels, torch.arange(40), 2, 3), cut_folds(labels, torch.arange(40), 2, 4))


def test_each_picture_is_judged_by_a_model_that_did_not_see_it(monkeypatch):
    data, seen, asked = data_of(), [], []
    train, answer = folds.fit, folds.answers_of

    def watched_fit(model, its_data, *rest, **named):
        seen.append({image.numpy().tobytes() for image in its_data.images})
        return train(model, its_data, *rest, **named)

    def watched_answers(model, its_data, rows, *rest, **named):
        asked.append({image.numpy().tobytes() for image in its_data.images[rows]})
        return answer(model, its_data, rows, *rest, **named)

    monkeypatch.setattr(folds, "fit", watched_fit)
    monkeypatch.setattr(folds, "answers_of", watched_answers)
    judged(data)
    everything = {image.numpy().tobytes() for image in data.images}
    assert len(seen) == len(asked) == folds.FOLDS_OF_FEW
    for one, other in zip(seen, asked, strict=True):
        assert not one & other
        assert one | other == everything
    assert set.union(*asked) == everything


def test_answers_are_in_the_order_of_the_pictures():
    data = data_of()
    found = judged(data)
    assert found.logits.shape == (60, 3)
    assert len(found.features) == 60
    assert (found.logits.argmax(1) == data.labels).float().mean() > 0.9


def test_the_same_seed_judges_the_same():
    data = data_of(24)
    assert torch.equal(judged(data).logits, judged(data).logits)
    assert not torch.equal(judged(data).logits, judged(data, seed=1).logits)


def test_fewer_groups_than_folds():
    found = judged(data_of(24), torch.arange(24) % 2)
    assert found.logits.isfinite().all()
    assert len(found.folds.unique()) == 2


@pytest.mark.parametrize("side", [12, 28])
def test_quick_models_see_all_pictures_and_labels_as_they_are(side):
    images, labels = bars(90, 1, side, 3, 0)
    settings, notes = quick_settings(ImageData(images, labels, replace(SPEC, height=side, width=side)), 5, is_own=True)
    assert (settings.skip_easy, settings.label_smoothing, settings.seed) == (0, 0, 5)
    assert any("mirrored" in note for note in notes)
