"""What a run says of itself: its score on the test set, its pictures, its model card."""

import torch

from muslin.files import write_whole
from muslin.pipeline.job import Job
from muslin.prediction.metrics import Metrics
from muslin.prediction.scoring import score
from muslin.report.card import CardFacts, write_card
from muslin.report.charts import Curves, draw_curves, draw_predictions
from muslin.run import journal
from muslin.training.state import FitResult
from muslin.version import __version__

__all__ = ["test_and_document"]


def test_and_document(job: Job, result: FitResult) -> Metrics:
    """Reads the test set, once; the first process writes its score, the pictures and the model card."""
    test = score(job.model, job.splits.test, job.machine, job.settings.tta, job.world)
    if job.world.is_first:
        document(job, result, test)
    return test


def document(job: Job, result: FitResult, test: Metrics) -> None:
    """Writes the score, the pictures and the model card."""
    folder, data = job.folder, job.splits.test
    journal.append(
        folder, "test", accuracy=test.accuracy, loss=test.loss, views=job.settings.tta,
        per_class=test.per_class, confusion=test.confusion.tolist(),
    )  # fmt: skip
    title = f"{job.settings.model} on {job.splits.name}, recipe {job.recipe}"
    write_whole(
        folder / "predictions.png", draw_predictions(data.images, data.labels, test.predicted, data.spec.classes)
    )
    if has_curves(result):
        write_whole(folder / "curves.png", draw_curves(curves_of(result, skips_easy=job.settings.skip_easy > 0), title))
    write_whole(folder / "README.md", write_card(card_facts(job, result), test))


def has_curves(result: FitResult) -> bool:
    """Whether there is anything to see in curves: more than a point."""
    return len(result.epochs) > 1


def trains_all(job: Job) -> bool:
    """Whether more than a pretrained model's last layer was trained."""
    return job.settings.unfreeze or not job.learns_head


def curves_of(result: FitResult, *, skips_easy: bool) -> Curves:
    """Picks out what the curves show."""
    some = "hard pictures, " if skips_easy else ""
    return Curves(
        train_pictures=f"{some}augmented, smoothed labels",
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
        training=job.epochs_in_words(len(result.epochs))
        if trains_all(job)
        else "the last layer alone, on features learnt before",
        curves=has_curves(result),
        seconds=job.elapsed(),
        ended=result.ended,
        views=job.settings.tta,
        machine=f"{job.machine.summary}; PyTorch {torch.__version__}, Muslin {__version__}",
        seed=job.settings.seed,
    )
