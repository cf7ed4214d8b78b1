"""Grad-CAM and occlusion against captum and by hand, and what deletion says of them."""

import math

import pytest
import torch
import torch.nn.functional as F
from captum.attr import LayerGradientXActivation, Occlusion
from torch import nn

from muslin.errors import SettingError
from muslin.evaluation.explain.attribution import Attribution
from muslin.evaluation.explain.deletion import deletion_curve, patch_of_pixels
from muslin.evaluation.explain.grad_cam import CELLS, enlarged, grad_cam, layer_of
from muslin.evaluation.explain.occlusion import occlusion


class Corner(nn.Module):
    """Says class 1 the more the brighter the upper left quarter is, and class 0 or 2 by nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.Conv2d(1, 2, 1)
        self.head = nn.Linear(2, 3)
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.zero_()
            self.blocks.weight[0] = 1.0
            self.head.weight[1, 0] = 40.0

    def feature_maps(self, images):
        maps = self.blocks(images).relu()
        weights = torch.zeros(images.shape[2:])
        weights[: images.shape[2] // 2, : images.shape[3] // 2] = 1
        return {"blocks": maps}, (maps * weights).mean((2, 3))

    def features(self, images):
        return self.feature_maps(images)[1]

    def forward(self, images):
        return self.head(self.features(images))


@pytest.mark.parametrize("explain", [grad_cam, occlusion])
def test_the_evidence_lies_where_it_was_put(explain, classifier):
    made = classifier(Corner())
    images = torch.full((2, 1, 28, 28), 255, dtype=torch.uint8)
    found = explain(made, images)
    assert found.classes.tolist() == [1, 1]
    assert found.maps[:, :8, :8].min() > 0.9
    assert found.maps[:, 17:, :].max() == found.maps[:, :, 17:].max() == 0


@pytest.mark.parametrize(("model", "side"), [("resnet20", 29), ("convnet", 29), ("resnet18", 57)])
def test_the_map_lies_on_the_picture_where_the_cells_saw_it(model, side, classifier):
    """Halved sides are rounded up: cells are a power of two pixels apart, though they do not divide the picture."""
    made = classifier(model, 1, side, side)
    cells = layer_of(made)[1][0]
    evidence = torch.zeros(1, cells, cells)
    evidence[0, cells // 2, cells - 1] = 1
    step = 2 ** round(math.log2(side / cells))
    rows, columns = (enlarged(evidence, side, side)[0] > 0.5).nonzero().T
    assert rows.float().mean() == pytest.approx(step * (cells // 2) + (step - 1) / 2, abs=0.01)
    assert columns.max() == side - 1
    assert columns.min() >= step * (cells - 1) - 1


@pytest.mark.parametrize(
    ("model", "side", "layer"),
    [
        ("resnet_narrow", 28, "group 1, 14 x 14"), ("resnet_narrow", 64, "group 2, 16 x 16"),
        ("resnet_narrow", 12, "group 1, 6 x 6"), ("convnet", 28, "convolution 2, 14 x 14"),
        ("resnet20", 28, "group 2, 14 x 14"), ("efficientnet_lite0", 224, "stage 5, 14 x 14"),
    ],
)  # fmt: skip
def test_the_layer_is_found_and_named(model, side, layer, classifier, pictures):
    made = classifier(model, 1, side, side)
    assert grad_cam(made, pictures(made, 1)).layer == layer


def test_where_there_is_no_evidence_the_map_is_blank(classifier):
    found = grad_cam(classifier(Corner()), torch.zeros(2, 1, 28, 28, dtype=torch.uint8), torch.tensor([0, 2]))
    assert found.maps.abs().max() == 0


def captum_map(made, images, classes, method, layer):
    found = method(made.model, layer).attribute(
        made.spec.normalise(images).requires_grad_(), target=classes, attribute_to_layer_input=False
    )
    evidence = F.interpolate(found.sum(1, keepdim=True).relu(), images.shape[2:], mode="bilinear")[:, 0].detach()
    return evidence / evidence.amax((1, 2), keepdim=True).clamp(min=1e-30)


def test_grad_cam_weighs_each_cell_as_captum_does(classifier, pictures):
    made = classifier("convnet", 3, 32, 32)
    images, classes = pictures(made), torch.tensor([2, 0, 1])
    found = grad_cam(made, images, classes)
    name, _, size = found.layer.partition(", ")
    h, w = map(int, size.split(" x "))
    assert min(h, w) >= CELLS
    layers = [m for m in made.model.modules() if not list(m.children())]
    shapes = {}
    for layer in layers:
        layer.register_forward_hook(lambda m, _, out: shapes.update({m: out}))
    made(images)
    maps = made.model.feature_maps(made.spec.normalise(images))[0][name]
    layer = next(m for m in reversed(layers) if shapes[m].shape == maps.shape and torch.allclose(shapes[m], maps))
    expected = captum_map(made, images, classes, LayerGradientXActivation, layer)
    assert torch.allclose(found.maps, expected, atol=1e-4)


def test_in_the_last_layer_it_is_grad_cam(classifier, pictures):
    """Where the head sees the mean of the maps, every cell has the same slope."""
    made = classifier("resnet18", 3, 32, 32)
    images, classes = pictures(made), torch.tensor([2, 0, 1])
    maps, features = made.model.feature_maps(made.spec.normalise(images).requires_grad_())
    last = list(maps)[-1]
    assert torch.allclose(maps[last].mean((2, 3)), features, atol=1e-5)
    (slope,) = torch.autograd.grad(made.model.head(features).gather(1, classes[:, None]).sum(), maps[last])
    assert torch.allclose(slope, slope.mean((2, 3), keepdim=True).expand_as(slope), atol=1e-7)


def test_occlusion_is_captums_with_patches_side_by_side(classifier, pictures):
    made = classifier("linear", 1, 8, 8)
    images, classes = pictures(made), torch.tensor([2, 0, 1])
    window = Occlusion(lambda x: made.model(x).softmax(1))
    expected = window.attribute(
        made.spec.normalise(images), sliding_window_shapes=(1, 1, 1), target=classes, baselines=0
    )[:, 0].relu()
    found = occlusion(made, images, classes, size=1).maps
    assert torch.allclose(found, expected / expected.amax((1, 2), keepdim=True), atol=1e-4)


@pytest.mark.parametrize(("size", "side"), [(4, 10), (3, 8), (5, 9)])
def test_occlusion_is_captums_with_patches_that_overlap(size, side, classifier, pictures):
    made = classifier("mlp", 3, side, side)
    images, classes = pictures(made), torch.tensor([2, 0, 1])
    expected = Occlusion(lambda x: made.model(x).softmax(1)).attribute(
        made.spec.normalise(images), sliding_window_shapes=(3, size, size), strides=(3, size // 2, size // 2),
        target=classes, baselines=0,
    )[:, 0].relu()  # fmt: skip
    found = occlusion(made, images, classes, size).maps
    assert torch.allclose(found, expected / expected.amax((1, 2), keepdim=True).clamp(min=1e-30), atol=1e-4)


def test_patches_cover_every_pixel_as_often_as_they_are_averaged(classifier):
    made = classifier(Corner())
    found = occlusion(made, torch.full((1, 1, 28, 28), 255, dtype=torch.uint8), size=28)
    assert torch.equal(found.maps, torch.ones(1, 28, 28))  # one patch, which covers all


@pytest.mark.parametrize("size", [0, 29, -3])
def test_a_patch_must_fit(classifier, pictures, size):
    made = classifier("linear")
    with pytest.raises(SettingError, match=f"size is {size}; it must be from 1 to 28"):
        occlusion(made, pictures(made), size=size)


@pytest.mark.parametrize("classes", [[0, 3, 1], [0, -1, 1]])
def test_classes_are_checked(classifier, pictures, classes):
    made = classifier()
    with pytest.raises(SettingError, match="the classifier knows 0 to 2"):
        grad_cam(made, pictures(made), torch.tensor(classes))
    with pytest.raises(SettingError, match="one for each picture"):
        grad_cam(made, pictures(made), torch.tensor([0, 1]))


def test_deleting_what_matters_costs_more_than_deleting_at_random(classifier):
    made = classifier(Corner())
    images = torch.full((8, 1, 28, 28), 255, dtype=torch.uint8)
    curve = deletion_curve(made, images, grad_cam(made, images))
    wrong = Attribution(1 - grad_cam(made, images).maps, torch.ones(8, dtype=torch.int64), "")
    assert curve.area < curve.random_area < deletion_curve(made, images, wrong).area
    assert curve.by_map[0] == pytest.approx(curve.at_random[0])
    assert curve.by_map[-1] == pytest.approx(curve.at_random[-1])
    assert len(curve.shares) == 50


def test_patches_are_as_equal_as_can_be():
    assert patch_of_pixels(28, 28).flatten().bincount().tolist() == [16] * 49
    assert sorted(patch_of_pixels(3, 9).flatten().bincount().unique().tolist()) == [1, 2]
    assert patch_of_pixels(3, 9).max() == 20


def test_deletion_needs_pictures_and_their_maps(classifier, pictures):
    made = classifier("linear")
    images = pictures(made)
    maps = occlusion(made, images)
    with pytest.raises(SettingError, match="one map of the same size for each picture"):
        deletion_curve(made, images, Attribution(maps.maps[:, 1:], maps.classes, ""))
    with pytest.raises(SettingError, match="one for each picture"):
        deletion_curve(made, images[:2], maps)
    with pytest.raises(SettingError, match="at least one picture"):
        deletion_curve(made, images[:0], occlusion(made, images[:0]))


def test_random_orders_follow_from_the_seed(classifier, pictures):
    made = classifier("convnet", 1, 12, 12)
    images = pictures(made)
    maps = occlusion(made, images)
    first, same, other = (deletion_curve(made, images, maps, seed=seed).at_random for seed in (0, 0, 1))
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


def test_fewer_steps_are_some_of_all(classifier, pictures):
    made = classifier("convnet", 1, 14, 14)
    images = pictures(made)
    maps = occlusion(made, images)
    whole, few = deletion_curve(made, images, maps), deletion_curve(made, images, maps, steps=7)
    assert torch.allclose(few.shares, whole.shares[::7])
    assert torch.allclose(few.by_map, whole.by_map[::7])
    assert torch.allclose(few.at_random, whole.at_random[::7])
    with pytest.raises(SettingError, match="steps is 0"):
        deletion_curve(made, images, maps, steps=0)
