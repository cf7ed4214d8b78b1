"""Recipes: named, measured settings, from the length of an espresso to a night's.

Settings were compared on a split of Fashion-MNIST's training set; docs/benchmarks.md tells how they were measured.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from muslin.config import Augmentation, FitSettings
from muslin.errors import unknown_name

__all__ = [
    "DEFAULT",
    "RECIPES",
    "REFERENCE_GFLOPS",
    "SHORT",
    "Recipe",
    "fit_to_pictures",
    "forecast",
    "recipe_within",
    "settings_for",
]


@dataclass(frozen=True)
class Recipe:
    """Settings with what they cost and give.

    Attributes:
        name: its name, as on the command line.
        summary: one line for the help.
        settings: what training does.
        seconds: measured whole-process wall time on Fashion-MNIST, on 2 cores of the processor that benchmarks/results
            tells of.
        accuracy: measured test accuracy on Fashion-MNIST, in [0, 1]: mean over the seeds.
        seeds: how many seeds were measured.
    """

    name: str
    summary: str
    settings: FitSettings
    seconds: float
    accuracy: float
    seeds: int


SMOOTHING = 0.1  # of labels, where all pictures are shown
SMALL_BATCH = 32
LEAST_BATCHES = 32  # an epoch, where batches are larger than SMALL_BATCH
# What few pictures change, unless a person chose it.
FITTED_SETTINGS = frozenset({"batch_size", "epochs", "norm_lr", "label_smoothing"})
STEPS_AN_EPOCH = 160  # at the least, for each whole epoch of a recipe, however few the pictures

LIGHT = Augmentation(flip="alternate", shift=1)
FULL = Augmentation(flip="alternate", shift=1, erase=8, erase_share=0.5)
STRONG = Augmentation(flip="alternate", shift=2, erase=10, erase_share=0.5)

# What goes with leaving easy pictures out; all of it was tried on these networks alone.
HARD: dict[str, Any] = {"norm_lr": 1.0, "label_smoothing": 0.05}
# Half the pictures a step and 0.7 times the rates, but for the filters, whose usual rate suits it.
SMALL_STEPS: dict[str, Any] = {"batch_size": 250, "lr": 0.07, "norm_lr": 0.7}
TRIED_HARD = ("resnet_slim", "resnet_narrow", "resnet_wide")

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="espresso",
            summary="a first look, in well under a minute",
            settings=FitSettings(
                model="resnet_slim", epochs=6, skip_easy=0.65, **HARD | SMALL_STEPS, augmentation=LIGHT
            ),
            seconds=39,
            accuracy=0.9276,
            seeds=5,
        ),
        Recipe(
            name="coffee",
            summary="a good classifier in the time of a coffee",
            settings=FitSettings(model="resnet_narrow", epochs=25, skip_easy=0.5, **HARD, augmentation=FULL),
            seconds=450,
            accuracy=0.9441,
            seeds=5,
        ),
        Recipe(
            name="lunch",
            summary="a better one, within half an hour",
            settings=FitSettings(model="resnet_wide", epochs=41, skip_easy=0.5, **HARD, augmentation=STRONG),
            seconds=1301,
            accuracy=0.9464,
            seeds=3,
        ),
        Recipe(
            name="overnight",
            summary="the most accurate: lunch for longer",
            settings=FitSettings(model="resnet_wide", epochs=72, skip_easy=0.5, **HARD, augmentation=STRONG),
            seconds=2441,
            accuracy=0.9495,
            seeds=1,
        ),
    )
}


# What a pretrained model needs in place of a recipe's settings: whole photographs, and small steps once unfrozen.
PRETRAINED_SETTINGS: dict[str, dict[str, Any]] = {
    "efficientnet_lite0": {
        "size": 224, "batch_size": 32, "epochs": 5, "optimizer": "adamw", "lr": 2e-4, "weight_decay": 0.01,
        "shift": 1, "erase": 0, "tta": 2,
    },
}  # fmt: skip


# Models without norms need smaller steps than a ResNet, and other ones: their layers are matrices, not filters.
WITHOUT_NORMS: dict[str, dict[str, Any]] = {name: {"optimizer": "adamw", "lr": 1e-3} for name in ("linear", "mlp")}


def settings_for(recipe: str, changes: Mapping[str, Any]) -> FitSettings:
    """Returns a recipe's settings with a person's changes; some models bring settings of their own in between.

    Raises:
        SettingError: a recipe or a setting is unknown, or a value is out of its range.
    """
    settings = find_recipe(recipe).settings
    own = (PRETRAINED_SETTINGS | WITHOUT_NORMS).get(str(changes.get("model", "")), {})
    if "optimizer" in changes:  # its rate is the person's to choose too
        own = {name: value for name, value in own.items() if name not in ("optimizer", "lr")}
    settings = replace(settings, model=changes.get("model", settings.model))
    if settings.model not in TRIED_HARD:
        settings = showing_all(settings)
    return settings.changed(**{**own, **changes})


def showing_all(settings: FitSettings) -> FitSettings:
    """Returns settings of as much work that leave no pictures out, with what goes with that."""
    whole = round(1 + (settings.epochs - 1) * (1 - settings.skip_easy))
    return replace(settings, epochs=whole, skip_easy=0.0, norm_lr=settings.lr, label_smoothing=SMOOTHING)


def fit_to_pictures(settings: FitSettings, pictures: int, chosen: Collection[str]) -> FitSettings:
    """Returns a recipe's settings as few pictures need them: smaller batches, and more epochs for enough steps.

    Of few pictures none are left out, norms learn at the rate of the head, and the network is no narrower than
    `resnet_narrow`: nothing else was tried. The other rates stay: on 200 and 1,000 pictures of Fashion-MNIST's training
    set, judged by 2,000 others of it, batches of 16, 32 and 64 all did better with them than with 0.4 times as much,
    and 400 steps gave 1 to 3 points more than 150.

    Args:
        settings: the recipe's, with a person's changes.
        pictures: how many there are to train on.
        chosen: the names of the settings that the person chose; these stay.
    """
    batch = min(settings.batch_size, max(SMALL_BATCH, pictures // LEAST_BATCHES))
    if batch == settings.batch_size or settings.model in PRETRAINED_SETTINGS:
        return settings
    fitted = settings if "skip_easy" in chosen else showing_all(settings)
    if settings.model == "resnet_slim" and "model" not in chosen:
        fitted = replace(fitted, model="resnet_narrow")
    steps = -(-pictures // (settings.batch_size if "batch_size" in chosen else batch))  # an epoch
    fitted = replace(fitted, batch_size=batch, epochs=max(fitted.epochs, -(-fitted.epochs * STEPS_AN_EPOCH // steps)))
    return replace(fitted, **{name: getattr(settings, name) for name in FITTED_SETTINGS.intersection(chosen)})


DEFAULT, SHORT = "coffee", "espresso"
ENOUGH = 0.5  # of DEFAULT's own time
REFERENCE_GFLOPS = 110  # fp32, channels last, where the recipes were measured: the middle of several probes
GROWTH = 0.86  # the narrow network trained on 1,680 pictures/s there, and on 7,750 where the probe reached 649 in bf16


def forecast(recipe: Recipe, gflops: float) -> float:
    """Returns the seconds that a recipe takes on Fashion-MNIST where a convolution reaches so many GFLOP/s."""
    slower: float = (REFERENCE_GFLOPS / gflops) ** GROWTH
    return slower * recipe.seconds


def recipe_within(seconds: float, gflops: float) -> str:
    """Returns the name of the recipe for a run that was told its time alone: SHORT where the time is short for DEFAULT.

    Args:
        seconds: the time in all; 0 for as long as it takes.
        gflops: the speed that a convolution reaches, in GFLOP/s.
    """
    is_short = 0 < seconds < ENOUGH * forecast(RECIPES[DEFAULT], gflops)
    return SHORT if is_short else DEFAULT


def find_recipe(name: str) -> Recipe:
    """Returns the recipe of that name.

    Raises:
        SettingError: there is none of that name; the message suggests one.
    """
    if name not in RECIPES:
        raise unknown_name("recipe", name, RECIPES)
    return RECIPES[name]
