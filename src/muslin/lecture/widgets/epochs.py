"""A net through its epochs: what it says of the test pictures after each, and its first layer, as was recorded."""

from typing import Any

from muslin.data.sources.fashion_mnist import CLASSES
from muslin.lecture.formulas import mathml
from muslin.lecture.recorded_epochs import recorded_epochs

__all__ = ["values"]

TOLD = ("train_loss", "validation_loss", "validation_accuracy", "learning_rate_factor", "seconds")
SHOWN = ("model", "parameters", "confusion", "side", "most", "filters")


def values() -> dict[str, Any]:
    """Returns the nets: of each epoch, 0 being the start, its confusion matrix and filters; from 1 on its losses too.

    `filters` are bytes in base64, (N, side, side): 127.5 is 0, and 0 and 255 are -`most` and `most` of that epoch.
    """
    record = recorded_epochs()
    return {
        "classes": list(CLASSES),
        "seed": record["seed"],
        "torch": record["torch"],
        "formula": mathml(r"\mathrm{accuracy} = \frac{\sum_k C_{kk}}{\sum_{j,k} C_{jk}}"),
        "nets": [
            {name: net[name] for name in SHOWN}
            | {"epochs": [{name: epoch[name] for name in TOLD} for epoch in net["epochs"]]}
            for net in record["nets"]
        ],
    }
