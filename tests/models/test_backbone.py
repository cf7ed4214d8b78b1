"""Every model shows its head, features and maps in the same way; of a person's own model we say what it lacks."""

import pytest
import torch
from torch import nn

from muslin.errors import SettingError
from muslin.models import MODELS, build
from muslin.models.backbone import as_backbone, first_filters, head_prefix
from tests.models.samples import make_spec

RESNET18 = {"stem": (64, 1), "group 1": (64, 1), "group 2": (128, 2), "group 3": (256, 4), "group 4": (512, 8)}
MAPS = {  # channels, and how many times fewer pixels along each side
    "linear": {},
    "mlp": {},
    "convnet": {"convolution 1": (32, 1), "convolution 2": (64, 2)},
    "resnet_slim": {"stem": (32, 2), "group 1": (16, 2), "group 2": (32, 4), "group 3": (64, 8)},
    "resnet_narrow": {"stem": (32, 2), "group 1": (32, 2), "group 2": (64, 4), "group 3": (128, 8)},
    "resnet_wide": {"stem": (32, 2), "group 1": (48, 2), "group 2": (96, 4), "group 3": (192, 8)},
    "resnet20": {"stem": (16, 1), "group 1": (16, 1), "group 2": (32, 2), "group 3": (64, 4)},
    "resnet18": RESNET18,
    "resnet34": RESNET18,
    "efficientnet_lite0": {
        "stem": (32, 2), "stage 1": (16, 2), "stage 2": (24, 4), "stage 3": (40, 8), "stage 4": (80, 16),
        "stage 5": (112, 16), "stage 6": (192, 32), "stage 7": (320, 32), "top": (1280, 32),
    },
}  # fmt: skip

POOLINGS = {"amax": ("resnet_slim", "resnet_narrow", "resnet_wide"), "mean": ("resnet20", "resnet18", "resnet34")}


def built(name, **shape):
    torch.manual_seed(0)
    model = build(name, make_spec(**shape)).eval()
    return model, as_backbone(model, "this test")


def some(count=3, channels=1, height=28, width=28):
    return torch.randn(count, channels, height, width, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", MODELS)
def test_logits_are_the_head_of_the_features(name, training):
    model, backbone = built(name)
    model.train(training)
    with torch.no_grad():
        assert torch.equal(backbone.head(backbone.features(some())), model(some()))
        assert torch.equal(backbone.feature_maps(some())[1], backbone.features(some()))
    assert backbone.features(some()).shape == (3, backbone.head.in_features)


@pytest.mark.parametrize("shape", [{}, {"channels": 3, "height": 32, "width": 64}], ids=["grey", "colour"])
@pytest.mark.parametrize("name", MODELS)
def test_maps_have_the_channels_and_pixels_that_are_stated(name, shape):
    images = some(**shape)
    maps, _ = built(name, **shape)[1].feature_maps(images)
    expected = {
        key: (3, channels, -(-images.shape[2] // by), -(-images.shape[3] // by))
        for key, (channels, by) in MAPS[name].items()
    }
    if name in POOLINGS["amax"]:
        expected["stem"] = 3, 32 * images.shape[1], *expected["stem"][2:]  # fixed filters, for each channel its own
    assert {key: tuple(value.shape) for key, value in maps.items()} == expected
    assert list(maps) == list(expected), "finest first"


@pytest.mark.parametrize(
    ("pooling", "name"), [(pooling, name) for pooling, names in POOLINGS.items() for name in names]
)
def test_the_last_map_pooled_gives_the_features(pooling, name):
    maps, features = built(name)[1].feature_maps(some())
    assert torch.equal(getattr(list(maps.values())[-1], pooling)((2, 3)), features)


def test_the_last_map_of_the_other_models_gives_the_features():
    maps, features = built("efficientnet_lite0")[1].feature_maps(some())
    assert torch.equal(maps["top"].mean((2, 3)), features)
    model, backbone = built("convnet")
    maps, features = backbone.feature_maps(some())
    assert torch.equal(nn.Sequential(*list(model)[-5:-1])(maps["convolution 2"]), features)


def test_without_maps_features_are_pixels_or_hidden_units():
    assert torch.equal(built("linear")[1].features(some()), some().flatten(1))
    model, backbone = built("mlp")
    assert torch.equal(backbone.features(some()), model[1](some().flatten(1)).relu())


@pytest.mark.parametrize("name", MODELS)
def test_a_logit_has_a_gradient_at_every_map_and_at_the_picture(name):
    model, backbone = built(name)
    model.requires_grad_(requires_grad=False)
    images = some().requires_grad_()
    maps, features = backbone.feature_maps(images)
    targets = {"picture": images, **maps}
    gradients = torch.autograd.grad(backbone.head(features)[:, 1].sum(), list(targets.values()))
    for key, target, gradient in zip(targets, targets.values(), gradients, strict=True):
        assert gradient.shape == target.shape, key
        assert gradient.isfinite().all(), key
        assert gradient.flatten(1).abs().sum(1).min() > 0, key


def test_the_gradient_at_a_map_is_that_of_the_rest_of_the_model():
    model, backbone = built("resnet_narrow")
    maps, features = backbone.feature_maps(some())
    (found,) = torch.autograd.grad(backbone.head(features)[:, 1].sum(), maps["group 1"])
    again = maps["group 1"].detach().requires_grad_()
    logits = model.head(model.groups[1:](again).amax((2, 3)))
    assert torch.allclose(torch.autograd.grad(logits[:, 1].sum(), again)[0], found, atol=1e-6)


@pytest.mark.parametrize("name", MODELS)
def test_the_heads_weights_are_told_from_others(name):
    model, backbone = built(name)
    prefix = head_prefix(model)
    own = {key.removeprefix(prefix) for key in model.state_dict() if key.startswith(prefix)}
    assert own == set(backbone.head.state_dict())


@pytest.mark.parametrize(
    ("name", "shape"),
    [("convnet", (32, 3, 3, 3)), ("resnet20", (16, 3, 3, 3)), ("resnet_narrow", (96, 1, 4, 4)),
     ("efficientnet_lite0", (32, 3, 3, 3))],
)  # fmt: skip
def test_first_filters_are_the_first_tensor_of_the_model(name, shape):
    model, _ = built(name, channels=3)
    filters = first_filters(model)
    assert filters.shape == shape
    assert torch.equal(filters, next(iter(model.state_dict().values())))
    assert not filters.requires_grad


def test_dense_layers_are_no_filters():
    assert first_filters(built("linear")[0]) is None
    assert first_filters(built("mlp")[0]) is None


class Headless(nn.Module):
    """Has features and no more."""

    def features(self, images):
        return images.flatten(1)


def test_all_that_a_persons_own_model_lacks_is_said_at_once():
    with pytest.raises(
        SettingError,
        match=r"type Sequential has no head that is a torch.nn.Linear, no method features\(images\), no method "
        r"feature_maps\(images\), which Grad-CAM needs; take one of Muslin's own, such as efficientnet_lite0, or add",
    ):
        as_backbone(nn.Sequential(nn.Flatten(), nn.Linear(4, 2)), "Grad-CAM")
    with pytest.raises(SettingError, match=r"Headless has no head that is a torch.nn.Linear, no method feature_maps"):
        as_backbone(Headless(), "Grad-CAM")


def test_a_persons_own_model_can_be_one():
    model = Headless()
    model.head = nn.Linear(4, 2)
    model.feature_maps = lambda images: ({}, model.features(images))
    assert as_backbone(model, "a new head") is model
