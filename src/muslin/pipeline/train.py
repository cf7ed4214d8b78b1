"""Train the job's model, and lose nothing of it: epochs are logged, checkpoints written, the last weights saved."""

import time
from dataclasses import asdict

import safetensors.torch
import torch.nn.functional as F
from torch import Tensor

from muslin.data.decoding.contrast import Contrast
from muslin.data.images import ImageData
from muslin.data.reading import cache_folder
from muslin.data.split import class_weights
from muslin.distributed.sync_norm import synchronise_norms
from muslin.errors import TrainingError
from muslin.models.backbone import as_backbone
from muslin.pipeline.events import Report
from muslin.pipeline.job import Job
from muslin.prediction.views import MIRRORED, passes
from muslin.run import journal, saved_model
from muslin.run.checkpoints import Checkpoint
from muslin.training.fit import fit
from muslin.training.head import cached_features, extract_features, features_key, fit_head
from muslin.training.interrupt import Interruption
from muslin.training.plan import TimePlan
from muslin.training.state import EpochResult, FitResult, Progress

__all__ = ["train"]

SAMPLE = 4096  # training pictures whose contrast is measured: enough, and memory stays flat


def train(job: Job, report: Report, interruption: Interruption) -> FitResult:
    """Trains the job's model, logs every epoch, saves the last weights, and returns how training ended.

    Args:
        job: what is ready.
        report: a function that is told of progress and of every epoch.
        interruption: the signals that stop training between two steps.

    Raises:
        TrainingError: training diverged; the last finite weights were saved.
        DiskFullError: no room for a checkpoint or the weights.
    """

    def log_and_report(event: Progress | EpochResult) -> None:
        if isinstance(event, EpochResult) and job.world.is_first:
            journal.append(job.folder, "epoch", **asdict(event))
        report(event)

    sizes = job.sizes
    final_cost = 1 + passes(job.settings.tta) * sizes["test"] / sizes["validation"]
    plan = TimePlan(job.settings, job.started, final_cost, job.world.broadcast)
    try:
        if job.learns_head:
            head = train_head(job)
            if not job.settings.unfreeze:
                log_and_report(head)
                save_model(job)
                return FitResult((head,), "done")
        if job.world.size > 1:
            job.world.broadcast_weights(job.model)
            synchronise_norms(job.model)
        result = fit(
            job.model, job.splits.train, job.splits.validation, job.settings, job.machine, plan,
            report=log_and_report, interrupted=interruption.asked, start=job.start, sink=TimedCheckpoints(job),
            world=job.world,
        )  # fmt: skip
    except TrainingError as error:
        save_model(job)
        if job.world.is_first:
            journal.append(job.folder, "end", ended="diverged", seconds=job.elapsed())
        raise TrainingError(f"{error}. They are in {job.folder}") from error
    save_model(job)
    return result


class TimedCheckpoints:
    """Saves a job's checkpoints, and tells every so many seconds that it is time to.

    Args:
        job: the job whose folder takes them; in processes that write nothing, none is written.
    """

    def __init__(self, job: Job) -> None:
        self.checkpoints, self.every = job.checkpoints, job.settings.checkpoint_every
        self.last = time.monotonic()

    def is_due(self) -> bool:
        """Whether it is time to save."""
        return self.checkpoints is not None and time.monotonic() - self.last >= self.every

    def save(self, checkpoint: Checkpoint, best: int) -> None:
        """Saves, and keeps the checkpoint of step `best` besides."""
        if self.checkpoints is not None:
            self.checkpoints.save(checkpoint, best)
            self.last = time.monotonic()


def train_head(job: Job) -> EpochResult:
    """Fits a pretrained model's last layer to its features of the pictures, which are computed once and then cached."""
    begun, content, scores = time.monotonic(), None, (0.0, 0.0, 0.0)
    head = as_backbone(job.model, "a new head").head
    if job.world.is_first:
        train, held_out = features_of(job, job.splits.train), features_of(job, job.splits.validation)
        labels, classes = job.splits.train.labels.cpu(), len(job.splits.spec.classes)
        weights = None if job.settings.balance == "none" else class_weights(labels, classes)
        validation = held_out, job.splits.validation.labels.cpu()
        result = fit_head(train, labels, classes, validation=validation, class_weights=weights)
        loss = F.cross_entropy(train @ result.weight.T + result.bias, labels).item()
        scores = loss, result.validation_loss, result.validation_accuracy
        content = safetensors.torch.save({"weight": result.weight, "bias": result.bias})
    head.load_state_dict(safetensors.torch.load(job.world.broadcast_bytes(content) or b""))
    train_loss, validation_loss, validation_accuracy = (job.world.broadcast(score) for score in scores)
    return EpochResult(
        epoch=1,
        step=1,  # the fit is one
        train_loss=train_loss,
        validation_loss=validation_loss,
        validation_accuracy=validation_accuracy,
        learning_rate_factor=1.0,
        pictures_per_second=len(job.splits.train) / (time.monotonic() - begun),
        seconds=job.elapsed(),
    )


def features_of(job: Job, data: ImageData) -> Tensor:
    """Returns the (N, D) features of N pictures, from the cache where they are there."""
    folder, views = (job.request.cache or cache_folder()) / "features", job.settings.tta
    key = features_key(job.model, data, views, job.machine)
    return cached_features(folder, key, lambda: extract_features(job.model, data, job.machine, views=views))


def save_model(job: Job) -> None:
    """Writes the model's two files."""
    if job.world.is_first:
        images = job.splits.train.images
        contrast = Contrast.of(images[:: -(-len(images) // SAMPLE)])
        settings = job.settings
        saved_model.save(
            job.folder, job.model, settings.model, job.splits.spec, contrast, settings.tta,
            mirrors=settings.augmentation.flip != "none" or settings.tta in MIRRORED,
        )  # fmt: skip
