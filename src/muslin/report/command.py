"""The command that makes a run again."""

import shlex
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from muslin.config import FitSettings
from muslin.data.sources.fashion_mnist import NAME
from muslin.recipes import RECIPES
from muslin.report.record import RunRecord
from muslin.text import printable

__all__ = ["data_name", "fit_command", "flat_settings"]

OWN_OPTIONS = ("model", "seed", "epochs", "batch_size", "patience", "balance", "size", "on_bad", "device", "init")


def fit_command(record: RunRecord, recipe: str = "", **changes: Any) -> str:
    """Returns what to type to train as a run was trained; paths are given by their last names alone.

    Args:
        record: the run.
        recipe: another recipe, which then decides the settings; by default the run's own, with its settings.
        **changes: settings to change besides.
    """
    settings = flat_settings(record.settings)
    base = RECIPES.get(recipe or record.recipe)
    usual = flat_settings(base.settings) if base else {}
    kept = ("seed",) if recipe else tuple(settings)
    unlike = {name: settings[name] for name in kept if settings[name] != usual.get(name)} | changes
    unlike = {name: value for name, value in unlike.items() if value != usual.get(name)}
    if unlike.get("init"):
        unlike["init"] = PurePath(unlike["init"]).name
    words = ["muslin", "fit", *([] if record.source == NAME else [data_name(record)])]
    words += ["--recipe", recipe or record.recipe] if base else []
    for name, value in unlike.items():
        words += option(name, value)
    return " ".join(shlex.quote(printable(word)) for word in words)


def option(name: str, value: Any) -> list[str]:
    """Returns a setting as typed on the command line."""
    if name == "unfreeze":
        return ["--unfreeze"] if value else []
    text = str(value)
    return [f"--{name.replace('_', '-')}", text] if name in OWN_OPTIONS else ["--set", f"{name}={text}"]


def data_name(record: RunRecord) -> str:
    """Returns how the data are called in a command: the last name of their path, for the rest tells of a machine."""
    return PurePath(record.source).name or record.data


def flat_settings(settings: FitSettings) -> dict[str, Any]:
    """Returns all settings by name, those of the augmentation among them."""
    values: dict[str, Any] = asdict(settings)
    values |= values.pop("augmentation")
    return values
