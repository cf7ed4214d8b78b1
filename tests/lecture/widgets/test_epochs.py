"""The record of four nets is whole, and shows what the section says of it."""

from base64 import b64decode

import numpy as np
import pytest
from benchmarks.measure.epochs import SHOWN, first_layer

from muslin.data.spec import DataSpec
from muslin.lecture.widgets import epochs, fit
from muslin.models import MODELS as FACTORIES
from muslin.recipes import settings_for

HARD = 6  # Shirt


@pytest.fixture(scope="module")
def nets():
    return {net["model"]: net for net in epochs.values()["nets"]}


def test_each_epoch_has_its_answers_and_its_first_layer(nets):
    assert tuple(nets) == tuple(fit.MODELS)
    for name, net in nets.items():
        count = settings_for("espresso", {"model": name}).epochs
        assert len(net["epochs"]) == count
        assert np.array(net["confusion"]).sum(2).tolist() == [[1000] * 10] * (count + 1)
        filters = [
            np.frombuffer(b64decode(each), np.uint8).reshape(-1, net["side"], net["side"]) for each in net["filters"]
        ]
        assert len(filters) == len(net["most"]) == count + 1
        assert {len(each) for each in filters} == {min(SHOWN, 10 if name == "linear" else SHOWN)}


def test_filters_are_the_first_layers_weights():
    model = FACTORIES["convnet"](DataSpec(1, 28, 28, tuple("0123456789"), mean=(0.3,), std=(0.4,)))
    found = first_layer([model.state_dict()])
    weights = model.state_dict()["0.weight"].numpy()
    bytes_ = np.frombuffer(b64decode(found["filters"][0]), np.uint8).reshape(weights.shape)
    assert np.abs((bytes_ / 127.5 - 1) * found["most"][0] - weights).max() < found["most"][0] / 200
    assert np.array(found["kernels"]).reshape(weights.shape) == pytest.approx(weights, abs=1e-5)


def test_questions_and_tasks_have_the_answers_that_are_told(nets):
    for net in nets.values():
        first = np.array(net["confusion"][0])
        assert np.sort(first.sum(0))[-3:].sum() > 0.6 * first.sum()  # few columns have most
        ways = [fit.accuracy(each) for each in net["confusion"]]
        assert ways[0] < 0.2 < 0.75 < ways[-1]
    learnt = {name: [epoch["validation_accuracy"] for epoch in net["epochs"]] for name, net in nets.items()}
    assert any(np.diff(values).min() < 0 for values in learnt.values())
    assert all(epoch["validation_loss"] < epoch["train_loss"] for net in nets.values() for epoch in net["epochs"])
    gains = np.array(nets["resnet_slim"]["confusion"])[-1] - np.array(nets["resnet_slim"]["confusion"])[1]
    assert (gains - np.diag(gains.diagonal())).max() > 0


def test_what_is_watched_is_the_same_record(nets):
    values = fit.values()
    for name, net in nets.items():
        recorded = values["recorded"][name]
        assert [each["validation_loss"] for each in recorded["epochs"]] == [
            each["validation_loss"] for each in net["epochs"]
        ]
        assert recorded["test_accuracy"] == fit.accuracy(net["confusion"][-1])
        assert recorded["train"] == 58_000
