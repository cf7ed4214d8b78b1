import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from muslin.data.split import class_notes, class_weights, stratified_split, train_validation_test
from muslin.errors import DataError
from tests.samples import bars, make_splits


@given(
    st.lists(st.integers(min_value=2, max_value=40), min_size=1, max_size=6),
    st.floats(min_value=0.05, max_value=0.6),
    st.integers(min_value=0, max_value=100),
)
def test_parts_are_disjoint_whole_and_proportional(sizes, share, seed):
    labels = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
    held_out = max(1, int(share * len(labels)))
    kept, out = stratified_split(labels, held_out, seed)
    assert sorted([*kept.tolist(), *out.tolist()]) == list(range(len(labels)))
    for label, size in enumerate(sizes):
        count = int((labels[out] == label).sum())
        assert 1 <= count <= size - 1
        assert abs(count - held_out * size / len(labels)) <= 1


def test_the_seed_chooses():
    labels = torch.arange(100) % 4
    first, again, other = (stratified_split(labels, 20, seed)[1].tolist() for seed in (0, 0, 1))
    assert first == again
    assert first != other


@pytest.mark.parametrize("held_out", [0, 10, 11, -1])
def test_nothing_on_one_side_is_refused(held_out):
    with pytest.raises(DataError, match=f"cannot hold {held_out} of 10 pictures"):
        stratified_split(torch.arange(10) % 2, held_out, 0)


def test_single_pictures_cannot_be_held_out():
    with pytest.raises(DataError, match="every class has a single picture"):
        stratified_split(torch.arange(5), 2, 0)


def test_validation_is_a_tenth_at_most():
    assert len(make_splits(count=300).validation) == 30
    assert len(make_splits(count=60).validation) == 6


def test_nothing_of_the_test_set_enters_training():
    data = make_splits()
    test = {image.numpy().tobytes() for image in bars(60, 1, 12, 3, 1)[0]}
    assert {image.numpy().tobytes() for image in data.test.images} == test
    for part in (data.train, data.validation):
        assert not {image.numpy().tobytes() for image in part.images} & test


def test_class_weights_make_every_class_count_the_same():
    labels = torch.tensor([0] * 60 + [2] * 30 + [3] * 10)
    weights = class_weights(labels, 5)
    assert torch.allclose(weights, torch.tensor([100 / 180, 0, 100 / 90, 100 / 30, 0]))
    assert weights[labels].mean().item() == pytest.approx(1)


def test_equal_classes_weigh_1():
    assert torch.equal(class_weights(torch.arange(40) % 4, 4), torch.ones(4))


def test_a_person_is_told_of_skewed_and_near_empty_classes():
    labels = torch.tensor([0] * 61 + [1] * 20 + [2] * 9 + [3])
    few, skewed = class_notes(labels, ("a", "b", "c", "d"))
    assert few == "2 classes can hardly be learnt from so few training pictures: c (9), d (1)"
    assert skewed.startswith("classes are skewed: a has 61 training pictures, d 1;")
    assert class_notes(torch.tensor([0] * 30 + [1] * 10), ("a", "b")) == ()
    assert make_splits().notes == ()


def test_validation_that_the_source_brings_is_used():
    train, held_out, test = (bars(90, 1, 12, 3, seed) for seed in range(3))
    data = train_validation_test(train, test, ("a", "b", "c"), "bars", validation=30, seed=0, held_out=held_out)
    assert [len(part) for part in (data.train, data.validation, data.test)] == [90, 90, 90]
    assert torch.equal(data.validation.images, held_out[0])
    assert torch.equal(data.train.images, train[0])
