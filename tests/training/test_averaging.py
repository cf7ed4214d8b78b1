import pytest
import torch
from torch import nn

from muslin.training.averaging import WeightAverage


def test_follows_the_exponential_mean():
    model = nn.Linear(1, 1, bias=False)
    average = WeightAverage(model, 0.5)
    expected = model.weight.item()
    for step, value in enumerate([3.0, -1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0, 5.0], start=1):
        nn.init.constant_(model.weight, value)
        average.update()
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * value
    with average.swapped_in():
        assert model.weight.item() == pytest.approx(expected, rel=1e-6)
    assert model.weight.item() == 5.0


def test_takes_running_statistics_along_but_not_counters():
    model = nn.BatchNorm1d(2)
    average = WeightAverage(model, 0.9)
    model(torch.randn(8, 2) + 5)
    average.update()
    with average.swapped_in():
        assert 0 < model.running_mean[0] < 5
        assert model.num_batches_tracked == 1


def test_weights_come_back_after_an_error():
    model = nn.Linear(1, 1)
    average = WeightAverage(model, 0.9)
    nn.init.constant_(model.weight, 7.0)
    with pytest.raises(RuntimeError, match="stop"), average.swapped_in():
        raise RuntimeError("stop")
    assert model.weight.item() == 7.0


def test_decay_0_is_the_last_weights():
    model = nn.Linear(1, 1)
    average = WeightAverage(model, 0.0)
    nn.init.constant_(model.weight, 7.0)
    average.update()
    with average.swapped_in():
        assert model.weight.item() == 7.0
