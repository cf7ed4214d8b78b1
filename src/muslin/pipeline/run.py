"""The whole job, in order."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from muslin.distributed.world import process_group
from muslin.files import write_sums
from muslin.machine.device import computing
from muslin.pipeline.events import Run
from muslin.pipeline.finish import test_and_document
from muslin.pipeline.job import Report
from muslin.pipeline.prepare import prepare_job
from muslin.pipeline.request import place_order, share_order
from muslin.pipeline.train import train
from muslin.run import journal
from muslin.training.interrupt import Interruption

__all__ = ["run_recipe"]


def run_recipe(
    data: str | Path = "fashion-mnist",
    recipe: str | None = None,
    *,
    out: str | Path | None = None,
    resume: str | Path | None = None,
    cache: str | Path | None = None,
    report: Report = lambda _: None,
    **changes: Any,
) -> Run:
    """Trains, tests and documents a classifier: what `muslin.fit` is.

    Args:
        data: `fashion-mnist`, a folder of pictures with a sub-folder a class, a .csv that names pictures, an IDX
            folder, or a .npz file.
        recipe: `espresso`, `coffee`, `lunch` or `overnight`; by default `coffee`, or `espresso` where `time_budget` is
            too short for it on this machine.
        out: the run's folder; by default a new one under `runs/`.
        resume: a run that was interrupted or killed, to go on with as if nothing had happened; it knows its data,
            recipe and settings.
        cache: the folder for decoded pictures; by default `~/.cache/muslin`.
        report: told of the start, of notices, of progress, of every epoch and of the end.
        **changes: settings to change, by name: `seed=1`, `model="mlp"`, `epochs=3`.

    Raises:
        MuslinError: something that a person can mend; the message says what is wrong and what to do.
    """
    with process_group() as world, computing(), ExitStack() as stack:
        if not world.is_first:
            report = ignore
        order = None
        if world.is_first:
            order = place_order(data, recipe, as_path(out), resume, as_path(cache), changes)
        job = prepare_job(share_order(order, world), world, stack, report)
        report(job)
        with Interruption() as interruption:
            result = train(job, report, interruption)
        test = test_and_document(job, result) if result.ended != "interrupted" else None
        if job.checkpoints is not None:
            journal.append(job.folder, "end", ended=result.ended, seconds=job.elapsed())
            job.checkpoints.wait()
            write_sums(job.folder)
            if test is not None:
                job.checkpoints.clear()
    signal = interruption.received if test is None else None
    run = Run(job.folder, result.epochs, test, result.ended, job.elapsed(), signal)
    report(run)
    return run


def as_path(name: str | Path | None) -> Path | None:
    """Returns a path for a name, if there is one."""
    return None if name is None else Path(name)


def ignore(_event: object) -> None:
    """Reports nothing."""
