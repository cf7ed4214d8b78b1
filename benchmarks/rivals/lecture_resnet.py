"""Plain PyTorch with a stock DataLoader: the lecture's sample project, cut off by the budget.

Its validation and its checkpoints are left out, which leaves more of the time to training.

python -m benchmarks.rivals.lecture_resnet --budget 60
"""

import time

import numpy as np
import torch
from benchmarks.measure.baseline import BATCH_SIZE, prepare_data, train_epoch
from benchmarks.rivals.race import SEED, Array, Race
from torch import nn
from torch.utils.data import DataLoader, Subset

from muslin.data.images import ImageData
from muslin.models import MODELS


def main() -> None:
    """Trains as `benchmarks/measure/baseline.py` does."""
    race = Race(__doc__)
    torch.manual_seed(SEED)
    train, _, test = prepare_data(SEED)
    model = MODELS["resnet34"](train.spec)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    race.reserve(lambda count: answer(model, Subset(train, range(count))), sample=2 * BATCH_SIZE)
    pictures = 0
    while race.left > 0:
        pictures += train_epoch(model, optimizer, train, time.monotonic() + race.left)
        if race.left > 0:
            race.look(lambda: answer(model, test))
    race.finish(answer(model, test), f"{pictures / len(train):.2f} epochs", "torch")


@torch.no_grad()
def answer(model: nn.Module, data: ImageData | Subset) -> Array:
    """Returns the likeliest class of each picture."""
    model.eval()
    return np.concatenate([model(images).argmax(1).numpy() for images, _ in DataLoader(data, BATCH_SIZE)])


if __name__ == "__main__":
    main()
