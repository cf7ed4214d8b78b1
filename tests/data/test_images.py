import pytest
import torch
from torch.utils.data import DataLoader

from muslin.data.images import DataSpec, ImageData, pixel_statistics
from muslin.errors import DataError, SettingError
from tests.samples import make_splits


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("channels", [1, 3])
def test_works_in_a_stock_data_loader(channels, workers):
    data = make_splits(channels=channels).train
    seen = [(images, labels) for images, labels in DataLoader(data, 64, num_workers=workers)]
    images, labels = (torch.cat(parts) for parts in zip(*seen, strict=True))
    assert torch.equal(images, data.spec.normalise(data.images))
    assert torch.equal(labels, data.labels)
    assert images.dtype == torch.float32


@pytest.mark.parametrize("channels", [1, 3])
def test_normalising_gives_mean_0_and_deviation_1(channels):
    data = make_splits(channels=channels).train
    pixels = data.spec.normalise(data.images)
    assert pixels.mean((0, 2, 3)).abs().max() < 1e-4
    assert (pixels.std((0, 2, 3)) - 1).abs().max() < 1e-3


def test_statistics_of_blank_pictures_do_not_divide_by_zero():
    assert pixel_statistics(torch.full((5, 1, 2, 2), 255, dtype=torch.uint8)) == ((1.0,), (1.0,))


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (torch.zeros(3, 1, 4, 4), torch.zeros(3).long(), "uint8 is needed"),
        (torch.zeros(3, 4, 4, dtype=torch.uint8), torch.zeros(3).long(), "uint8 is needed"),
        (torch.zeros(3, 1, 4, 4, dtype=torch.uint8), torch.zeros(3), "int64 is needed"),
        (torch.zeros(3, 1, 4, 4, dtype=torch.uint8), torch.zeros(2).long(), "3 pictures but 2 labels"),
        (torch.zeros(0, 1, 4, 4, dtype=torch.uint8), torch.zeros(0).long(), "no pictures"),
        (torch.zeros(3, 1, 4, 4, dtype=torch.uint8), torch.tensor([0, 1, 2]), "labels run from 0 to 2"),
        (torch.zeros(3, 1, 4, 4, dtype=torch.uint8), torch.tensor([0, 1, -100]), "labels run from -100 to 1"),
        (torch.zeros(3, 1, 4, 5, dtype=torch.uint8), torch.tensor([0, 1, 1]), "use pictures of one size"),
    ],
)
def test_what_does_not_fit_is_refused(images, labels, message):
    spec = DataSpec(1, 4, 4, ("a", "b"), (0.5,), (0.5,))
    with pytest.raises(DataError, match=message):
        ImageData(images, labels, spec)


def test_one_class_is_no_classifier():
    with pytest.raises(DataError, match="a classifier needs 2"):
        DataSpec(1, 4, 4, ("only",), (0.5,), (0.5,))


def test_statistics_need_one_number_a_channel():
    with pytest.raises(SettingError, match="one number for each of 3 channels"):
        DataSpec(3, 4, 4, ("a", "b"), (0.5,), (0.5,))
