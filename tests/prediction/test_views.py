import pytest
import torch
from torch import nn

from muslin.errors import SettingError
from muslin.prediction.views import UNSURE, check_views, passes, predict_logits, shifts


class Looker(nn.Module):
    """A linear model that counts the pictures it is shown."""

    def __init__(self, scale=1.0):
        super().__init__()
        self.scale, self.shown = scale, 0
        self.layer = nn.Linear(2 * 6 * 5, 3)

    def forward(self, images):
        self.shown += len(images)
        return self.scale * self.layer(images.flatten(1))


@pytest.fixture
def images():
    return torch.randn(40, 2, 6, 5, generator=torch.Generator().manual_seed(0))


def margins(logits):
    ordered = logits.softmax(1).sort(1).values
    return ordered[:, -1] - ordered[:, -2]


def test_two_views_average_the_logits(images):
    torch.manual_seed(0)
    model = Looker()
    both = (model(images) + model(images.flip(3))) / 2
    assert torch.allclose(predict_logits(model, images, 2).averaged, both, atol=1e-6)
    assert torch.equal(predict_logits(model, images, 1).averaged, model(images))


def test_shifts_move_by_a_pixel_and_repeat_the_edge(images):
    down, up, right, left = shifts(images)
    assert torch.equal(down[:, :, 1:], images[:, :, :-1])
    assert torch.equal(down[:, :, 0], images[:, :, 0])
    assert torch.equal(up[:, :, :-1], images[:, :, 1:])
    assert torch.equal(right[:, :, :, 1:], images[:, :, :, :-1])
    assert torch.equal(left[:, :, :, :-1], images[:, :, :, 1:])
    assert torch.equal(left[:, :, :, -1], images[:, :, :, -1])


def test_only_unsure_pictures_get_the_other_eight_views(images):
    torch.manual_seed(0)
    model = Looker(scale=2.0)
    two = predict_logits(model, images, 2).averaged
    unsure = margins(two) < UNSURE
    assert 0 < unsure.sum() < len(images)
    model.shown = 0
    ten = predict_logits(model, images, 10).averaged
    assert model.shown == 2 * len(images) + 8 * unsure.sum()
    assert torch.equal(ten[~unsure], two[~unsure])
    every_view = [view for shifted in (images, *shifts(images)) for view in (shifted, shifted.flip(3))]
    mean = torch.stack([model(view) for view in every_view]).mean(0)
    assert torch.allclose(ten[unsure], mean[unsure], atol=1e-6)
    assert not torch.allclose(ten[unsure], two[unsure], atol=1e-3)


def test_a_pictures_views_do_not_depend_on_its_batch(images):
    torch.manual_seed(0)
    model = Looker(scale=2.0)
    alone = torch.cat([predict_logits(model, part, 10).averaged for part in images.split(7)])
    assert torch.allclose(predict_logits(model, images, 10).averaged, alone, atol=1e-6)


def test_sure_of_everything_there_is_nothing_more_to_look_at(images):
    model = Looker(scale=1e6)
    predict_logits(model, images, 10)
    assert model.shown == 2 * len(images)


@pytest.mark.parametrize("views", [1, 2, 10])
def test_one_view_comes_with_the_others(images, views):
    torch.manual_seed(0)
    model = Looker(scale=2.0)
    assert torch.equal(predict_logits(model, images, views).one_view, model(images))


@pytest.mark.parametrize("views", [0, 3, -1])
def test_other_numbers_of_views_are_refused(views):
    with pytest.raises(SettingError, match=f"views is {views}; it must be 1 .the picture., 2"):
        check_views(views)


def test_passes_lie_between_two_and_all_views():
    assert [passes(views) for views in (1, 2)] == [1, 2]
    assert 2 < passes(10) < 10


def test_five_views_are_the_shifted_ones_without_mirror_images(images):
    torch.manual_seed(0)
    model = Looker(scale=2.0)
    one = predict_logits(model, images, 1).averaged
    unsure = margins(one) < UNSURE
    assert 0 < unsure.sum() < len(images)
    model.shown = 0
    five = predict_logits(model, images, 5)
    assert model.shown == len(images) + 4 * unsure.sum()
    assert torch.equal(five.one_view, one)
    assert torch.equal(five.averaged[~unsure], one[~unsure])
    every_view = torch.stack([model(view[unsure]) for view in (images, *shifts(images))])
    assert torch.allclose(five.averaged[unsure], every_view.mean(0), atol=1e-6)


def test_large_pictures_are_shifted_by_as_large_a_share():
    images = torch.randn(2, 1, 84, 90, generator=torch.manual_seed(0))
    down, _, _, left = shifts(images)
    assert torch.equal(down[:, :, 3:], images[:, :, :-3])
    assert torch.equal(left[:, :, :, :-3], images[:, :, :, 3:])


def test_a_model_that_tells_left_from_right_has_no_mirrored_views():
    for views in (1, 5):
        check_views(views, mirrors=False)
    for views in (2, 10):
        check_views(views)
        with pytest.raises(
            SettingError, match=f"views is {views}, with mirror images, but the run tells left from right"
        ):
            check_views(views, mirrors=False)
