import shlex
from dataclasses import replace

import pytest
from click.testing import CliRunner

from muslin.cli import cli
from muslin.config import Augmentation, FitSettings
from muslin.recipes import RECIPES
from muslin.report.command import data_name, fit_command, flat_settings
from tests.report.records import make_record


def record(recipe="coffee", source="fashion-mnist", **changes):
    return make_record(recipe=recipe, source=source, settings=RECIPES[recipe].settings.changed(**changes))


def test_a_recipe_alone_is_its_name():
    assert fit_command(record()) == "muslin fit --recipe coffee"
    assert fit_command(record("lunch")) == "muslin fit --recipe lunch"


def test_what_differs_from_the_recipe_is_told():
    made = record(source="/home/me/my pictures", seed=3, lr=0.02, flip="none", unfreeze=True, init="/runs/one")
    assert fit_command(made) == (
        "muslin fit 'my pictures' --recipe coffee --set lr=0.02 --init one --unfreeze --seed 3 --set flip=none"
    )


def test_it_makes_the_same_settings_again(monkeypatch):
    settings = FitSettings(
        model="mlp", epochs=3, batch_size=32, patience=2, size=64, seed=5, augmentation=Augmentation(erase=4)
    )
    taken = {}
    monkeypatch.setattr("muslin.pipeline.run_recipe", lambda *_, **given: taken.update(given) or stopped())
    words = shlex.split(fit_command(make_record(recipe="coffee", settings=settings)))
    CliRunner().invoke(cli, words[1:], catch_exceptions=False)
    changes = {name: value for name, value in taken.items() if name in flat_settings(settings)}
    assert RECIPES["coffee"].settings.changed(**changes) == settings


def stopped():
    from types import SimpleNamespace

    return SimpleNamespace(signal=None)


def test_another_recipe_brings_its_own_settings():
    assert fit_command(record(seed=2, lr=0.3), recipe="lunch") == "muslin fit --recipe lunch --seed 2"
    assert fit_command(record(), seed=1) == "muslin fit --recipe coffee --seed 1"


@pytest.mark.parametrize(
    ("source", "name"), [("/home/me/photos", "photos"), ("fashion-mnist", "fashion-mnist"), ("", "bars")]
)
def test_paths_are_told_by_their_last_name(source, name):
    assert data_name(replace(make_record(), source=source)) == name
