"""A checkpoint holds the whole state: what it is made of can be put into a state that has just begun."""

import pytest
import torch

from muslin.config import FitSettings
from muslin.data.batches import Batch
from muslin.machine.device import Machine
from muslin.prediction.metrics import Score
from muslin.training.plan import TimePlan
from muslin.training.state import TrainingState
from muslin.training.step import train_step

CPU = Machine(torch.device("cpu"), 1, bf16=False, channels_last=True, speeds={})
SETTINGS = FitSettings(skip_easy=0.5, average=0.9)
SCORES = Score(0.5, 0.25, 1, 0.5, 0.25, torch.eye(3, dtype=torch.int64))


def begin(settings, seed):
    torch.manual_seed(seed)
    layers = torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.Flatten(), torch.nn.Linear(8, 3)
    model = torch.nn.Sequential(*layers).to(memory_format=torch.channels_last)
    return TrainingState.begin(model, settings, CPU, TimePlan(settings, 0.0, final_cost=0), pictures=6)


def take_steps(state, settings, count):
    generator = torch.Generator().manual_seed(state.step)
    for _ in range(count):
        images = torch.randn(3, 1, 4, 4, generator=generator)
        batch = Batch(images, torch.tensor([0, 1, 2]), torch.randperm(6, generator=generator)[:3], whole_count=3)
        train_step(state, batch, state.step / 20, settings, CPU)


def tensors_of(checkpoint):
    return {name: tensor.clone() for name, tensor in checkpoint.tensors.items()}


@pytest.mark.parametrize("optimizer", ["sgd", "adamw", "muon"])
def test_a_resumed_state_has_every_value_and_takes_the_same_steps(optimizer):
    settings = SETTINGS.changed(optimizer=optimizer)
    state, other = begin(settings, seed=0), begin(settings, seed=1)
    take_steps(state, settings, 2)
    state.look()
    state.end_epoch(SCORES, began=state.watch.since + 2)
    take_steps(state, settings, 3)
    other.resume(state.checkpoint())
    for _ in range(2):
        one, same = state.checkpoint(), other.checkpoint()
        assert one.step == same.step
        assert one.values | {"plan": {}} == same.values | {"plan": {}}
        assert one.tensors.keys() == same.tensors.keys()
        assert all(torch.equal(tensor, same.tensors[name]) for name, tensor in one.tensors.items())
        take_steps(state, settings, 2)
        take_steps(other, settings, 2)


def test_a_checkpoint_is_a_copy_that_names_what_it_holds():
    state = begin(SETTINGS, seed=0)
    take_steps(state, SETTINGS, 1)
    checkpoint = state.checkpoint()
    before = tensors_of(checkpoint)
    take_steps(state, SETTINGS, 1)
    assert all(torch.equal(tensor, before[name]) for name, tensor in checkpoint.tensors.items())
    kinds = {name.split(".")[0] for name in checkpoint.tensors}
    assert kinds == {"model", "average", "optimizer", "hardness"}
    assert {"optimizer.0.0.momentum", "optimizer.1.0.momentum_buffer", "hardness.known", "hardness.fresh"} <= set(
        before
    )
    assert set(checkpoint.values) == {
        "epoch_step", "loss_total", "pictures", "average_updates", "learning_rate_factor", "results", "plan",
    }  # fmt: skip


def test_the_end_of_an_epoch_gives_its_result_and_begins_the_next():
    state = begin(SETTINGS, seed=0)
    take_steps(state, SETTINGS, 4)
    state.look()
    result = state.end_epoch(SCORES, began=state.watch.since + 2)
    assert (result.epoch, result.step, result.pictures) == (1, 4, 12)
    assert (result.validation_loss, result.validation_accuracy) == (0.25, 0.5)
    assert result.pictures_per_second == pytest.approx(6)
    assert (state.epoch, state.epoch_step, state.step, state.best_step) == (1, 0, 4, 4)
    assert (state.watch.total, state.watch.pictures) == (0.0, 0)


def test_a_checkpoint_of_an_older_version_is_taken_up():
    state, other = begin(SETTINGS, seed=0), begin(SETTINGS, seed=1)
    take_steps(state, SETTINGS, 1)
    checkpoint = state.checkpoint()
    del checkpoint.values["learning_rate_factor"]
    other.resume(checkpoint)
    assert (other.step, other.learning_rate_factor) == (1, 1.0)
