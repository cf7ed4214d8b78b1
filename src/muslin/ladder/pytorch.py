"""Rungs on PyTorch: a model and its settings, trained by Muslin's own loop.

Legend: N pictures or points, C channels, H x W pixels, D numbers a point.
"""

import time
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from muslin.config import FitSettings
from muslin.data.split import train_validation_test
from muslin.ladder.rung import Images, Labels, Rung
from muslin.machine.device import computing, prepare
from muslin.pipeline import prepare_model
from muslin.prediction.views import predict_logits
from muslin.recipes import showing_all
from muslin.training.fit import fit
from muslin.training.plan import Plan

__all__ = ["PyTorchRung"]

LEAST_STEPS = 150  # a small set is gone through until this many steps are taken
LEAST_BATCHES = 32  # of an epoch, however small the set
POINTS = {"epochs": 100, "batch_size": 16, "lr": 1e-2, "precision": "fp32"}  # what points need otherwise
ANSWERED = 1000


class PyTorchRung(Rung):
    """A model of `muslin.models`, trained by `muslin.training.fit`.

    A point is a picture of one pixel with D channels: its coordinates are rounded to 256 steps between the extremes of
    the training points, and a margin as wide as half of it on either side.

    Attributes:
        settings: for pictures.
    """

    settings: ClassVar[FitSettings]

    @property
    def parameters(self) -> int:
        """All that the model learns."""
        return sum(p.numel() for p in self.model.parameters() if p.requires_grad)

    def _fit(self, images: Images, labels: Labels) -> None:
        if images.ndim == 2:
            low, high = images.min(axis=0), images.max(axis=0)
            self.low, self.span = low - (high - low) / 2, np.maximum(2 * (high - low), 1e-9)
        settings = self._settings_for(images)
        data = self._pictures(images), torch.from_numpy(labels)
        splits = train_validation_test(
            data, data, self.classes, self.name, validation=settings.validation, seed=settings.seed
        )  # the loop does not look at what stands for the test set
        with computing():
            self.machine = prepare(settings.device, settings.precision)
            self.model, self.spec, self.views = prepare_model(splits, settings, self.machine), splits.spec, settings.tta
            plan = Plan(settings, time.monotonic(), final_cost=0)
            fit(self.model, splits, settings, self.machine, plan)
        self.model.eval()

    def _predict(self, images: Images) -> Labels:
        with computing():
            answers = [self._answer(part) for part in self._pictures(images).split(ANSWERED)]
        return np.asarray(torch.cat(answers).numpy())

    def _answer(self, pictures: Tensor) -> Tensor:
        batch = self.spec.normalise(pictures.to(self.machine.device)).contiguous(memory_format=torch.channels_last)
        with self.machine.autocast():
            return predict_logits(self.model, batch, self.views).averaged.argmax(dim=1).cpu()

    def _settings_for(self, images: Images) -> FitSettings:
        """The settings, with more steps an epoch and more epochs where there are few pictures."""
        if images.ndim == 2:
            return self.settings.changed(seed=self.seed, **POINTS)
        size = min(self.settings.batch_size, max(1, len(images) // LEAST_BATCHES))
        settings = self.settings if size == self.settings.batch_size else showing_all(self.settings)
        epochs = max(settings.epochs, -(-LEAST_STEPS * size // len(images)))
        return settings.changed(seed=self.seed, batch_size=size, epochs=epochs)

    def _pictures(self, images: Images) -> Tensor:
        """Pictures or points as (N, C, H, W) uint8."""
        if images.ndim == 2:
            steps = np.clip(255 * (images - self.low) / self.span, 0, 255).round().astype(np.uint8)
            return torch.from_numpy(steps[:, :, None, None])  # (N, D, 1, 1)
        return torch.from_numpy(images[:, None] if images.ndim == 3 else images)
