"""What holds for every explanation and every model."""

import re
import runpy
from functools import partial
from pathlib import Path

import pytest
import torch

from muslin.errors import SettingError
from muslin.evaluation import explain
from muslin.evaluation.explain import registry
from muslin.evaluation.explain.attribution import Attribution
from muslin.evaluation.explain.grad_cam import grad_cam
from muslin.evaluation.explain.maps import filters
from muslin.evaluation.explain.occlusion import occlusion
from muslin.models import MODELS
from muslin.prediction import scoring

EXPLANATIONS = registry.EXPLANATIONS | {"occlusion": partial(occlusion, size=14)}  # few places: it is slow
HELPERS = {"__init__", "attribution", "deletion", "pictures", "registry"}
WITHOUT_MAPS = {"linear", "mlp"}
FOR_SOME = {"grad_cam": WITHOUT_MAPS, "feature_maps": WITHOUT_MAPS, "template_scores": set(MODELS) - {"linear"}}

every_explanation = pytest.mark.parametrize("name", EXPLANATIONS)
every_model = pytest.mark.parametrize("model", MODELS)


def tensors(result):
    if isinstance(result, torch.Tensor):
        return [result]
    values = result.values() if isinstance(result, dict) else vars(result).values()
    return [value for value in values if isinstance(value, torch.Tensor)]


def test_every_file_is_tested():
    files = {path.stem for path in Path(explain.__file__).parent.glob("*.py")}
    assert files - HELPERS == {one.__module__.split(".")[-1] for one in registry.EXPLANATIONS.values()}


def test_every_explanation_is_in_the_docs():
    page = (Path(__file__).parents[3] / "docs" / "explanations.md").read_text(encoding="utf-8")
    assert [name for name in EXPLANATIONS if f"`{name}`" not in page] == []


@every_model
@every_explanation
def test_every_model_is_explained_or_says_what_it_lacks(name, model, classifier, pictures):
    made = classifier(model, channels=3, height=32, width=32)
    images = pictures(made, 2)
    if model in FOR_SOME.get(name, ()):
        with pytest.raises(SettingError, match=r"no feature maps.*occlusion|not linear.*Grad-CAM"):
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
    model = "linear" if name == "template_scores" else "resnet_slim"
    made = classifier(model)
    images = pictures(made)
    expected = tensors(EXPLANATIONS[name](made, images))
    made.requires_grad_(requires_grad=False).train()
    with torch.inference_mode():
        found = tensors(EXPLANATIONS[name](made, images))
    assert made.training
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(expected, found, strict=True))


@every_explanation
def test_a_picture_is_explained_the_same_alone_and_among_others(name, classifier, pictures, monkeypatch):
    made = classifier("linear" if name == "template_scores" else "resnet_slim")
    images = pictures(made, 5)
    whole = tensors(EXPLANATIONS[name](made, images))
    monkeypatch.setattr(scoring, "BATCH", 2)  # two batches, and a rest of one
    split = tensors(EXPLANATIONS[name](made, images))
    alone = [tensors(EXPLANATIONS[name](made, images[row : row + 1])) for row in range(5)]
    for number, tensor in enumerate(whole):
        assert torch.allclose(split[number], tensor, atol=1e-5)
        if len(tensor) == 5:
            assert torch.allclose(torch.cat([one[number] for one in alone]), tensor, atol=1e-5)


@every_explanation
def test_no_pictures_have_no_explanations(name, classifier, pictures):
    made = classifier("linear" if name == "template_scores" else "resnet_slim")
    rows = [len(tensor) for tensor in tensors(EXPLANATIONS[name](made, pictures(made)[:0]))]
    assert 0 in rows


@every_explanation
def test_weights_that_diverged_give_no_traceback(name, classifier, pictures):
    made = classifier("linear" if name == "template_scores" else "resnet_slim")
    with torch.no_grad():
        made.model.head.weight.fill_(float("nan"))
    found = EXPLANATIONS[name](made, pictures(made))
    if isinstance(found, Attribution):
        assert torch.equal(found.maps, torch.zeros(3, 28, 28))


@every_explanation
def test_pictures_of_another_size_are_named(name, classifier):
    made = classifier("linear" if name == "template_scores" else "resnet_slim")
    with pytest.raises(SettingError, match=r"uint8 of shape \(pictures, 1, 28, 28\)"):
        EXPLANATIONS[name](made, torch.zeros(2, 1, 27, 28, dtype=torch.uint8))
    with pytest.raises(SettingError, match="float32"):
        EXPLANATIONS[name](made, torch.zeros(2, 1, 28, 28))


@pytest.mark.parametrize("explain_", [grad_cam, occlusion])
@pytest.mark.parametrize(("height", "width"), [(9, 31), (5, 8), (17, 13), (1, 1), (1, 20)])
def test_odd_sizes_have_maps_of_their_own_size(explain_, classifier, pictures, height, width):
    made = classifier("resnet_narrow" if min(height, width) > 1 else "convnet", 3, height, width)
    maps = explain_(made, pictures(made)).maps
    assert maps.shape == (3, height, width)
    assert 0 <= maps.min() <= maps.max() <= 1


def test_there_are_the_first_filters(classifier):
    assert filters(classifier("convnet")).shape[1:] == (1, 3, 3)
    with pytest.raises(SettingError, match="no convolution"):
        filters(classifier("linear"))


@every_model
def test_the_explanation_in_the_docs_explains(model, classifier, pictures, tmp_path):
    page = Path(__file__).parents[3] / "docs" / "extending.md"
    (code,) = [one for one in re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL) if "def saliency" in one]
    (tmp_path / "saliency.py").write_text(code)
    made = classifier(model)
    found = runpy.run_path(str(tmp_path / "saliency.py"))["saliency"](made, pictures(made))
    assert found.maps.shape == (3, 28, 28)
    assert found.maps.amax((1, 2)).tolist() == [1, 1, 1]
    assert torch.equal(found.classes, made(pictures(made)).argmax(1))
