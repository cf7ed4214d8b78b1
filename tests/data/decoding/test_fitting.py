import numpy as np

from muslin.data.decoding.fitting import fit_to_shape
from muslin.data.decoding.pictures import open_picture

GREY = (1, 28, 28)


def test_a_picture_of_the_models_size_is_left_as_it_is():
    pixels = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    image, _ = open_picture(pixels)
    assert (fit_to_shape(image, GREY)[0] == pixels).all()


def test_shape_is_kept_by_padding_with_the_borders_colour():
    wide = np.full((10, 40), 200, np.uint8)
    wide[4:6, 10:30] = 0
    image, _ = open_picture(wide)
    fitted = fit_to_shape(image, GREY)[0]
    assert (fitted[:8] == 200).all()
    assert (fitted[-8:] == 200).all()
    assert fitted[12:16].min() < 60
