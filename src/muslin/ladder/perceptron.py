"""Rosenblatt's perceptron (1958), one for each class, with averaged weights (Freund and Schapire, 1999)."""

import numpy as np

from muslin.ladder.rows import minibatches, rows_of
from muslin.ladder.rung import Images, Labels, Rung
from muslin.textbook.neuron import perceptron_update

__all__ = ["Perceptron"]

EPOCHS = 10
BATCH_SIZE = 64


class Perceptron(Rung):
    """K perceptrons, each for one class against the rest; the one furthest above its threshold answers.

    The weights are the mean over all steps: the last ones still jump with every mistake.
    """

    name = "perceptron"
    summary = "learns a weighted sum for each class from its mistakes alone"
    cannot = "bend: it cuts by straight lines, and jumps for ever where no line separates"

    @property
    def parameters(self) -> int:
        """D weights and a bias for each class."""
        return self.weights.size + self.bias.size

    def _fit(self, images: Images, labels: Labels) -> None:
        rows = rows_of(images)
        targets = labels[:, None] == np.arange(len(self.classes))  # (N, K)
        weights = np.zeros((rows.shape[1], len(self.classes)), dtype=np.float32)
        bias = np.zeros(len(self.classes), dtype=np.float32)
        self.weights, self.bias = np.zeros_like(weights), np.zeros_like(bias)
        for _, batch in minibatches(len(rows), size=BATCH_SIZE, epochs=EPOCHS, seed=self.seed):
            weights, bias = perceptron_update(rows[batch], targets[batch], weights, bias)
            self.weights += weights  # a sum answers as the mean does
            self.bias += bias

    def _predict(self, images: Images) -> Labels:
        return np.asarray((rows_of(images) @ self.weights + self.bias).argmax(axis=1), dtype=np.int64)
