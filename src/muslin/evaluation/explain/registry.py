"""All explanations of pictures by name: what is listed here is tested over every model."""

from collections.abc import Callable

from torch import Tensor

from muslin.evaluation.explain.attribution import Attribution
from muslin.evaluation.explain.grad_cam import grad_cam
from muslin.evaluation.explain.maps import feature_maps
from muslin.evaluation.explain.neighbours import features_of
from muslin.evaluation.explain.occlusion import occlusion
from muslin.evaluation.explain.templates import TemplateScores, template_scores
from muslin.prediction.classifier import Classifier

__all__ = ["EXPLANATIONS", "Explanation"]

Explanation = Callable[[Classifier, Tensor], Attribution | TemplateScores | dict[str, Tensor] | Tensor]

EXPLANATIONS: dict[str, Explanation] = {
    "grad_cam": grad_cam,
    "occlusion": occlusion,
    "template_scores": template_scores,
    "features_of": features_of,
    "feature_maps": feature_maps,
}
