"""Fit what a person asks for to what is there, as far as they left it open: time, number of pictures, memory."""

from collections.abc import Collection
from dataclasses import replace

from torch import nn

from muslin.config import SIDE, UNMIRRORED, UNSHIFTED, FitSettings
from muslin.data.images import ImageData, Splits
from muslin.data.mirror import try_mirror
from muslin.data.sources import fashion_mnist
from muslin.data.spec import DataSpec
from muslin.errors import SettingError
from muslin.models.footprint import training_bytes
from muslin.models.pretrained import PRETRAINED_WEIGHTS
from muslin.pipeline.request import Request
from muslin.recipes import fit_to_pictures, recipe_within
from muslin.text import plural

__all__ = [
    "batch_within",
    "check_batches",
    "fit_request_to_data",
    "fit_request_to_memory",
    "fit_request_to_pictures",
    "fit_settings_to_pictures",
]

LEAST_BATCH = 4  # pictures: norms learn little of fewer


def fit_request_to_data(request: Request, pictures: int, gflops: float) -> tuple[Request, list[str]]:
    """Fits a new run's request to the time and to the number of pictures, as far as a person left it open.

    Args:
        request: what is asked for.
        pictures: how many there are to train on.
        gflops: the speed that all processes reach together, in GFLOP/s.

    Returns:
        The request, and what a person should know of the changes.
    """
    notes, suited = [], recipe_within(request.settings.time_budget, gflops)
    if not request.recipe_is_named and suited != request.recipe:
        notes.append(f"recipe {suited}: the time is short for recipe {request.recipe} on this machine")
        request = request.with_recipe(suited)
    settings = fit_to_pictures(request.settings, pictures, request.changes)
    if settings != request.settings:
        notes.append(f"few pictures: {plural(settings.epochs, 'epoch')} of batches of {settings.batch_size}")
    return replace(request, settings=settings), notes


def fit_request_to_pictures(request: Request, splits: Splits) -> tuple[Request, list[str]]:
    """Fits the changes that training makes to pictures, and the views of the test, to what the pictures are.

    Args:
        request: what is asked for.
        splits: the pictures.

    Returns:
        The request, and what a person should know of the changes.
    """
    is_own = request.source != fashion_mnist.NAME
    settings, notes = fit_settings_to_pictures(request.settings, request.changes, splits.train, is_own=is_own)
    return replace(request, settings=settings), notes


def fit_settings_to_pictures(
    settings: FitSettings, chosen: Collection[str], train: ImageData, *, is_own: bool
) -> tuple[FitSettings, list[str]]:
    """Fits settings to what the pictures are, as far as a person left them open.

    A recipe's pixels are those of Fashion-MNIST: elsewhere they are as large a share of the shorter side. Whether
    mirror images are used is measured, but for Fashion-MNIST, whose recipes were chosen with them, or a person's word;
    the test takes views with mirror images only where training did, whatever was chosen.

    Args:
        settings: a recipe's, with a person's changes.
        chosen: the names of the settings that the person chose; these stay.
        train: the pictures to train on.
        is_own: whether they are others than Fashion-MNIST.

    Returns:
        The settings, and what a person should know of the changes.
    """
    changes, views, notes = settings.augmentation, settings.tta, []
    if changes.flip == "auto" or (is_own and "flip" not in chosen):
        mirror = try_mirror(train.images, train.labels)
        changes = replace(changes, flip="alternate" if mirror.is_passed else "none")
        notes.append(mirror.in_words(train.spec.classes))
    if is_own:
        side = min(train.spec.height, train.spec.width)
        sizes = {name: round(getattr(changes, name) * side / SIDE) for name in ("shift", "erase")}
        changes = replace(changes, **{name: size for name, size in sizes.items() if name not in chosen})
        changes = changes if "border" in chosen else replace(changes, border="edge")
    if changes.flip == "none":
        views = UNMIRRORED[views]
    if "tta" in chosen and views != settings.tta:
        notes.append(f"tta is {views} in place of {settings.tta}: what is not mirrored in training is not in the test")
    elif "tta" not in chosen and not (changes.shift or "shift" in chosen):
        views = UNSHIFTED[views]
    return replace(settings, augmentation=changes, tta=views), notes


def fit_request_to_memory(request: Request, model: nn.Module, spec: DataSpec, room: float) -> tuple[Request, list[str]]:
    """Makes the batches of a new run smaller where the memory asks for it, unless a person chose their size.

    Args:
        request: what is asked for.
        model: what will be trained.
        spec: the description of the pictures.
        room: bytes that all processes together have for what is computed of a batch.

    Returns:
        The request, and what a person should know of the change.
    """
    settings = request.settings
    trains_no_layers = settings.model in PRETRAINED_WEIGHTS and not settings.unfreeze
    if "batch_size" in request.changes or trains_no_layers:
        return request, []
    each, batch = training_bytes(model, spec), settings.batch_size
    if (fitting := largest_batch(each, room, batch)) == batch:
        return request, []
    note = f"large pictures: batches of {fitting} in place of {batch}, for they take {each / 1e6:.0f} MB each"
    return replace(request, settings=replace(settings, batch_size=fitting)), [note]


def batch_within(model: nn.Module, spec: DataSpec, room: float, batch_size: int) -> int:
    """Returns how many pictures may be trained on at a time: so many, or fewer where the memory asks for it.

    Args:
        model: what will be trained.
        spec: the description of the pictures.
        room: bytes that there are for what is computed of a batch.
        batch_size: how many are wanted.
    """
    return largest_batch(training_bytes(model, spec), room, batch_size)


def largest_batch(each: int, room: float, batch_size: int) -> int:
    """Returns how many pictures that take `each` so many bytes, or an unknown number, 0, have room, at most a batch."""
    return min(batch_size, max(LEAST_BATCH, int(room // each))) if each else batch_size


def check_batches(pictures: int, batch_size: int, processes: int) -> None:
    """Raises SettingError unless every process gets a picture of every batch."""
    smallest = pictures // -(-pictures // batch_size)
    if smallest < processes:
        raise SettingError(
            f"batch_size {batch_size} cuts {pictures:,} training pictures into batches of {smallest}; each of "
            f"{processes} processes needs a picture of every batch: start fewer processes, or raise batch_size"
        )
