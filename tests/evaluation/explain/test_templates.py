import torch

from muslin.evaluation.explain.templates import template_scores


def test_pixels_times_templates_sum_up_to_the_scores(classifier, pictures):
    made = classifier("linear", 3, 8, 6)
    images = pictures(made)
    found = template_scores(made, images)
    assert found.templates.shape == (3, 3, 8, 6)
    assert found.contributions.shape == (3, 3, 3, 8, 6)
    assert torch.allclose(found.scores, made(images), atol=1e-4)
    pixel = made.spec.normalise(images)[1, 2, 5, 4] * found.templates[0, 2, 5, 4]
    assert torch.isclose(found.contributions[1, 0, 2, 5, 4], pixel)
