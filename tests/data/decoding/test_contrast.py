import torch

from muslin.data.decoding.contrast import Contrast


def test_inverted_pictures_are_noticed():
    light_on_dark = torch.zeros(20, 1, 28, 28, dtype=torch.uint8)
    light_on_dark[:, :, 8:20, 8:20] = 200
    usual = Contrast.of(light_on_dark)
    assert usual.border == 0
    assert usual.is_opposite_of(255 - light_on_dark[0])
    assert not usual.is_opposite_of(light_on_dark[0])
    assert not usual.is_opposite_of(torch.full((1, 28, 28), 128, dtype=torch.uint8))
    assert not Contrast(0.5, 0.55).is_opposite_of(255 - light_on_dark[0])
