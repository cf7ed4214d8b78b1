"""Get everything ready: data, machine, model, the run's folder, and where in it to go on."""

import os
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import torch
from torch import nn

from muslin.config import FitSettings
from muslin.data.images import Splits
from muslin.data.reading import Reading, cache_folder
from muslin.data.sources.registry import load_splits
from muslin.data.spec import DataSpec
from muslin.distributed.world import World, restart_notes
from muslin.errors import SettingError
from muslin.files import SUMS
from muslin.machine.device import Machine, prepare
from muslin.models import build
from muslin.models.pretrained import PRETRAINED, load_pretrained
from muslin.pipeline.events import Notice, tell_packing
from muslin.pipeline.job import Job, Report
from muslin.pipeline.records import describe, hold_against, suggestions
from muslin.pipeline.request import Order
from muslin.recipes import recipe_within, sized
from muslin.run import journal
from muslin.run.checkpoints import Checkpoint, Checkpoints, decode
from muslin.run.folder import RunFolder, read_config, write_config
from muslin.run.saved_model import read_weights

__all__ = ["check_batches", "prepare_job", "prepare_model", "start_from"]

HEAD_TENSORS = 2  # weight and bias of the last layer, which depend on the classes


def prepare_job(order: Order, world: World, stack: ExitStack, report: Report) -> Job:
    """Loads the data, measures the machine, builds the model, takes the folder, and finds where to go on.

    Args:
        order: what is asked for.
        world: the processes that train together.
        stack: that gives the folder back at the end.
        report: told of what a person should know.

    Raises:
        MuslinError: something that a person can mend.
    """
    started, date = time.monotonic(), datetime.now().astimezone()
    splits = load_data(order, world, report)
    notes = [*splits.notes, *restart_notes()]
    machine = choose_machine(order, world, report)
    if not order.again:
        order, changed = fit_order(order, len(splits.train), world.broadcast(machine.gflops) * world.size)
        notes += changed
    check_batches(len(splits.train), order.settings.batch_size, world.size)
    model = prepare_model(splits.spec, order.settings, machine)
    folder, checkpoints, start = take_folder(order, world, stack, report)
    if start:
        started -= start.values["plan"]["elapsed"]
    job = Job(order, splits, machine, world, model, folder, checkpoints, start, started, date)
    if world.is_first:
        if order.again:
            hold_against(job, read_config(folder), report)
            (folder / SUMS).unlink(missing_ok=True)
            journal.rewind(folder, len(start.values["results"]) if start else 0)
            journal.append(folder, "resume", step=job.resumed_step)
        else:
            write_config(folder, describe(job))
    for note in (*notes, *suggestions(job)):
        report(Notice(note))
    return job


def fit_order(order: Order, pictures: int, gflops: float) -> tuple[Order, list[str]]:
    """Fits a new run's order to the time and to the number of pictures, as far as a person left it open.

    Args:
        order: what is asked for.
        pictures: to train on.
        gflops: that all processes reach together.

    Returns:
        The order, and what a person should know of the changes.
    """
    notes = []
    if not order.chosen and (shorter := recipe_within(order.settings.time_budget, gflops)) != order.recipe:
        notes.append(f"recipe {shorter}: the time is short for recipe {order.recipe} on this machine")
        order = order.with_recipe(shorter)
    settings = sized(order.settings, pictures, order.changes)
    if settings != order.settings:
        notes.append(f"few pictures: {settings.epochs} epochs of batches of {settings.batch_size}")
    return replace(order, settings=settings), notes


def check_batches(pictures: int, batch_size: int, processes: int) -> None:
    """Raises SettingError unless every process gets a picture of every batch."""
    smallest = pictures // -(-pictures // batch_size)
    if smallest < processes:
        raise SettingError(
            f"batch_size {batch_size} cuts {pictures:,} training pictures into batches of {smallest}; each of "
            f"{processes} processes needs a picture of every batch: start fewer processes, or raise batch_size"
        )


def load_data(order: Order, world: World, report: Report) -> Splits:
    """Loads the data; the first process on a machine does so before the others, and packs it if need be."""
    settings = order.settings
    if not world.is_first_here:
        world.wait()
    reading = Reading(
        size=settings.size,
        cache=order.cache or cache_folder(),
        on_bad=settings.on_bad,
        progress=tell_packing(report),
    )
    splits = load_splits(order.source, validation=settings.validation, seed=settings.seed, reading=reading)
    if world.is_first_here:
        world.wait()
    return splits


def choose_machine(order: Order, world: World, report: Report) -> Machine:
    """Measures what is fast here; all processes, and a resumed run, compute as the first one did: bits depend on it."""
    machine = prepare(order.settings.device, order.settings.precision)
    if order.again and world.is_first:
        assert order.out is not None
        before = read_config(order.out)["machine"]
        for name, value in (("device", str(machine.device)), ("threads", machine.threads)):
            if before[name] != value:
                report(Notice(f"{name} was {before[name]} and is {value} now: the result can differ in its last bits"))
        machine = replace(machine, bf16=before["bf16"], channels_last=before["channels_last"])
    bf16, channels_last = world.broadcast(machine.bf16), world.broadcast(machine.channels_last)
    return replace(machine, bf16=bool(bf16), channels_last=bool(channels_last))


def prepare_model(spec: DataSpec, settings: FitSettings, machine: Machine) -> nn.Module:
    """Builds the model under the seed, on the device, in the layout that is fast there.

    Raises:
        SettingError: no such model, or it has nothing to learn.
    """
    torch.manual_seed(settings.seed)
    model = build(settings.model, spec)
    if not any(p.requires_grad for p in model.parameters()):
        raise SettingError(f"model {settings.model} has no parameters to learn; choose another")
    if settings.init:
        start_from(model, Path(settings.init))
    elif settings.model in PRETRAINED:
        load_pretrained(settings.model, model)
    return model.to(machine.device, memory_format=machine.memory_format)  # type: ignore[call-overload, no-any-return]


def start_from(model: nn.Module, run: Path) -> None:
    """Copies the weights of a run that fit a model's by name and shape: all but the head where the classes differ.

    Raises:
        SettingError: the run's model is another one.
    """
    weights = read_weights(run)
    own = model.state_dict()
    fitting = {name: t for name, t in weights.items() if name in own and own[name].shape == t.shape}
    left = [name for name in own if name not in fitting]
    if len(left) > HEAD_TENSORS:
        raise SettingError(
            f"init is {run}, whose model is another one: {len(left)} of {len(own)} tensors do not fit, such as "
            f"{left[0]}; name the run's model with --model"
        )
    model.load_state_dict(fitting, strict=False)


def take_folder(
    order: Order, world: World, stack: ExitStack, report: Report
) -> tuple[Path, Checkpoints | None, Checkpoint | None]:
    """Takes the run's folder for this process alone, and finds the newest good checkpoint in it.

    Raises:
        RunError: the folder is in use, holds something else, or cannot be written in.
    """
    folder, checkpoints, newest = order.out, None, None
    if world.is_first:
        folder = stack.enter_context(RunFolder(order.out, order.recipe, again=order.again)).path
        checkpoints = stack.enter_context(Checkpoints(folder, order.settings.keep))
        newest = checkpoints.newest(lambda problem: report(Notice(problem)))
    name = world.broadcast_bytes(os.fsencode(folder) if folder else b"")
    content = world.broadcast_bytes(newest)
    return Path(os.fsdecode(name or b"")), checkpoints, decode(content) if content else None
