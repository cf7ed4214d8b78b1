"""A training that is watched: four nets to choose from, and what `benchmarks/measure/epochs.py` recorded of each."""

from typing import Any

from muslin.errors import SettingError
from muslin.lecture.recorded_epochs import recorded_epochs
from muslin.recipes import settings_for

__all__ = ["MODELS", "settings_of", "values"]

MODELS = {
    "linear": "a template a class",
    "mlp": "a hidden layer of 512",
    "convnet": "two convolutions",
    "resnet_slim": "a small ResNet",
}
MOST_EPOCHS = 30
MOST_SEED = 2**31 - 1
LEARNT = ("epoch", "train_loss", "validation_loss", "validation_accuracy", "learning_rate_factor",
          "pictures_per_second", "seconds")  # fmt: skip


def values() -> dict[str, Any]:
    """Returns the models with their usual epochs, what may be asked for, and the record of each model's training."""
    record = recorded_epochs()
    return {
        "models": [
            {"name": name, "what": what, "epochs": settings_for("espresso", {"model": name}).epochs}
            for name, what in MODELS.items()
        ],
        "most_epochs": MOST_EPOCHS,
        "most_seed": MOST_SEED,
        "seed": record["seed"],
        "torch": record["torch"],
        "cores": record["cores"],
        "recorded": {
            net["model"]: {
                "parameters": net["parameters"],
                **net["sizes"],
                "epochs": [{name: epoch[name] for name in LEARNT} for epoch in net["epochs"]],
                "test_accuracy": accuracy(net["confusion"][-1]),
            }
            for net in record["nets"]
        },
    }


def accuracy(confusion: list[list[int]]) -> float:
    """Returns the share of a confusion matrix, (K, K), that is on its diagonal."""
    return sum(row[place] for place, row in enumerate(confusion)) / sum(map(sum, confusion))


def settings_of(question: object) -> dict[str, Any]:
    """Returns the settings of a training that a page asks for: {"model": name, "epochs": 1 .., "seed": 0 ..}.

    Raises:
        SettingError: it is none of these.
    """
    asked = question if isinstance(question, dict) else {}
    if asked.get("model") not in list(MODELS):  # a list takes whatever was asked
        raise SettingError(f"model is {str(asked.get('model'))[:40]!r}; it must be one of {', '.join(MODELS)}")
    for name, least, most in (("epochs", 1, MOST_EPOCHS), ("seed", 0, MOST_SEED)):
        value = asked.get(name)
        if type(value) is not int or not least <= value <= most:
            raise SettingError(f"{name} is {str(value)[:40]!r}; it must be a whole number from {least} to {most:,}")
    return {name: asked[name] for name in ("model", "epochs", "seed")}
