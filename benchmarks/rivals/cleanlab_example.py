"""Label errors of Fashion-MNIST by cleanlab, over five folds of the example network that comes with it.

The network, its optimizer, epochs and batches are those of cleanlab.experimental.mnist_pytorch, built here without
torchvision; the folds are those of its documentation's tutorials, and the list is what `find_label_issues` returns.

Legend: N pictures, B pictures in a batch, K classes.
"""

import numpy as np
import torch
import torch.nn.functional as F
from cleanlab.filter import find_label_issues
from sklearn.model_selection import StratifiedKFold
from torch import Tensor, nn

__all__ = ["label_issues"]

FOLDS, EPOCHS, BATCH = 5, 6, 64


def network(classes: int) -> nn.Sequential:
    """Returns the example network for 28 x 28 pictures of one channel."""
    return nn.Sequential(
        nn.Conv2d(1, 10, 5), nn.MaxPool2d(2), nn.ReLU(),
        nn.Conv2d(10, 20, 5), nn.Dropout2d(), nn.MaxPool2d(2), nn.ReLU(),
        nn.Flatten(), nn.Linear(320, 50), nn.ReLU(), nn.Dropout(), nn.Linear(50, classes),
    )  # fmt: skip


def label_issues(images: Tensor, labels: Tensor, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Returns which labels cleanlab takes for wrong, (N,) bool, and the likeliest other class of each, (N,) int64.

    Args:
        images: (N, 1, 28, 28) uint8.
        labels: (N,) int64.
        seed: of the first weights and of the order.
    """
    torch.manual_seed(seed)
    inputs, classes = (images.float() / 255 - 0.1307) / 0.3081, int(labels.max()) + 1
    probabilities = torch.zeros(len(labels), classes)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(np.zeros(len(labels)), labels.numpy())
    for inside, outside in folds:
        model = trained(inputs, labels, torch.from_numpy(inside), classes)
        with torch.no_grad():
            rows = torch.from_numpy(outside)
            probabilities[rows] = torch.cat([model(inputs[part]).softmax(1) for part in rows.split(1000)])
    issues = find_label_issues(labels.numpy(), probabilities.double().numpy(), n_jobs=1)
    return torch.from_numpy(issues), probabilities.scatter(1, labels[:, None], -1).argmax(1)


def trained(inputs: Tensor, labels: Tensor, rows: Tensor, classes: int) -> nn.Module:
    """Returns the network trained on some rows, ready to answer."""
    model = network(classes)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.5)
    for _ in range(EPOCHS):
        for part in rows[torch.randperm(len(rows))].split(BATCH):
            optimizer.zero_grad()
            F.cross_entropy(model(inputs[part]), labels[part]).backward()
            optimizer.step()
    return model.eval()
