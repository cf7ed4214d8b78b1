"""A resumed run ends with the same bits as one that was never stopped."""

import time
from itertools import pairwise

import pytest
import torch

from muslin.config import Augmentation, FitSettings
from muslin.machine.device import Machine
from muslin.models import build
from muslin.run.checkpoints import decode, encode
from muslin.training.fit import fit
from muslin.training.plan import TimePlan
from muslin.training.state import EpochResult

CPU = Machine(torch.device("cpu"), 1, bf16=False, channels_last=True, speeds={})
AUGMENTED = Augmentation(flip="random", shift=1, erase=3)
SETTINGS = FitSettings(model="mlp", epochs=3, batch_size=60, lr=0.02, augmentation=AUGMENTED)  # 5 steps an epoch


class Memory:
    """Saves every step's checkpoint, as bytes."""

    def __init__(self):
        self.saved, self.best = {}, {}

    def is_due(self):
        return True

    def save(self, checkpoint, best):
        self.saved.setdefault(checkpoint.step, []).append(encode(checkpoint))
        self.best[checkpoint.step] = best


class Dropout(torch.nn.Module):
    def __init__(self, spec):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Flatten(), torch.nn.Dropout(0.3), torch.nn.Linear(spec.channels * spec.height * spec.width, 3)
        )

    def forward(self, images):
        return self.layers(images)


def train(splits, settings, start=None, sink=None, interrupted=lambda: False):
    torch.manual_seed(settings.seed)
    model = Dropout(splits.spec) if settings.model == "linear" else build(settings.model, splits.spec)
    model = model.to(memory_format=torch.channels_last)
    plan = TimePlan(settings, time.monotonic(), final_cost=1)
    results = []
    result = fit(
        model, splits.train, splits.validation, settings, CPU, plan,
        report=lambda e: results.append(e) if isinstance(e, EpochResult) else None,
        interrupted=interrupted, start=None if start is None else decode(start), sink=sink,
    )  # fmt: skip
    return model, result, results


def same(model, other):
    return all(torch.equal(a, b) for a, b in zip(model.state_dict().values(), other.state_dict().values(), strict=True))


def comparable(results):
    return [
        (r.epoch, r.step, r.train_loss, r.validation_loss, r.validation_accuracy, r.learning_rate_factor, r.pictures)
        for r in results
    ]


@pytest.mark.parametrize("average", [0.0, 0.9])
@pytest.mark.parametrize("optimizer", ["sgd", "adamw", "muon"])
@pytest.mark.parametrize("name", ["linear", "resnet_narrow"])  # `linear` stands for one with dropout
def test_every_step_can_be_resumed(splits, name, optimizer, average):
    settings = SETTINGS.changed(model=name, optimizer=optimizer, average=average, epochs=2)
    whole = Memory()
    model, result, _ = train(splits, settings, sink=whole)
    assert sorted(whole.saved) == list(range(1, 11))
    for step, versions in whole.saved.items():
        for content in versions if step in (3, 5, 8) or name == "linear" else ():
            resumed, again, _ = train(splits, settings, content)
            assert same(model, resumed), f"step {step}"
            assert comparable(again.epochs) == comparable(result.epochs)


@pytest.mark.parametrize("balance", ["none", "sample", "weights"])
def test_what_is_known_of_the_pictures_is_resumed(splits, balance):
    settings = SETTINGS.changed(skip_easy=0.5, epochs=4, balance=balance)
    whole = Memory()
    model, result, _ = train(splits, settings, sink=whole)
    steps = [later.step - earlier.step for earlier, later in pairwise(result.epochs)]
    assert steps == [3, 3, 3] if balance != "sample" else max(steps) < 5
    for versions in whole.saved.values():
        for content in versions:
            resumed, again, _ = train(splits, settings, content)
            assert same(model, resumed)
            assert comparable(again.epochs) == comparable(result.epochs)


def test_an_interruption_saves_at_the_step_and_nothing_is_done_twice(splits):
    model, result, _ = train(splits, SETTINGS)
    asked = iter([False] * 6 + [True] * 9)
    first = Memory()
    _, stopped, _ = train(splits, SETTINGS, sink=first, interrupted=lambda: next(asked))
    assert (stopped.ended, len(stopped.epochs)) == ("interrupted", 1)
    assert max(first.saved) == 7
    resumed, again, reported = train(splits, SETTINGS, first.saved[7][-1])
    assert same(model, resumed)
    assert [r.epoch for r in reported] == [2, 3]
    assert comparable(again.epochs) == comparable(result.epochs)


def test_a_run_that_had_all_its_steps_is_only_validated(splits):
    memory = Memory()
    model, _, _ = train(splits, SETTINGS, sink=memory)
    before_validation, after_validation = memory.saved[15]
    for content, epochs in ((before_validation, [3]), (after_validation, [])):
        resumed, again, reported = train(splits, SETTINGS, content)
        assert same(model, resumed)
        assert [r.epoch for r in reported] == epochs
        assert (again.ended, len(again.epochs)) == ("done", 3)


def test_stopping_early_is_resumed_as_stopped(splits):
    settings = SETTINGS.changed(epochs=50, lr=1e-12, muon_lr=1e-12, patience=2)
    memory = Memory()
    _, result, _ = train(splits, settings, sink=memory)
    assert result.ended == "early"
    _, again, reported = train(splits, settings, memory.saved[max(memory.saved)][-1])
    assert (again.ended, reported) == ("early", [])


def test_the_best_epochs_step_is_kept(splits):
    memory = Memory()
    _, result, _ = train(splits, SETTINGS, sink=memory)
    best = min(result.epochs, key=lambda r: r.validation_loss).step
    assert memory.best[15] == best
    assert memory.best[1] == 0


def test_seconds_go_on_from_where_they_were(splits):
    plan = TimePlan(FitSettings(time_budget=100.0), time.monotonic() - 60, final_cost=0)
    state = plan.state() | {"training": 50.0}
    later = TimePlan(FitSettings(time_budget=100.0), time.monotonic(), final_cost=0)
    later.resume(state)
    assert later.elapsed() == pytest.approx(60, abs=1)
    assert later.share(0) == pytest.approx(50 / (100 - 4 - 10), abs=0.02)
