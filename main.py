"""The sample project: a ResNet on Fashion-MNIST in plain PyTorch, on one page.

    python main.py                  # a ResNet-20, 3 epochs
    python main.py --model mlp --epochs 5 --lr 0.01

It is written out to be read and copied. `muslin fit` does the same much faster, and more accurately.
"""

import argparse

from muslin.data.sources import load_splits  # isort: skip - before torch, whose threads then wait more politely
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import SGD, Optimizer
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR
from torch.utils.data import DataLoader

from muslin.models import MODELS

Loader = DataLoader[tuple[Tensor, int]]


def main() -> None:
    """Prepares data and model, then trains, validates and tests."""
    options = parse_options()
    torch.manual_seed(options.seed)

    # 1. Prepare data: three data sets, each in a DataLoader.
    data = load_splits("fashion-mnist", seed=options.seed)
    train_loader: Loader = DataLoader(data.train, options.batch_size, shuffle=True)
    validation_loader: Loader = DataLoader(data.validation, options.batch_size)
    test_loader: Loader = DataLoader(data.test, options.batch_size)

    # 2. Prepare a model: any nn.Module that turns pictures (B, 1, 28, 28) into logits (B, 10).
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = MODELS[options.model](data.spec).to(device)
    optimizer = SGD(model.parameters(), lr=options.lr, momentum=0.9, weight_decay=5e-4)
    schedule = OneCycleLR(optimizer, options.lr, options.epochs * len(train_loader))

    # 3. Train on the training set; validate on pictures that it has not seen.
    for epoch in range(1, options.epochs + 1):
        loss = train(model, train_loader, optimizer, schedule, device)
        accuracy = evaluate(model, validation_loader, device)
        print(f"epoch {epoch}: training loss {loss:.4f}, validation accuracy {accuracy:.2%}")

    # 4. Test, once, at the very end.
    print(f"test accuracy {evaluate(model, test_loader, device):.2%}")


def parse_options() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Train, validate and test a model on Fashion-MNIST.")
    parser.add_argument("--model", choices=sorted(MODELS), default="resnet20")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--lr", type=float, default=0.1, help="the highest learning rate")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same result")
    return parser.parse_args()


def train(model: nn.Module, loader: Loader, optimizer: Optimizer, schedule: LRScheduler, device: torch.device) -> float:
    """Trains for one epoch; gives the mean loss over all pictures."""
    model.train()
    total, pictures = 0.0, 0
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device)
        logits = model(images)  # (B, 10)
        loss = F.cross_entropy(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        total, pictures = total + loss.item() * len(labels), pictures + len(labels)
    return total / pictures


@torch.no_grad()
def evaluate(model: nn.Module, loader: Loader, device: torch.device) -> float:
    """Returns the share of right answers, in [0, 1]."""
    model.eval()
    right, pictures = 0, 0
    for images, labels in loader:
        predicted = model(images.to(device)).argmax(1).cpu()
        right, pictures = right + int((predicted == labels).sum()), pictures + len(labels)
    return right / pictures


if __name__ == "__main__":
    main()
