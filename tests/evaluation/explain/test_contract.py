"""What holds for every explanation and every model."""

from pathlib import Path

import pytest
import torch

from muslin.errors import SettingError
from muslin.evaluation import explain
from muslin.evaluation.explain.grad_cam import grad_cam
from muslin.evaluation.explain.maps import feature_maps, filters
from muslin.evaluation.explain.neighbours import features_of
from muslin.evaluation.explain.occlusion import occlusion
from muslin.evaluation.explain.templates import template_scores
from muslin.models import MODELS

EXPLANATIONS = {
    "grad_cam": grad_cam,
    "occlusion": lambda classifier, images: occlusion(classifier, images, size=14),
    "templates": template_scores,
    "maps": feature_maps,
    "neighbours": features_of,
}
HELPERS = {"__init__", "attribution", "deletion", "pictures"}
FOR_SOME = {"grad_cam": {"linear", "mlp"}, "maps": {"linear", "mlp"}, "templates": set(MODELS) - {"linear"}}

every_explanation = pytest.mark.parametrize("name", EXPLANATIONS)
every_model = pytest.mark.parametrize("model", MODELS)


def tensors(result):
    if isinstance(result, torch.Tensor):
        return [result]
    values = result.values() if isinstance(result, dict) else vars(result).values()
    return [value for value in values if isinstance(value, torch.Tensor)]


def test_every_file_is_tested():
    files = {path.stem for path in Path(explain.__file__).parent.glob("*.py")}
    assert files - HELPERS == set(EXPLANATIONS)


@every_model
@every_explanation
def test_every_model_is_explained_or_says_what_it_lacks(name, model, classifier, pictures):
    made = classifier(model, channels=3, height=32, width=32)
    images = pictures(made, 2)
    if model in FOR_SOME.get(name, ()):
        with pytest.raises(SettingError, match=r"Linear|LayerStack|no feature maps|not linear"):
            EXPLANATIONS[name](made, images)
        return
    before = [tensor.clone() for tensor in made.state_dict().values()]
    found = tensors(EXPLANATIONS[name](made, images))
    assert found
    for tensor in found:
        assert tensor.isfinite().all()
        assert tensor.device.type == "cpu"
        assert not tensor.requires_grad
    assert all(torch.equal(a, b) for a, b in zip(before, made.state_dict().values(), strict=True))
    assert all(parameter.grad is None for parameter in made.parameters())


@every_explanation
def test_a_frozen_model_in_training_mode_answers_the_same_and_stays_as_it_is(name, classifier, pictures):
    model = "linear" if name == "templates" else "resnet_slim"
    made = classifier(model)
    images = pictures(made)
    expected = tensors(EXPLANATIONS[name](made, images))
    made.requires_grad_(requires_grad=False).train()
    with torch.inference_mode():
        found = tensors(EXPLANATIONS[name](made, images))
    assert made.training
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(expected, found, strict=True))


@every_explanation
def test_pictures_of_another_size_are_named(name, classifier):
    made = classifier("linear" if name == "templates" else "resnet_slim")
    with pytest.raises(SettingError, match=r"uint8 of shape \(pictures, 1, 28, 28\)"):
        EXPLANATIONS[name](made, torch.zeros(2, 1, 27, 28, dtype=torch.uint8))
    with pytest.raises(SettingError, match="float32"):
        EXPLANATIONS[name](made, torch.zeros(2, 1, 28, 28))


@pytest.mark.parametrize("explain_", [grad_cam, occlusion])
@pytest.mark.parametrize(("height", "width"), [(9, 31), (5, 8), (17, 13)])
def test_odd_sizes_have_maps_of_their_own_size(explain_, classifier, pictures, height, width):
    made = classifier("resnet_narrow", 3, height, width)
    maps = explain_(made, pictures(made)).maps
    assert maps.shape == (3, height, width)
    assert 0 <= maps.min() <= maps.max() <= 1


def test_there_are_the_first_filters(classifier):
    assert filters(classifier("convnet")).shape[1:] == (1, 3, 3)
    with pytest.raises(SettingError, match="no convolution"):
        filters(classifier("linear"))
