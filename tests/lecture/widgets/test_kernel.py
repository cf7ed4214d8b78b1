"""The kernel's garments and weights are what their names say."""

from base64 import b64decode

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from muslin.data.sources import load_splits
from muslin.lecture.garments import test_garments as garments
from muslin.lecture.widgets import kernel


def test_the_test_pictures_are_the_data_sets():
    images, labels = garments()
    test = load_splits("fashion-mnist").test
    assert torch.equal(torch.from_numpy(images), test.images[:, 0])
    assert torch.equal(torch.from_numpy(labels), test.labels)


def test_each_garment_comes_with_its_class():
    values = kernel.values(None)
    pictures = np.frombuffer(b64decode(values["garments"]), dtype=np.uint8).reshape(-1, 28, 28)
    images, _ = garments()
    assert (pictures == images[list(kernel.GARMENTS)]).all()
    assert values["labels"] == ["Shirt", "Pullover", "Ankle boot", "T-shirt/top", "Bag", "Dress"]


@pytest.mark.parametrize(
    ("name", "even", "ramp"),
    [
        ("upright edges", 0, 8),
        ("level edges", 0, 0),
        ("all edges", 0, 0),
        ("blur", 1, 1),
        ("sharpen", 1, 1),
        ("as it is", 1, 1),
    ],
)
def test_what_kernels_make_of_even_surfaces_and_of_slopes(name, even, ramp):
    weights = {each["name"]: each["weights"] for each in kernel.values(None)["kernels"]}[name]
    window = torch.tensor(weights, dtype=torch.float64).reshape(1, 1, 3, 3)
    surface = torch.ones(1, 1, 3, 3, dtype=torch.float64)
    slope = torch.arange(3, dtype=torch.float64).expand(1, 1, 3, 3)
    assert F.conv2d(surface, window).item() == pytest.approx(even)
    assert F.conv2d(slope, window).item() == pytest.approx(ramp)
