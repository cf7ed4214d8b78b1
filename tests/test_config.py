import json
from dataclasses import fields
from pathlib import Path

import pytest

from muslin.config import Augmentation, Changes, FitSettings
from muslin.errors import SettingError
from muslin.recipes import (
    RECIPES,
    REFERENCE_GFLOPS,
    find_recipe,
    fit_to_pictures,
    forecast,
    recipe_within,
    settings_for,
)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epochs": -1}, "epochs is -1; it must be at least 1"),
        ({"epochs": 1.5}, "epochs is 1.5; it must be a whole number"),
        ({"batch_size": 0}, "batch_size is 0; it must be at least 1"),
        ({"lr": 0.0}, "lr is 0.0; it must be above 0"),
        ({"lr": float("nan")}, "lr is nan; it must be above 0"),
        ({"lr": float("inf")}, "lr is inf; it must be above 0"),
        ({"momentum": 1.0}, "momentum is 1.0; it must be at least 0 and below 1"),
        ({"erase_share": 1.5}, "erase_share is 1.5; it must be at least 0 and at most 1"),
        ({"tta": 3}, "tta is 3; it must be 1"),
        ({"optimizer": "mun"}, "unknown optimizer 'mun'. Did you mean 'muon'?"),
        ({"flip": "alternat"}, "unknown flip 'alternat'. Did you mean 'alternate'?"),
        ({"sead": 1}, "unknown setting 'sead'. Did you mean 'seed'?"),
        ({"epochs": "three"}, "epochs is 'three'; a whole number is needed"),
        ({"lr": "fast"}, "lr is 'fast'; a number is needed"),
    ],
)
def test_bad_settings_say_value_and_rule(change: dict, message: str):
    with pytest.raises(SettingError) as error:
        FitSettings().changed(**change)
    assert message in str(error.value)


def test_typed_text_becomes_settings_also_of_the_augmentation():
    settings = FitSettings().changed(epochs="3", lr="0.25", flip="none", shift="2")
    assert (settings.epochs, settings.lr, settings.augmentation) == (3, 0.25, Augmentation(flip="none", shift=2))


def test_a_change_leaves_the_rest():
    settings = RECIPES["coffee"].settings
    assert settings.changed(seed=settings.seed) == settings


def test_what_a_person_may_change_is_every_setting_with_its_type():
    settings = {f.name: f.type for cls in (FitSettings, Augmentation) for f in fields(cls)}
    del settings["augmentation"]
    assert Changes.__annotations__ == settings
    assert Changes.__required_keys__ == frozenset()


def test_unknown_recipe_suggests():
    with pytest.raises(SettingError, match="unknown recipe 'expresso'. Did you mean 'espresso'"):
        find_recipe("expresso")


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES.keys())
def test_recipes_state_what_was_measured(recipe):
    assert RECIPES[recipe.name] is recipe
    path = Path(__file__).parent.parent / "benchmarks" / "results" / f"recipe-{recipe.name}-fp32.json"
    measured = json.loads(path.read_text())
    assert recipe.seconds == pytest.approx(measured["seconds_mean"], abs=0.5)
    assert recipe.accuracy == pytest.approx(measured["accuracy_mean"], abs=5e-5)
    assert recipe.seeds == len(measured["runs"])


def test_recipes_fit_themselves_to_few_pictures():
    coffee = RECIPES["coffee"].settings
    assert fit_to_pictures(coffee, 58_000, ()) == coffee
    few = fit_to_pictures(coffee, 400, ())
    expected = {"batch_size": 32, "epochs": 160, "skip_easy": 0.0, "norm_lr": coffee.lr, "label_smoothing": 0.1}
    assert few == coffee.changed(**expected), "13 steps an epoch, 160 for each of the 13 that coffee's are worth"
    assert fit_to_pictures(coffee, 400, ("skip_easy",)).skip_easy == coffee.skip_easy
    assert fit_to_pictures(coffee, 10_000, ()).batch_size == 312
    assert fit_to_pictures(coffee.changed(epochs=3), 400, ("epochs",)).epochs == 3
    assert fit_to_pictures(coffee.changed(batch_size=100), 400, ("batch_size",)).batch_size == 100


def test_few_pictures_get_no_network_narrower_than_was_tried():
    espresso = RECIPES["espresso"].settings
    assert espresso.model == "resnet_slim"
    assert fit_to_pictures(espresso, 400, ()).model == "resnet_narrow"
    assert fit_to_pictures(espresso, 400, ("model",)).model == "resnet_slim"


def test_a_time_alone_gets_the_recipe_that_it_suffices_for():
    coffee = RECIPES["coffee"]
    assert forecast(coffee, REFERENCE_GFLOPS) == coffee.seconds
    assert forecast(coffee, 2 * REFERENCE_GFLOPS) < 0.6 * coffee.seconds
    assert recipe_within(0, REFERENCE_GFLOPS) == "coffee", "no budget"
    assert recipe_within(coffee.seconds, REFERENCE_GFLOPS) == "coffee"
    assert recipe_within(coffee.seconds / 4, REFERENCE_GFLOPS) == "espresso"
    assert recipe_within(coffee.seconds / 4, 8 * REFERENCE_GFLOPS) == "coffee", "a faster machine"


def test_a_pretrained_model_brings_settings_that_a_person_can_change():
    settings = settings_for("coffee", {"model": "efficientnet_lite0", "lr": "0.5"})
    assert (settings.size, settings.optimizer, settings.lr) == (224, "adamw", 0.5)
    assert fit_to_pictures(settings, 100, ()) == settings


def test_models_without_norms_get_smaller_steps():
    assert (settings_for("coffee", {"model": "mlp"}).optimizer, settings_for("coffee", {"model": "mlp"}).lr) == (
        "adamw",
        1e-3,
    )
    chosen = settings_for("coffee", {"model": "mlp", "optimizer": "sgd"})
    assert (chosen.optimizer, chosen.lr) == ("sgd", RECIPES["coffee"].settings.lr)


def test_easy_pictures_are_left_out_where_that_was_tried():
    coffee = RECIPES["coffee"].settings
    assert coffee.skip_easy > 0
    other = settings_for("coffee", {"model": "resnet20"})
    assert (other.skip_easy, other.norm_lr) == (0.0, other.lr)
    assert other.epochs == round(1 + (coffee.epochs - 1) * (1 - coffee.skip_easy)), "as much work"
    assert settings_for("coffee", {"model": "resnet20", "skip_easy": "0.5", "epochs": "4"}).skip_easy == 0.5
    assert settings_for("coffee", {"model": "resnet_wide"}).skip_easy == coffee.skip_easy
    assert settings_for("overnight", {}) == RECIPES["overnight"].settings


def test_runs_of_older_versions_keep_the_rate_of_their_norms():
    assert FitSettings.restored({"lr": 0.3}).norm_lr == 0.3
    assert FitSettings.restored({"lr": 0.3, "norm_lr": 0.7}).norm_lr == 0.7
