"""From data to a reported run: the whole job, in order."""

import platform
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import torch
from torch import nn

import muslin
from muslin.config import FitSettings
from muslin.data import fashion_mnist
from muslin.data.images import ImageData, Splits
from muslin.data.pictures import Contrast
from muslin.data.sources import load_splits
from muslin.errors import DataError, SettingError, TrainingError
from muslin.evaluation.calibration import expected_calibration_error
from muslin.evaluation.card import CardFacts, write_card
from muslin.evaluation.pictures import Curves, draw_curves, draw_predictions
from muslin.metrics import Metrics
from muslin.models import build
from muslin.recipes import find_recipe
from muslin.run import bundle, journal
from muslin.run.files import write_sums, write_whole
from muslin.run.folder import RunFolder, find_run, read_config
from muslin.training.fit import EpochResult, FitResult, Progress, fit
from muslin.training.interrupt import Interruption
from muslin.training.machine import Machine, computing, prepare
from muslin.training.plan import Plan
from muslin.training.scoring import score

__all__ = ["Evaluation", "Job", "Run", "evaluate_run", "run_recipe"]


@dataclass(frozen=True)
class Job:
    """Everything that is ready before the first step.

    Attributes:
        recipe: its name.
        settings: what training does.
        source: where the data came from: `fashion-mnist`, or an absolute path.
        splits: the data.
        machine: where and how to compute.
        model: on the machine's device.
        folder: of the run, locked.
        started: `time.monotonic()` at the start.
        date: local time at the start.
    """

    recipe: str
    settings: FitSettings
    source: str
    splits: Splits
    machine: Machine
    model: nn.Module
    folder: RunFolder
    started: float
    date: datetime

    @property
    def parameters(self) -> int:
        """How many numbers the model learns."""
        return sum(p.numel() for p in self.model.parameters())

    @property
    def sizes(self) -> dict[str, int]:
        """Pictures of each split."""
        return {name: len(getattr(self.splits, name)) for name in ("train", "validation", "test")}

    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started


@dataclass(frozen=True)
class Run:
    """A run that ended.

    Attributes:
        folder: that holds it.
        epochs: one result for each finished epoch.
        test: the last weights' score; None when training was interrupted.
        ended: `done`, `early` or `interrupted`.
        seconds: from the start to the last file.
    """

    folder: Path
    epochs: tuple[EpochResult, ...]
    test: Metrics | None
    ended: str
    seconds: float


Report = Callable[[Job | Progress | EpochResult | Run], None]


def run_recipe(
    data: str | Path = "fashion-mnist",
    recipe: str = "coffee",
    *,
    out: str | Path | None = None,
    report: Report = lambda _: None,
    **changes: Any,
) -> Run:
    """Trains, tests and documents a classifier: what `muslin.fit` is.

    Args:
        data: `fashion-mnist`, an IDX folder, or a .npz file.
        recipe: `espresso`, `coffee`, `lunch` or `overnight`.
        out: the run's folder; by default a new one under `runs/`.
        report: told of the start, of progress, of every epoch and of the end.
        **changes: settings to change, by name: `seed=1`, `model="mlp"`, `epochs=3`.

    Raises:
        MuslinError: something that a person can mend; the message says what is wrong and what to do.
    """
    started, date = time.monotonic(), datetime.now().astimezone()
    settings = find_recipe(recipe).settings.changed(**changes)
    splits = load_splits(data, validation=settings.validation, seed=settings.seed)
    with computing(), ExitStack() as stack:
        machine = prepare(settings.device, settings.precision)
        model = prepare_model(splits, settings, machine)
        folder = stack.enter_context(RunFolder(Path(out) if out is not None else None, recipe))
        job = Job(recipe, settings, absolute_source(data), splits, machine, model, folder, started, date)
        folder.write_config(describe(job))
        report(job)
        result = train(job, report)
        test = test_and_document(job, result) if result.ended != "interrupted" else None
        journal.append(folder.path, "end", ended=result.ended, seconds=job.elapsed())
        write_sums(folder.path)
    run = Run(folder.path, result.epochs, test, result.ended, job.elapsed())
    report(run)
    return run


def prepare_model(splits: Splits, settings: FitSettings, machine: Machine) -> nn.Module:
    """Builds the model under the seed, on the device, in the layout that is fast there.

    Raises:
        SettingError: no such model, or it has nothing to learn.
    """
    torch.manual_seed(settings.seed)
    model = build(settings.model, splits.spec)
    if not any(p.requires_grad for p in model.parameters()):
        raise SettingError(f"model {settings.model} has no parameters to learn; choose another")
    return model.to(machine.device, memory_format=machine.memory_format)  # type: ignore[call-overload, no-any-return]


