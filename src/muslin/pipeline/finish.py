"""What a run keeps of its test: the score, the answers, and the report that is made of them."""

from dataclasses import dataclass
from pathlib import Path

import torch

from muslin.data.reading import Reading, cache_folder
from muslin.evaluation.calibration import fit_calibration
from muslin.look import note_on_letters
from muslin.models import MODELS
from muslin.pipeline.events import Notice, Report
from muslin.pipeline.job import Job
from muslin.prediction.metrics import Metrics
from muslin.prediction.scoring import score
from muslin.report.charts import choose_shown
from muslin.report.write import write_report
from muslin.run import journal
from muslin.run.answers import Answers, write_answers
from muslin.run.description import add_to_description
from muslin.training.state import FitResult
from muslin.version import __version__

__all__ = ["Tested", "test_and_document"]


@dataclass(frozen=True)
class Tested:
    """What a run's test gave.

    Attributes:
        metrics: the score.
        report: the page that was written; None in processes that write nothing.
        findings: what the page says first.
    """

    metrics: Metrics
    report: Path | None
    findings: tuple[str, ...]


def test_and_document(job: Job, result: FitResult, report: Report) -> Tested:
    """Calibrates on the validation set and reads the test set, once; the first process records both and reports.

    Args:
        job: what was trained.
        result: how training ended.
        report: told of what a person should know.
    """
    validation = score(job.model, job.splits.validation, job.machine, job.settings.tta, job.world)
    test = score(job.model, job.splits.test, job.machine, job.settings.tta, job.world)
    made = None
    if job.world.is_first:
        calibration = fit_calibration(validation.probabilities, job.splits.validation.labels)
        add_to_description(job.folder, "calibration", calibration.as_json())
        record_test(job, result, test)
        reading = Reading(cache=job.request.cache or cache_folder())
        made = write_report(job.folder, splits=job.splits, factory=own_factory(job), reading=reading)
        for problem in made.problems:
            report(Notice(f"something is missing in the report: {problem}"))
        if note := note_on_letters(job.splits.spec.classes):
            report(Notice(note))
    return Tested(test, made.path if made else None, made.findings if made else ())


def own_factory(job: Job) -> str | None:
    """Returns the name of a model of a person's own, which they named for this very run; None for one of Muslin's."""
    return None if job.settings.model in MODELS else job.settings.model


def record_test(job: Job, result: FitResult, test: Metrics) -> None:
    """Writes the answers, then a line in the journal: the score, and how it came about."""
    data = job.splits.test
    shown = torch.tensor(choose_shown(data.labels, test.predicted))
    write_answers(job.folder, Answers(data.labels, test.predicted, test.probabilities, shown, data.images[shown]))
    journal.append(
        job.folder, "test", **test.figures(), per_class=test.per_class, confusion=test.confusion.tolist(),
        training=training_in_words(job, result), ended=result.ended, seconds=job.elapsed(),
        machine=f"{job.machine.summary}; PyTorch {torch.__version__}, Muslin {__version__}",
    )  # fmt: skip


def training_in_words(job: Job, result: FitResult) -> str:
    """Returns what was trained and for how long."""
    if job.learns_head and not job.settings.unfreeze:
        return "the last layer alone, on features learnt before"
    return job.epochs_in_words(len(result.epochs))
