"""Get everything ready: data, machine, model, the run's folder, and where in it to go on."""

import os
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from muslin.data.images import Splits
from muslin.data.reading import Reading, cache_folder
from muslin.data.sources.registry import load_splits
from muslin.distributed.world import World, restart_notes
from muslin.files import sync_problem
from muslin.machine.device import Machine, prepare
from muslin.pipeline.adapt import check_batches, fit_request_to_data, fit_request_to_memory, fit_request_to_pictures
from muslin.pipeline.events import Notice, Report, tell_packing
from muslin.pipeline.job import Job
from muslin.pipeline.model import prepare_model
from muslin.pipeline.records import open_records, suggestions
from muslin.pipeline.request import Request
from muslin.run.checkpoints import Checkpoint, Checkpoints, decode
from muslin.run.folder import RunFolder, read_config
from muslin.run.known import tested_on_unseen

__all__ = ["prepare_job"]


def prepare_job(request: Request, world: World, stack: ExitStack, report: Report) -> Job:
    """Loads the data, measures the machine, builds the model, takes the folder, and finds where to go on.

    Args:
        request: what is asked for.
        world: the processes that train together.
        stack: what gives the folder back at the end.
        report: told of what a person should know.

    Raises:
        MuslinError: something that a person can mend.
    """
    started, date = time.monotonic(), datetime.now().astimezone()
    splits = load_data(request, world, report)
    notes = [*splits.notes, *restart_notes()]
    machine = choose_machine(request, world, report)
    if not request.resumes:
        request, changed = fit_request_to_data(request, len(splits.train), world.broadcast(machine.gflops) * world.size)
        notes += changed
        request, changed = fit_request_to_pictures(request, splits)
        notes += changed
        splits = replace(splits, notes=(*splits.notes, *changed))  # what was found of them is recorded with them
    model = prepare_model(splits.spec, request.settings, machine)
    if not request.resumes:
        request, changed = fit_request_to_memory(
            request, model, splits.spec, world.broadcast(machine.room) * world.size
        )
        notes += changed
    check_batches(len(splits.train), request.settings.batch_size, world.size)
    folder, checkpoints, start = claim_run_folder(request, world, stack, report)
    if start:
        started -= start.values["plan"]["elapsed"]
    job = Job(request, splits, machine, world, model, folder, checkpoints, start, started, date)
    if world.is_first:
        open_records(job, report)
    for note in (*notes, *suggestions(job)):
        report(Notice(note))
    return job


def load_data(request: Request, world: World, report: Report) -> Splits:
    """Loads the data; the first process on a machine does so before the others, and packs it if need be."""
    settings = request.settings
    if not world.is_first_here:
        world.wait()
    reading = Reading(
        size=settings.size,
        cache=request.cache or cache_folder(),
        rule=request.rule,
        on_bad=settings.on_bad,
        progress=tell_packing(report),
    )
    splits = load_splits(request.origin, validation=settings.validation, seed=settings.seed, reading=reading)
    if world.is_first_here:
        world.wait()
    return tested_on_unseen(splits, Path(settings.init)) if settings.init else splits


def choose_machine(request: Request, world: World, report: Report) -> Machine:
    """Measures what is fast here; all processes, and a resumed run, compute as the first one did: bits depend on it."""
    machine = prepare(request.settings.device, request.settings.precision)
    if request.resumes and world.is_first:
        assert request.out is not None
        before = read_config(request.out)["machine"]
        for name, value in (("device", str(machine.device)), ("threads", machine.threads)):
            if before[name] != value:
                report(Notice(f"{name} was {before[name]} and is {value} now: the result can differ in its last bits"))
        machine = replace(machine, bf16=before["bf16"], channels_last=before["channels_last"])
    bf16, channels_last = world.broadcast(machine.bf16), world.broadcast(machine.channels_last)
    return replace(machine, bf16=bool(bf16), channels_last=bool(channels_last))


def claim_run_folder(
    request: Request, world: World, stack: ExitStack, report: Report
) -> tuple[Path, Checkpoints | None, Checkpoint | None]:
    """Takes the run's folder for this process alone, and finds the newest good checkpoint in it.

    Raises:
        RunError: the folder is in use, holds something else, or cannot be written in.
    """
    folder, checkpoints, newest = request.out, None, None
    if world.is_first:
        folder = stack.enter_context(RunFolder(request.out, request.recipe, resumes=request.resumes)).path
        checkpoints = stack.enter_context(Checkpoints(folder, request.settings.keep))
        newest = checkpoints.newest(lambda problem: report(Notice(problem)))
        if problem := sync_problem(folder):
            report(Notice(f"the run's folder cannot be synced ({problem}): a power failure can cost its newest files"))
    name = world.broadcast_bytes(os.fsencode(folder) if folder else b"")
    content = world.broadcast_bytes(newest)
    return Path(os.fsdecode(name or b"")), checkpoints, decode(content) if content else None
