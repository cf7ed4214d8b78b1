"""Trains, validates and tests a small residual network in plain PyTorch, on one page.

python main.py
python main.py --epochs 10 --lr 0.05 --out model.pt
"""

import argparse

from muslin.data.sources import load_splits  # isort: skip - before torch, whose threads then wait more politely
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import SGD, Optimizer
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR
from torch.utils.data import DataLoader

DATA = "fashion-mnist"  # or a folder with a sub-folder a class, a .csv of path,label, an .npz file

Loader = DataLoader[tuple[Tensor, int]]


class Block(nn.Module):
    """Two convolutions and a way around them: relu(F(x) + x), from (B, C, H, W) to the same shape."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        out = F.relu(self.first_norm(self.first(x)))
        return F.relu(self.second_norm(self.second(out)) + x)


class Model(nn.Module):
    """Pictures (B, channels, H, W) of any size become logits (B, classes)."""

    def __init__(self, channels: int, classes: int, width: int = 32) -> None:
        super().__init__()
        self.stem = nn.Conv2d(channels, width, 3, padding=1)
        self.fine = Block(width)
        self.coarser = nn.Conv2d(width, 2 * width, 2, stride=2)
        self.coarse = Block(2 * width)
        self.head = nn.Linear(2 * width, classes)

    def forward(self, images: Tensor) -> Tensor:
        maps = self.fine(F.max_pool2d(F.relu(self.stem(images)), 2))
        maps = self.coarse(F.relu(self.coarser(maps)))
        return self.head(maps.mean((2, 3)))


def main() -> None:
    """Prepares data and model, then trains, validates and tests."""
    options = parse_options()
    torch.manual_seed(options.seed)

    # 1. Prepare data: three data sets, each in a DataLoader.
    data = load_splits(DATA, seed=options.seed)
    train_loader: Loader = DataLoader(data.train, options.batch_size, shuffle=True)
    validation_loader: Loader = DataLoader(data.validation, options.batch_size)
    test_loader: Loader = DataLoader(data.test, options.batch_size)

    # 2. Prepare a model: any nn.Module that turns pictures into logits.
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = Model(data.spec.channels, len(data.spec.classes)).to(device)
    optimizer = SGD(model.parameters(), lr=options.lr, momentum=0.9, weight_decay=5e-4)
    schedule = OneCycleLR(optimizer, options.lr, options.epochs * len(train_loader))

    # 3. Train on the training set; validate on pictures that it has not seen.
    for epoch in range(1, options.epochs + 1):
        loss = train(model, train_loader, optimizer, schedule, device)
        accuracy = evaluate(model, validation_loader, device)
        print(f"epoch {epoch}: training loss {loss:.4f}, validation accuracy {accuracy:.2%}")

    # 4. Test, once, at the very end, and keep the weights.
    print(f"test accuracy {evaluate(model, test_loader, device):.2%}")
    torch.save(model.state_dict(), options.out)


def parse_options() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=f"Train, validate and test a model on {DATA}.")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--lr", type=float, default=0.1, help="the highest learning rate")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same result")
    parser.add_argument("--out", default="model.pt", help="where the weights go")
    return parser.parse_args()


def train(model: nn.Module, loader: Loader, optimizer: Optimizer, schedule: LRScheduler, device: torch.device) -> float:
    """Trains for one epoch; gives the mean loss over all pictures."""
    model.train()
    total, pictures = 0.0, 0
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device)
        loss = F.cross_entropy(model(images), labels)
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
