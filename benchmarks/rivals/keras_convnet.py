"""Keras 3: the convnet that its documentation trains on MNIST, batches of 128 and Adam.

python -m benchmarks.rivals.keras_convnet --budget 60
"""

import os

from benchmarks.rivals.race import SEED, Array, Race

# On one core this network trained on so many pictures a second of processor time: TensorFlow 4,000, in bfloat16 5,000;
# torch 1,100, in bfloat16 1,400; JAX 860, in bfloat16 750; TensorFlow with jit_compile=True 720.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers

BATCH_SIZE = 128


class Stop(keras.callbacks.Callback):
    """Ends training when the time is up, and looks at the test set after each epoch."""

    def __init__(self, race: Race) -> None:
        super().__init__()
        self.race, self.batches = race, 0

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:  # noqa: ARG002
        """Counts, and stops."""
        self.batches += 1
        self.model.stop_training = self.race.left < 0

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:  # noqa: ARG002
        """Looks."""
        if not self.model.stop_training:
            self.race.look(lambda: answer(self.model, prepare(self.race.test_images)))


def main() -> None:
    """Trains at a constant rate until the time is up: the documentation has no schedule."""
    race = Race(__doc__)
    keras.utils.set_random_seed(SEED)
    if race.options.bf16:
        keras.mixed_precision.set_global_policy("mixed_bfloat16")
    images, labels = prepare(race.train[0]), race.train[1]
    model = convnet()
    model.compile("adam", "sparse_categorical_crossentropy")
    race.reserve(lambda count: answer(model, images[:count]))
    stop = Stop(race)
    model.fit(images, labels, BATCH_SIZE, epochs=10_000, verbose=0, callbacks=[stop])
    answers = answer(model, prepare(race.test_images))
    epochs = stop.batches * BATCH_SIZE / len(images)
    backend = {"tensorflow": "tensorflow-cpu"}.get(keras.backend.backend(), keras.backend.backend())
    race.finish(answers, f"{epochs:.1f} epochs", "keras", backend)


def convnet() -> keras.Model:
    """Two convolutions with pooling, dropout, a linear layer: 34,826 parameters."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax", dtype="float32"),
        ]
    )


def prepare(images: Array) -> Array:
    """Scales to [0, 1]: (N, 28, 28) bytes to (N, 28, 28, 1) floats."""
    return images[..., None].astype(np.float32) / 255


def answer(model: keras.Model, images: Array) -> Array:
    """Returns the likeliest class of each picture."""
    return model.predict(images, batch_size=500, verbose=0).argmax(1)


if __name__ == "__main__":
    main()
