"""Ten templates learnt by softmax loss and ten by hinge loss, recorded for the lecture's page.

Both learn the first 6,000 training pictures of Fashion-MNIST by plain gradient descent with the textbook's gradients,
on pixels in [0, 1]: score = pixels @ weights + bias, with nothing else before or after.

python -m benchmarks.measure.templates
"""

import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muslin.files import write_whole
from muslin.lecture.garments import test_garments, training_garments
from muslin.textbook import losses
from muslin.textbook.optimizers import gradient_step, l2_penalty_gradient

RECORD = Path(__file__).parents[2] / "src" / "muslin" / "lecture" / "recorded" / "templates.json"
PICTURES, STEPS, BATCH, CLASSES = 6000, 1200, 100, 10
WEIGHT_DECAY = 0.02  # as for the templates that docs/lecture.md shows
SEED = 0
LOSSES: dict[str, tuple[Callable[..., Any], float]] = {  # by name: the gradient for the scores, and the learning rate
    "softmax": (losses.cross_entropy_with_logits_gradient, 0.1),
    "hinge": (losses.hinge_loss_gradient, 0.02),
}


def main() -> None:
    """Trains, measures on the test pictures, and writes the record."""
    (rows, labels), (test_rows, test_labels) = _rows(*training_garments()), _rows(*test_garments())
    record = {}
    for name, (gradient, lr) in LOSSES.items():
        weights, bias = _learn(rows[:PICTURES], labels[:PICTURES], gradient, lr)
        accuracy = float(((test_rows @ weights + bias).argmax(axis=1) == test_labels).mean())
        record[name] = {"weights": _text(weights), "bias": _text(bias), "accuracy": round(accuracy, 4)}
    write_whole(RECORD, json.dumps(record, separators=(",", ":")) + "\n")


def _rows(images: NDArray[np.uint8], labels: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    return images.reshape(len(images), -1) / np.float32(255), labels


def _learn(
    rows: NDArray[Any], labels: NDArray[np.int64], gradient: Callable[..., Any], lr: float
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Returns weights (784, 10) and bias (10,)."""
    generator = np.random.default_rng(SEED)
    weights, bias = np.zeros((rows.shape[1], CLASSES), np.float32), np.zeros(CLASSES, np.float32)
    for _ in range(STEPS):
        batch = generator.integers(0, len(rows), BATCH)
        x = rows[batch]
        error = gradient(x @ weights + bias, labels[batch])  # (B, K)
        weights, _ = gradient_step(weights, x.T @ error + l2_penalty_gradient(weights, WEIGHT_DECAY), lr=lr)
        bias, _ = gradient_step(bias, error.sum(axis=0), lr=lr)
    return weights, bias


def _text(numbers: NDArray[Any]) -> str:
    """Returns little-endian float32 numbers as base64, a class's after another's."""
    return b64encode(np.ascontiguousarray(numbers.T, dtype="<f4").tobytes()).decode()


if __name__ == "__main__":
    main()
