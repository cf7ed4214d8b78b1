"""One step: what it computes, and all that it writes down."""

import pytest
import torch
import torch.nn.functional as F

from muslin.config import FitSettings
from muslin.data.batches import Batch
from muslin.machine.device import Machine
from muslin.training.plan import TimePlan
from muslin.training.state import TrainingState
from muslin.training.step import train_step

CPU = Machine(torch.device("cpu"), 1, bf16=False, channels_last=True, speeds={})
SETTINGS = FitSettings(optimizer="sgd", lr=0.1, momentum=0.0, weight_decay=0.0, warmup=0.0, skip_easy=0.5, average=0.9)
CLASS_WEIGHTS = torch.tensor([0.5, 1.0, 3.0])


@pytest.fixture
def batch():
    """5 of 8 pictures."""
    generator = torch.Generator().manual_seed(0)
    images, labels = torch.randn(5, 1, 2, 2, generator=generator), torch.tensor([0, 1, 2, 0, 1])
    return Batch(images, labels, torch.tensor([7, 0, 3, 1, 4]), whole_count=5)


def begin(settings=SETTINGS, dropout=0.0):
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Dropout(dropout), torch.nn.Linear(4, 3))
    plan = TimePlan(settings, 0.0, final_cost=0)
    return TrainingState.begin(model, settings, CPU, plan, pictures=8)


def test_a_step_moves_the_weights_against_the_gradient_of_the_mean_loss(batch):
    state, other = begin(), begin()
    losses = train_step(state, batch, 0.5, SETTINGS, CPU, class_weights=CLASS_WEIGHTS)
    expected = F.cross_entropy(
        other.model(batch.images), batch.labels, CLASS_WEIGHTS, label_smoothing=0.1, reduction="none"
    )
    torch.testing.assert_close(losses, expected.detach())
    assert not losses.requires_grad
    expected.mean().backward()
    factor = 1 - 0.98 * 0.5  # the linear schedule falls to 0.02
    for moved, parameter in zip(state.model.parameters(), other.model.parameters(), strict=True):
        torch.testing.assert_close(moved, parameter - factor * 0.1 * parameter.grad)


def test_a_step_writes_down_all_that_it_did(batch):
    state = begin()
    losses = train_step(state, batch, 0.5, SETTINGS, CPU)
    assert (state.step, state.epoch_step, state.average.updates) == (1, 1, 1)
    assert state.learning_rate_factor == pytest.approx(0.51)
    assert torch.equal(state.hardness.fresh[batch.indices], losses)
    assert state.hardness.fresh.isinf().sum() == 3
    assert state.look() == pytest.approx(losses.mean().item())
    assert state.watch.pictures == 5
    assert state.epochs_done(4) == 0.25


def test_a_part_of_a_batch_counts_as_much_as_its_pictures(batch):
    state = begin()
    losses = train_step(state, batch._replace(whole_count=10), 0.5, SETTINGS, CPU)
    assert state.look() == pytest.approx(losses.sum().item() / 10)


def test_dropout_is_a_function_of_seed_and_step(batch):
    def losses(settings=SETTINGS, step=0):
        state = begin(settings, dropout=0.5)
        state.step = step
        return train_step(state, batch, 0.5, settings, CPU)

    assert torch.equal(losses(), losses())
    assert not torch.equal(losses(), losses(step=1))
    assert not torch.equal(losses(), losses(SETTINGS.changed(seed=1)))
