"""Scores of a linear model: each is a picture times a template, pixel by pixel, plus a bias.

Legend: B pictures, C channels, H x W pixels, K classes.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from muslin.errors import SettingError
from muslin.evaluation.explain.pictures import check_pictures, device_of, prepared
from muslin.models.backbone import as_backbone
from muslin.prediction.classifier import Classifier

__all__ = ["TemplateScores", "template_scores"]


@dataclass(frozen=True)
class TemplateScores:
    """How a linear model comes to its scores; all float32, on the CPU.

    Attributes:
        templates: (K, C, H, W), what the normalised picture is multiplied by.
        contributions: (B, K, C, H, W), what each pixel adds to each score: summed, and with the bias, the logits.
        bias: (K,), what a picture of the mean everywhere scores; zeros where the model has none.
    """

    templates: Tensor
    contributions: Tensor
    bias: Tensor

    @property
    def scores(self) -> Tensor:
        """The logits, (B, K)."""
        return self.contributions.flatten(2).sum(2) + self.bias


@torch.no_grad()
def template_scores(classifier: Classifier, images: Tensor) -> TemplateScores:
    """Returns what each pixel adds to each class's score.

    Args:
        classifier: one whose model is linear: its features are the normalised pixels themselves.
        images: (B, C, H, W) uint8 of the size that the classifier takes.

    Raises:
        SettingError: the pictures do not fit the classifier, or its model is not linear.
    """
    check_pictures(classifier, images)
    model, spec = as_backbone(classifier.model, "the scores of templates"), classifier.spec
    shape = spec.channels, spec.height, spec.width
    probe = torch.linspace(-1, 1, spec.channels * spec.height * spec.width, device=device_of(classifier))
    features = model.features(probe.view(1, *shape))
    if features.shape != (1, len(probe)) or not torch.allclose(features[0], probe):
        raise SettingError(
            f"a model of type {type(classifier.model).__name__} is not linear, so that no template tells its scores; "
            "Grad-CAM explains one with feature maps, and occlusion any"
        )
    pixels = prepared(classifier, images)
    templates = model.head.weight.view(-1, *shape)  # (K, C, H, W)
    contributions = pixels[:, None] * templates
    head_bias: Tensor | None = model.head.bias
    bias = torch.zeros(len(templates)) if head_bias is None else head_bias.cpu().clone()
    return TemplateScores(templates.cpu().clone(), contributions.cpu(), bias)
