"""The textbook's own network, with back-propagation in NumPy."""

from functools import partial

import numpy as np

from muslin.ladder.rows import Standard, minibatches
from muslin.ladder.rung import Images, Labels, Rung
from muslin.textbook.network import Network
from muslin.textbook.optimizers import adam

__all__ = ["MlpNumpy"]

HIDDEN = 256
EPOCHS = 12
BATCH_SIZE = 128
LR = 1e-3
POINT_LR = 1e-2  # two numbers say less about a point than 784 pixels about a picture: longer strides
ANSWERED = 1000  # pictures at a time, to bound the memory for what the hidden layer says


class MlpNumpy(Rung):
    """One hidden layer of 256 ReLU neurons; Adam, with a learning rate that falls to 0."""

    name = "mlp-numpy"
    summary = "one hidden layer, every gradient by the textbook's back-propagation"
    cannot = "be changed at will: for every new kind of layer someone has to derive the gradient"

    @property
    def parameters(self) -> int:
        """All weights and biases."""
        return self.network.parameters.size

    def _fit(self, images: Images, labels: Labels) -> None:
        self.standard = Standard.of(images)
        rows = self.standard(images)
        sizes = (rows.shape[1], HIDDEN, len(self.classes))
        self.network = Network(sizes, "relu", "cross-entropy", seed=self.seed, dtype=np.float32)
        highest = LR if images.dtype == np.uint8 else POINT_LR
        for done, batch in minibatches(len(rows), size=BATCH_SIZE, epochs=EPOCHS, seed=self.seed):
            self.network.step(rows[batch], labels[batch], partial(adam, lr=highest * (1 - done)))

    def _predict(self, images: Images) -> Labels:
        parts = np.array_split(images, -(-len(images) // ANSWERED))
        return np.concatenate([self.network.predict(self.standard(part)) for part in parts]).astype(np.int64)
