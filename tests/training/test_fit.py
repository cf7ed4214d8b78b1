import json
import math
import time

import pytest
import torch

from muslin.config import Augmentation, FitSettings
from muslin.errors import TrainingError
from muslin.machine.device import Machine
from muslin.models import build
from muslin.prediction.scoring import score
from muslin.training.fit import fit
from muslin.training.losses import LossWatch
from muslin.training.plan import TimePlan
from muslin.training.state import EpochResult, FitResult, Progress, TrainingState

CPU = Machine(torch.device("cpu"), 1, bf16=False, channels_last=True, speeds={})
QUICK = FitSettings(
    model="linear", epochs=3, batch_size=30, optimizer="sgd", lr=0.05, augmentation=Augmentation(flip="none", shift=0)
)


def train(splits, settings=QUICK, machine=CPU, **arguments) -> tuple[torch.nn.Module, FitResult]:
    torch.manual_seed(settings.seed)
    model = build(settings.model, splits.spec)
    plan = TimePlan(settings, time.monotonic(), final_cost=1)
    return model, fit(model, splits.train, splits.validation, settings, machine, plan, **arguments)


def weights(model):
    return torch.cat([t.flatten().float() for t in model.state_dict().values()])


@pytest.mark.parametrize("optimizer", ["sgd", "adamw", "muon"])
@pytest.mark.parametrize("name", ["linear", "mlp", "resnet_narrow"])
def test_learns_what_can_be_learnt(splits, name, optimizer):
    settings = QUICK.changed(model=name, optimizer=optimizer, lr=0.003 if optimizer == "adamw" else 0.02, epochs=6)
    model, result = train(splits, settings)
    assert result.ended == "done"
    assert score(model, splits.test, CPU).accuracy > 0.95
    assert result.epochs[-1].train_loss < result.epochs[0].train_loss


@pytest.mark.parametrize("bf16", [False, True])
def test_the_same_seed_gives_the_same_bits_and_another_does_not(splits, bf16):
    machine = Machine(torch.device("cpu"), 1, bf16=bf16, channels_last=True, speeds={})
    settings = QUICK.changed(model="resnet_narrow", optimizer="muon", epochs=1, average=0.9, flip="alternate", erase=3)
    first, again, other = (weights(train(splits, settings.changed(seed=s), machine)[0]) for s in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_epoch_results_add_up(splits):
    events = []
    _, result = train(splits, QUICK.changed(batch_size=5), report=events.append)
    assert [e.epoch for e in result.epochs] == [1, 2, 3]
    assert [e.step for e in result.epochs] == [54, 108, 162]
    assert [e for e in events if isinstance(e, EpochResult)] == list(result.epochs)
    shares = [e.share for e in events if isinstance(e, Progress)]
    assert shares == sorted(shares)
    assert len(shares) == 162 // 25
    assert shares[-1] == 150 / 162
    assert result.epochs[-1].learning_rate_factor < result.epochs[0].learning_rate_factor


def test_train_loss_is_the_mean_over_pictures(splits):
    settings = QUICK.changed(epochs=1, batch_size=100, lr=1e-12)  # 90 pictures a batch; the weights stand still
    model, result = train(splits, settings)
    with torch.no_grad():
        logits = model(splits.spec.normalise(splits.train.images))
    expected = torch.nn.functional.cross_entropy(logits, splits.train.labels, label_smoothing=0.1)
    assert result.epochs[0].train_loss == pytest.approx(expected.item(), rel=1e-5)


def test_validation_uses_the_average_and_the_model_ends_with_it(splits):
    model, result = train(splits, QUICK.changed(average=0.9))
    scores = score(model, splits.validation, CPU)
    assert (scores.loss, scores.accuracy) == (result.epochs[-1].validation_loss, result.epochs[-1].validation_accuracy)
    assert not torch.equal(weights(model), weights(train(splits, QUICK)[0]))


def test_divergence_names_the_step_and_keeps_finite_weights(splits):
    torch.manual_seed(0)
    model, settings = build("linear", splits.spec), QUICK.changed(lr=1e38, warmup=0.0, momentum=0.0)
    plan = TimePlan(settings, 0.0, final_cost=1)
    with pytest.raises(TrainingError, match=r"became (nan|inf) at step \d+ \(epoch 1, up to its batch \d+\): .* Try"):
        fit(model, splits.train, splits.validation, settings, CPU, plan)
    assert weights(model).isfinite().all()


def test_divergence_falls_back_to_the_last_look():
    model = torch.nn.Linear(1, 1, bias=False)
    watch = LossWatch(model)
    torch.nn.init.constant_(model.weight, 5.0)
    watch.add(torch.tensor(1.0), 2, 1)
    watch.add(torch.tensor(4.0), 1, 2)
    assert watch.look() == 2.5
    torch.nn.init.constant_(model.weight, math.nan)
    watch.add(torch.tensor(1.0), 1, 3)
    with pytest.raises(TrainingError, match=r"weights became infinite or NaN by step 3.*weights of step 2 were kept"):
        watch.look()
    assert model.weight.item() == 5.0
    assert watch.mean == pytest.approx(7 / 4)


def test_an_interruption_stops_before_the_next_step(splits):
    asked = iter([False] * 12 + [True] * 10)
    _, result = train(splits, interrupted=lambda: next(asked))
    assert result.ended == "interrupted"
    assert len(result.epochs) == 1


def test_patience_stops_early(splits):
    _, result = train(splits, QUICK.changed(epochs=50, lr=1e-12, patience=2))
    assert result.ended == "early"
    assert len(result.epochs) < 50


def test_patience_counts_from_the_best_epoch():
    state = TrainingState.begin(torch.nn.Linear(1, 1), QUICK, CPU, TimePlan(QUICK, 0.0, final_cost=1), pictures=1)

    def has_stalled(*losses, patience=2):
        state.results = [EpochResult(i, i, 0.0, loss, 0.0, 0.0, 0.0, 0.0) for i, loss in enumerate(losses)]
        return state.has_stalled(patience)

    assert not has_stalled()
    assert not has_stalled(3, 2, 2.5)
    assert has_stalled(3, 2, 2.5, 2.1)
    assert not has_stalled(3, 2, 2.5, 1.9)
    assert not has_stalled(1, 2, 3, 4, patience=0)


def test_results_can_be_written_as_json(splits):
    _, result = train(splits)
    assert json.loads(json.dumps(vars(result.epochs[0])))["epoch"] == 1
