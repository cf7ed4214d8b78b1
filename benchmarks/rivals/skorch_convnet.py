"""skorch: the convnet of its MNIST notebook, Adam with lr 0.002, skorch's own batches of 128.

python -m benchmarks.rivals.skorch_convnet --budget 60
"""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from benchmarks.rivals.race import SEED, Array, Race
from skorch import NeuralNetClassifier
from skorch.callbacks import Callback
from torch import Tensor, nn

BATCH_SIZE = 128


class Convnet(nn.Module):
    """Two convolutions and two linear layers with dropout of one half."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 32, 3), nn.Conv2d(32, 64, 3)
        self.hidden, self.head = nn.Linear(1600, 100), nn.Linear(100, 10)
        self.drop_channels, self.drop = nn.Dropout2d(0.5), nn.Dropout(0.5)

    def forward(self, images: Tensor) -> Tensor:
        """Returns (B, 10) probabilities."""
        x = F.max_pool2d(self.conv1(images), 2).relu()  # (B, 32, 13, 13)
        x = F.max_pool2d(self.drop_channels(self.conv2(x)), 2).relu()  # (B, 64, 5, 5)
        x = self.drop(self.hidden(x.flatten(1))).relu()  # (B, 100)
        return self.head(x).softmax(1)  # skorch takes the logarithm


class Stop(Callback):
    """Ends training when the time is up, and looks at the test set after each epoch."""

    def __init__(self, race: Race) -> None:
        self.race, self.batches = race, 0

    def on_batch_end(self, net: NeuralNetClassifier, **_: Any) -> None:  # noqa: ARG002
        """Counts, and stops in the way that skorch offers: as Ctrl-C does."""
        self.batches += 1
        if self.race.left < 0:
            raise KeyboardInterrupt

    def on_epoch_end(self, net: NeuralNetClassifier, **_: Any) -> None:
        """Looks."""
        self.race.look(lambda: net.predict(prepare(self.race.test_images)))


def main() -> None:
    """Trains at a constant rate until the time is up: the notebook has no schedule."""
    race = Race(__doc__)
    torch.manual_seed(SEED)
    images, labels = prepare(race.train[0]), race.train[1].astype(np.int64)
    stop = Stop(race)
    net = NeuralNetClassifier(
        Convnet, max_epochs=10_000, lr=0.002, optimizer=torch.optim.Adam, batch_size=BATCH_SIZE, train_split=None,
        callbacks=[stop], verbose=0,
    ).initialize()  # fmt: skip
    race.reserve(lambda count: net.predict(images[:count]))
    net.partial_fit(images, labels)
    answers = net.predict(prepare(race.test_images))
    race.finish(answers, f"{stop.batches * BATCH_SIZE / len(images):.1f} epochs", "skorch", "torch")


def prepare(images: Array) -> Array:
    """Scales to [0, 1]: (N, 28, 28) bytes to (N, 1, 28, 28) floats."""
    return images[:, None].astype(np.float32) / 255


if __name__ == "__main__":
    main()
