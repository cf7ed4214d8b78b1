"""Linear classifiers, K templates and a loss: what logistic regression and the hinge share."""

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from muslin.ladder.rows import Rows, Standard, minibatches
from muslin.ladder.rung import Images, Labels, Rung
from muslin.textbook.optimizers import l2_penalty_gradient, nesterov

__all__ = ["Linear"]

EPOCHS = 20
BATCH_SIZE = 200
WEIGHT_DECAY = 1e-4


class Linear(Rung):
    """Scores x W + b, trained by gradient descent with Nesterov's momentum; the learning rate falls to 0.

    Attributes:
        lr: the highest learning rate.
    """

    lr: ClassVar[float]

    @property
    def parameters(self) -> int:
        """D weights and a bias for each class."""
        return self.weights.size + self.bias.size

    @abstractmethod
    def _loss_gradient(self, scores: Rows, labels: Labels) -> Rows:
        """Returns the gradient of the loss with respect to the scores: (B, K)."""

    def _fit(self, images: Images, labels: Labels) -> None:
        self.standard = Standard.of(images)
        rows = self.standard(images)
        self.weights = np.zeros((rows.shape[1], len(self.classes)), dtype=np.float32)
        self.bias = np.zeros(len(self.classes), dtype=np.float32)
        velocity, bias_velocity = None, None
        for done, batch in minibatches(len(rows), size=BATCH_SIZE, epochs=EPOCHS, seed=self.seed):
            x, lr = rows[batch], self.lr * (1 - done)
            error = self._loss_gradient(x @ self.weights + self.bias, labels[batch])
            gradient = x.T @ error + l2_penalty_gradient(self.weights, WEIGHT_DECAY)  # (D, B) @ (B, K)
            self.weights, velocity = nesterov(self.weights, gradient, velocity, lr=lr)
            self.bias, bias_velocity = nesterov(self.bias, error.sum(axis=0), bias_velocity, lr=lr)

    def _predict(self, images: Images) -> Labels:
        return np.asarray((self.standard(images) @ self.weights + self.bias).argmax(axis=1), dtype=np.int64)
