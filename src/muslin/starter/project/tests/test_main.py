"""The model learns, and the data are those that this project was made for."""

import sys
from pathlib import Path

import pytest
import torch
from torch.optim import SGD
from torch.optim.lr_scheduler import ConstantLR
from torch.utils.data import DataLoader, TensorDataset

sys.path.insert(0, str(Path(__file__).parents[1]))
import main

CHANNELS, HEIGHT, WIDTH = 1, 28, 28
CLASSES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


def test_pictures_become_logits():
    model = main.Model(CHANNELS, len(CLASSES))
    assert model(torch.zeros(2, CHANNELS, HEIGHT, WIDTH)).shape == (2, len(CLASSES))


def test_it_learns_two_classes_of_stripes():
    torch.manual_seed(0)
    pictures, labels = torch.randn(64, 1, 16, 16) / 4, torch.arange(64) % 2
    pictures[labels == 0, :, ::2] += 1
    pictures[labels == 1, :, :, ::2] += 1
    loader = DataLoader(TensorDataset(pictures, labels), 16, shuffle=True)
    model, device = main.Model(1, 2), torch.device("cpu")
    optimizer = SGD(model.parameters(), lr=0.05, momentum=0.9)
    schedule = ConstantLR(optimizer, factor=1.0)
    losses = [main.train(model, loader, optimizer, schedule, device) for _ in range(5)]
    assert losses[-1] < losses[0] / 2
    assert main.evaluate(model, loader, device) > 0.9


@pytest.mark.skipif(main.DATA != "fashion-mnist" and not Path(main.DATA).exists(), reason="the data are not here")
def test_the_data_are_the_ones_meant():
    spec = main.load_splits(main.DATA, seed=0).spec
    assert tuple(spec.classes) == CLASSES
    assert (spec.channels, spec.height, spec.width) == (CHANNELS, HEIGHT, WIDTH)
