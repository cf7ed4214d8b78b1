"""The whole job, in order."""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Unpack

from muslin.config import Changes
from muslin.data.sources.source import Data, read_origin
from muslin.distributed.world import process_group
from muslin.files import write_sums
from muslin.machine.device import computing
from muslin.pipeline.events import Ended, Report
from muslin.pipeline.finish import test_and_document
from muslin.pipeline.prepare import prepare_job
from muslin.pipeline.request import broadcast_request, read_request, with_arrays
from muslin.pipeline.train import train
from muslin.prediction.metrics import Metrics
from muslin.run import journal
from muslin.run.notes import NOTES
from muslin.text import duration, percent, printable
from muslin.training.interrupt import Interruption
from muslin.training.state import EpochResult
from muslin.web.notebook import table

__all__ = ["Run", "run_recipe"]


@dataclass(frozen=True)
class Run:
    """A run that ended: what `muslin.fit` returns.

    Attributes:
        folder: the folder that holds it.
        epochs: one result for each finished epoch.
        test: the last weights' score; None when training was interrupted.
        ended: `done`, `early` (no more progress) or `interrupted`.
        seconds: the time from the start to the last file.
        signal: the number of the signal that interrupted it; None otherwise.
        report: the page that tells all of it; None when training was interrupted.
        findings: what that page says first, a line each.
    """

    folder: Path
    epochs: tuple[EpochResult, ...]
    test: Metrics | None
    ended: str
    seconds: float
    signal: int | None = None
    report: Path | None = None
    findings: tuple[str, ...] = ()

    def as_event(self) -> Ended:
        """Returns what is told of it."""
        return Ended(self.folder, self.ended, len(self.epochs), self.seconds, self.test, self.report, self.findings)

    def _repr_html_(self) -> str:
        """Returns what a notebook shows: how it ended, and the epochs."""
        accuracy = "" if self.test is None else f": {percent(self.test.accuracy, 2)} of the test pictures right"
        rows = [
            (e.epoch, f"{e.train_loss:.4f}", f"{e.validation_loss:.4f}", percent(e.validation_accuracy, 2))
            for e in self.epochs
        ]
        headings = ("epoch", "training loss", "validation loss", "validation accuracy")
        title = f"{printable(self.folder)} ({self.ended}, {duration(self.seconds)}){accuracy}"
        return table(title, headings, rows, note="; ".join(map(printable, self.findings)))


def run_recipe(
    data: Data | None = None,
    recipe: str | None = None,
    *,
    out: str | Path | None = None,
    resume: str | Path | None = None,
    cache: str | Path | None = None,
    report: Report = lambda _: None,
    **changes: Unpack[Changes],
) -> Run:
    """Trains, tests and documents a classifier: what `muslin.fit` is.

    Args:
        data: `fashion-mnist` (the default), a folder of pictures with a sub-folder a class, a .csv that names pictures
            or holds pixels, an IDX folder, a .npz file, or a .parquet file or a folder of them; or arrays of NumPy or
            torch, `(images, labels)` or `((images, labels), (test_images, test_labels))`: pictures (N, H, W),
            (N, H, W, C) or (N, C, H, W), uint8 or floats in [0, 1] or [0, 255], labels (N,) whole numbers or text, or
            one-hot (N, K); or a torch `Dataset` of such a picture or a Pillow image, and a label; or a pair of them.
        recipe: `espresso`, `coffee`, `lunch` or `overnight`; by default `coffee`, or `espresso` where `time_budget` is
            too short for it on this machine.
        out: the run's folder; by default a new one under `runs/`.
        resume: a run that was interrupted or killed, to go on with as if nothing had happened; it knows its data
            (but for arrays, which are to be given again), recipe and settings, and none may be named that differs;
            `data` may say where the same data are now.
        cache: the folder for decoded pictures; by default `~/.cache/muslin`.
        report: told of every event of `muslin.pipeline.events`: the start, notices, progress, every epoch, the end.
        **changes: settings to change, by name: `seed=1`, `model="mlp"`, `epochs=3`; `muslin.config.FitSettings` and
            `Augmentation` tell what each is, in which unit and range.

    Raises:
        MuslinError: something that a person can mend; the message says what is wrong and what to do.

    >>> import muslin
    >>> run = muslin.fit("fashion-mnist", recipe="espresso", seed=1)  # doctest: +SKIP
    >>> run.ended, round(run.test.accuracy, 2)  # doctest: +SKIP
    ('done', 0.93)
    """
    with process_group() as world, computing(), ExitStack() as stack:
        if not world.is_first:
            report = ignore_event
        request, origin = None, None if data is None else read_origin(data)
        if world.is_first:
            request = read_request(origin, recipe, as_path(out), resume, as_path(cache), dict(changes))
        request = with_arrays(broadcast_request(request, world), origin)
        job = prepare_job(request, world, stack, report)
        report(job.as_event())
        with Interruption() as interruption:
            result = train(job, report, interruption)
        tested = test_and_document(job, result, report) if result.ended != "interrupted" else None
        if job.checkpoints is not None:
            journal.append(job.folder, "end", ended=result.ended, seconds=job.elapsed())
            job.checkpoints.wait()
            write_sums(job.folder, but=(NOTES,))
            if tested is not None:
                job.checkpoints.clear()
    signal = interruption.received if tested is None else None
    run = Run(job.folder, result.epochs, None, result.ended, job.elapsed(), signal)
    if tested is not None:
        run = replace(run, test=tested.metrics, report=tested.report, findings=tested.findings)
    report(run.as_event())
    return run


def as_path(name: str | Path | None) -> Path | None:
    """Returns the path of that name, if there is one."""
    return None if name is None else Path(name)


def ignore_event(_event: object) -> None:
    """Tells nothing: the first process does."""
