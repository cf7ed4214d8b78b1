import torch
from torch import nn

from muslin.evaluation.explain.templates import template_scores
from muslin.models.layer_stack import LayerStack


def test_pixels_times_templates_sum_up_to_the_scores(classifier, pictures):
    made = classifier("linear", 3, 8, 6)
    images = pictures(made)
    found = template_scores(made, images)
    assert found.templates.shape == (3, 3, 8, 6)
    assert found.contributions.shape == (3, 3, 3, 8, 6)
    assert torch.allclose(found.scores, made(images), atol=1e-4)
    pixel = made.spec.normalise(images)[1, 2, 5, 4] * found.templates[0, 2, 5, 4]
    assert torch.isclose(found.contributions[1, 0, 2, 5, 4], pixel)


def test_a_linear_model_without_a_bias_has_none(classifier, pictures):
    made = classifier(LayerStack(nn.Flatten(), nn.Linear(48, 3, bias=False)), 1, 8, 6)
    found = template_scores(made, pictures(made))
    assert torch.equal(found.bias, torch.zeros(3))
    assert torch.allclose(found.scores, made(pictures(made)), atol=1e-4)
