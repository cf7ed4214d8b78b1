"""What is known of the training pictures, and what an epoch leaves out by it."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from muslin.training.hardness import Hardness

CPU = torch.device("cpu")


def shown(hardness):
    return hardness.hardest().nonzero().flatten().tolist()


def test_the_pictures_with_the_lowest_losses_are_left_out():
    hardness = Hardness(5, 0.4, CPU)
    hardness.note(torch.tensor([3, 0]), torch.tensor([0.1, 2.0]))
    hardness.note(torch.tensor([4, 1, 2]), torch.tensor([0.5, 0.2, 1.0]))
    assert len(shown(hardness)) == 3  # nothing is known before the epoch's end
    hardness.end_epoch()
    assert shown(hardness) == [0, 2, 4]


def test_what_was_not_seen_keeps_its_loss_and_is_hard_until_it_was_ever_seen():
    hardness = Hardness(4, 0.5, CPU)
    hardness.note(torch.tensor([0, 1, 2]), torch.tensor([0.3, 0.2, 0.1]))
    hardness.end_epoch()
    assert shown(hardness) == [0, 3]
    hardness.note(torch.tensor([0, 3]), torch.tensor([0.05, 0.15]))
    hardness.end_epoch()
    assert shown(hardness) == [1, 3]


def test_of_a_picture_that_comes_twice_the_higher_loss_counts():
    hardness = Hardness(2, 0.5, CPU)
    hardness.note(torch.tensor([0, 0, 1]), torch.tensor([0.9, 0.1, 0.5]))
    hardness.note(torch.tensor([0]), torch.tensor([0.2]))
    hardness.end_epoch()
    assert shown(hardness) == [0]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=40), st.floats(0, 0.99))
def test_as_many_are_left_out_as_asked_for_and_none_is_harder_than_one_that_is_shown(losses, share):
    hardness = Hardness(len(losses), share, CPU)
    hardness.note(torch.arange(len(losses)), torch.tensor(losses, dtype=torch.float32))
    hardness.end_epoch()
    kept = shown(hardness)
    assert len(kept) == len(losses) - int(share * len(losses))
    left = [loss for i, loss in enumerate(losses) if i not in kept]
    assert not share or max(left, default=0) <= min(losses[i] for i in kept)


@pytest.mark.parametrize("skipped", [0.0, 0.5])
def test_its_state_goes_on(skipped):
    hardness = Hardness(4, skipped, CPU)
    hardness.note(torch.arange(4), torch.tensor([4.0, 3, 2, 1]))
    hardness.end_epoch()
    hardness.note(torch.tensor([0]), torch.tensor([0.5]))
    again = Hardness(4, skipped, CPU)
    again.resume({name: tensor.clone() for name, tensor in hardness.tensors().items()})
    assert shown(again) == shown(hardness)
    for one in (hardness, again):
        one.end_epoch()
    assert shown(again) == shown(hardness)
    assert bool(hardness.tensors()) == bool(skipped)
