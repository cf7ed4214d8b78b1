"""Rungs on PyTorch: a model and its settings, trained by Muslin's own loop.

Legend: N pictures or points, C channels, H x W pixels, D numbers a point.
"""

import time
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from muslin.config import FitSettings
from muslin.data.images import ImageData, pixel_statistics
from muslin.data.sources import fashion_mnist
from muslin.data.spec import DataSpec
from muslin.data.split import stratified_split, validation_size
from muslin.ladder.rung import Images, Labels, Rung
from muslin.machine.device import computing, prepare
from muslin.pipeline.adapt import fit_settings_to_pictures
from muslin.pipeline.model import prepare_model
from muslin.prediction.views import predict_logits
from muslin.recipes import fit_to_pictures
from muslin.training.fit import fit
from muslin.training.plan import TimePlan

__all__ = ["PyTorchRung"]

POINTS = {"epochs": 100, "batch_size": 16, "lr": 1e-2, "precision": "fp32"}  # what points need otherwise
ANSWERED = 1000  # pictures at a time


class PyTorchRung(Rung):
    """A model of `muslin.models`, trained by `muslin.training.fit`.

    A point is a picture of one pixel with D channels: its coordinates are rounded to 256 steps between the extremes of
    the training points, and a margin as wide as half of it on either side.

    Attributes:
        settings: how to train on pictures; `muslin.recipes.fit_to_pictures` fits them to few.
    """

    settings: ClassVar[FitSettings]

    @property
    def parameters(self) -> int:
        """How many numbers the model learned."""
        return sum(p.numel() for p in self.model.parameters() if p.requires_grad)

    def _fit(self, images: Images, labels: Labels) -> None:
        if images.ndim == 2:
            low, high = images.min(axis=0), images.max(axis=0)
            self.low, self.span = low - (high - low) / 2, np.maximum(2 * (high - low), 1e-9)
        settings = self._settings_for(images)
        train, validation = self._train_validation(self._pictures(images), torch.from_numpy(labels), settings)
        if images.ndim > 2 and settings.augmentation.flip != "none":
            is_own = self.classes != fashion_mnist.CLASSES
            settings, _ = fit_settings_to_pictures(settings, (), train, is_own=is_own)
        with computing():
            self.machine = prepare(settings.device, settings.precision)
            self.model, self.spec, self.views = (
                prepare_model(train.spec, settings, self.machine),
                train.spec,
                settings.tta,
            )
            plan = TimePlan(settings, time.monotonic(), final_cost=0)
            fit(self.model, train, validation, settings, self.machine, plan)
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
        """Returns the settings for these pictures or points."""
        if images.ndim == 2:
            return self.settings.changed(seed=self.seed, **POINTS)
        chosen = () if self.settings.skip_easy else ("skip_easy",)  # what shows all pictures anyway keeps its settings
        return fit_to_pictures(self.settings, len(images), chosen).changed(seed=self.seed)

    def _train_validation(self, pictures: Tensor, labels: Tensor, settings: FitSettings) -> tuple[ImageData, ImageData]:
        """Holds some pictures out for validation; the statistics come from the others."""
        kept, held_out = stratified_split(labels, validation_size(len(labels), settings.validation), settings.seed)
        mean, std = pixel_statistics(pictures[kept])
        _, channels, height, width = pictures.shape
        spec = DataSpec(channels, height, width, self.classes, mean, std)
        return ImageData(pictures[kept], labels[kept], spec), ImageData(pictures[held_out], labels[held_out], spec)

    def _pictures(self, images: Images) -> Tensor:
        """Returns pictures or points as (N, C, H, W) uint8."""
        if images.ndim == 2:
            steps = np.clip(255 * (images - self.low) / self.span, 0, 255).round().astype(np.uint8)
            return torch.from_numpy(steps[:, :, None, None])  # (N, D, 1, 1)
        return torch.from_numpy(images[:, None] if images.ndim == 3 else images)
