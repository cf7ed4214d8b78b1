import pytest
import torch

from muslin.data.decoding.contrast import Contrast


def test_inverted_pictures_are_noticed():
    light_on_dark = torch.zeros(20, 1, 28, 28, dtype=torch.uint8)
    light_on_dark[:, :, 8:20, 8:20] = 200
    usual = Contrast.of(light_on_dark)
    assert usual.border == 0
    grey = torch.full((1, 28, 28), 128, dtype=torch.uint8)
    pictures = torch.stack([255 - light_on_dark[0], light_on_dark[0], grey]).numpy()
    assert usual.opposites_in(pictures).tolist() == [True, False, False]
    assert usual.opposites_in(pictures.repeat(3, axis=1)).tolist() == [True, False, False]
    assert not Contrast(0.5, 0.55).opposites_in(pictures).any()
    all_border = torch.zeros(1, 1, 1, 2, dtype=torch.uint8).numpy()
    assert usual.opposites_in(all_border).tolist() == [False]


def test_many_pictures_of_many_colours_are_added_up_piece_by_piece():
    images = torch.randint(0, 256, (50, 3, 9, 11), dtype=torch.uint8, generator=torch.manual_seed(0))
    contrast, mean = Contrast.of(images), images.double().mean((0, 1)) / 255
    assert contrast.middle == pytest.approx(mean[1:8, 1:10].mean().item(), abs=1e-6)
    assert contrast.border * (99 - 63) == pytest.approx((mean.sum() - mean[1:8, 1:10].sum()).item(), abs=1e-4)
