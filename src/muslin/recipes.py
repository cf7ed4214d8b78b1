"""Recipes: named, measured settings, from the length of an espresso to a night's.

Settings were compared on a split of Fashion-MNIST's training set; docs/benchmarks.md tells how they were measured.
"""

from dataclasses import dataclass

from muslin.config import Augmentation, FitSettings
from muslin.errors import unknown_name

__all__ = ["RECIPES", "Recipe", "find_recipe"]


@dataclass(frozen=True)
class Recipe:
    """Settings with what they cost and give.

    Attributes:
        name: as on the command line.
        summary: one line for the help.
        settings: what training does.
        seconds: measured whole-process wall time on Fashion-MNIST, on 2 cores with bf16; None if not measured yet.
        accuracy: measured test accuracy on Fashion-MNIST, in [0, 1]: mean over the seeds; None likewise.
        seeds: how many were measured.
    """

    name: str
    summary: str
    settings: FitSettings
    seconds: float | None
    accuracy: float | None
    seeds: int


LIGHT = Augmentation(flip="alternate", shift=1)
FULL = Augmentation(flip="alternate", shift=1, erase=8, erase_share=0.5)
STRONG = Augmentation(flip="alternate", shift=2, erase=10, erase_share=0.5)

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="espresso",
            summary="a first look, within a minute",
            settings=FitSettings(model="resnet_narrow", epochs=5, augmentation=LIGHT),
            seconds=69,
            accuracy=0.9281,
            seeds=3,
        ),
        Recipe(
            name="coffee",
            summary="a good classifier in the time of a coffee",
            settings=FitSettings(model="resnet_narrow", epochs=24, augmentation=FULL),
            seconds=188,
            accuracy=0.9422,
            seeds=3,
        ),
        Recipe(
            name="lunch",
            summary="a better one, within half an hour",
            settings=FitSettings(model="resnet_wide", epochs=90, augmentation=STRONG),
            seconds=1439,
            accuracy=0.9478,
            seeds=1,
        ),
        Recipe(
            name="overnight",
            summary="the best one, within two hours",
            settings=FitSettings(model="resnet_wide", epochs=330, augmentation=STRONG),
            seconds=None,
            accuracy=None,
            seeds=0,
        ),
    )
}


def find_recipe(name: str) -> Recipe:
    """Looks a recipe up.

    Raises:
        SettingError: there is none of that name; the message suggests one.
    """
    if name not in RECIPES:
        raise unknown_name("recipe", name, RECIPES)
    return RECIPES[name]