def train(job: Job, report: Report) -> FitResult:
    """Trains the model, logs every epoch, and saves the last weights: the last finite ones should training diverge."""

    def log_and_report(event: Progress | EpochResult) -> None:
        if isinstance(event, EpochResult):
            journal.append(job.folder.path, "epoch", **asdict(event))
        report(event)

    sizes = job.sizes
    final_cost = 1 + job.settings.tta * sizes["test"] / sizes["validation"]
    plan = Plan(job.settings, sizes["train"], job.started, final_cost)
    try:
        with Interruption() as interruption:
            result = fit(job.model, job.splits, job.settings, job.machine, plan, log_and_report, interruption.asked)
    except TrainingError as error:
        save_model(job)
        journal.append(job.folder.path, "end", ended="diverged", seconds=job.elapsed())
        raise TrainingError(f"{error}. They are in {job.folder.path}") from error
    save_model(job)
    return result


def save_model(job: Job) -> None:
    """Writes the model's two files."""
    contrast = Contrast.of(job.splits.train.images)
    bundle.save(job.folder.path, job.model, job.settings.model, job.splits.spec, contrast)


def test_and_document(job: Job, result: FitResult) -> Metrics:
    """Reads the test set, once; writes its score, the pictures and the model card."""
    folder, data = job.folder.path, job.splits.test
    test = score(job.model, data, job.machine, job.settings.tta)
    journal.append(
        folder, "test", accuracy=test.accuracy, loss=test.loss, views=job.settings.tta,
        per_class=test.per_class, confusion=test.confusion.tolist(),
    )  # fmt: skip
    title = f"{job.settings.model} on {job.splits.name}, recipe {job.recipe}"
    write_whole(
        folder / "predictions.png", draw_predictions(data.images, data.labels, test.predicted, data.spec.classes)
    )
    if result.epochs:
        write_whole(folder / "curves.png", draw_curves(curves_of(result), title))
    write_whole(folder / "README.md", write_card(card_facts(job, result), test))
    return test


def curves_of(result: FitResult) -> Curves:
    """Picks out what the curves show."""
    return Curves(
        train_loss=[e.train_loss for e in result.epochs],
        validation_loss=[e.validation_loss for e in result.epochs],
        validation_accuracy=[e.validation_accuracy for e in result.epochs],
    )


def card_facts(job: Job, result: FitResult) -> CardFacts:
    """Gathers what the model card states."""
    return CardFacts(
        model=job.settings.model,
        parameters=job.parameters,
        recipe=job.recipe,
        data=job.splits.name,
        classes=job.splits.spec.classes,
        sizes=job.sizes,
        epochs=len(result.epochs),
        seconds=job.elapsed(),
        ended=result.ended,
        views=job.settings.tta,
        machine=f"{job.machine.summary}; PyTorch {torch.__version__}, Muslin {muslin.__version__}",
        seed=job.settings.seed,
    )


def describe(job: Job) -> dict[str, Any]:
    """Gathers what `config.json` records."""
    return {
        "started": job.date.isoformat(),
        "recipe": job.recipe,
        "settings": asdict(job.settings),
        "data": {"name": job.splits.name, "source": job.source} | job.sizes,
        "parameters": job.parameters,
        "machine": {
            "platform": platform.platform(),
            "device": str(job.machine.device),
            "threads": job.machine.threads,
            "bf16": job.machine.bf16,
            "channels_last": job.machine.channels_last,
            "convolution_gflops": {name: round(speed, 1) for name, speed in job.machine.speeds.items()},
        },
        "versions": {"muslin": muslin.__version__, "torch": torch.__version__, "python": platform.python_version()},
    }


def absolute_source(data: str | Path) -> str:
    """Names the data so that it can be found from any folder."""
    return str(data) if data == fashion_mnist.NAME else str(Path(data).resolve())


@dataclass(frozen=True)
class Evaluation:
    """How a saved run scores on a test set.

    Attributes:
        run: its folder.
        data: the data's name.
        classes: K names.
        views: of each picture, whose logits were averaged, as when the run was made.
        metrics: over the test pictures.
        calibration_error: expected calibration error, in [0, 1].
    """

    run: Path
    data: str
    classes: tuple[str, ...]
    views: int
    metrics: Metrics
    calibration_error: float


def evaluate_run(run: str | Path, data: str | Path | None = None, factory: str | None = None) -> Evaluation:
    """Scores a saved run on the test pictures of a data set.

    Args:
        run: a run's folder, its name under `runs/`, or `latest`.
        data: as in `run_recipe`; by default what the run was made for.
        factory: `file.py:factory`, for a run with a model of one's own.

    Raises:
        MuslinError: the run or the data cannot be read, or do not fit each other.
    """
    folder = find_run(run)
    classifier = bundle.load(folder, factory)
    config = read_config(folder)
    views = config["settings"]["tta"]
    splits = load_splits(data if data is not None else config["data"]["source"])
    if splits.spec.classes != classifier.classes:
        raise DataError(
            f"{splits.name} has the classes {splits.spec.classes}, but {folder} was made for {classifier.classes}"
        )
    test = ImageData(splits.test.images, splits.test.labels, classifier.spec)
    with computing():
        machine = prepare("auto", "auto")
        model = classifier.model.to(machine.device, memory_format=machine.memory_format)  # type: ignore[call-overload]
        metrics = score(model, test, machine, views)
    error = expected_calibration_error(metrics.confidence, metrics.predicted == test.labels)
    return Evaluation(folder, splits.name, classifier.classes, views, metrics, error)
