import subprocess
import sys

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from muslin.data.images import ImageData, MappedPictures, pixel_statistics
from muslin.data.spec import DataSpec
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


@pytest.fixture
def mapped(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (500, 3, 10, 10), dtype=np.uint8)
    (tmp_path / "pictures").write_bytes(b"header" + images.tobytes())
    return torch.from_numpy(images), MappedPictures(tmp_path / "pictures", 6, images.shape)


def test_mapped_pictures_are_those_of_the_file(mapped):
    images, file = mapped
    assert torch.equal(file.images, images)
    file.give_back()
    file.announce(file.images[100:200], 7, 93)
    assert torch.equal(file.images, images)


def test_writing_changes_no_file(mapped, tmp_path):
    images, file = mapped
    file.images.fill_(0)
    assert torch.equal(MappedPictures(tmp_path / "pictures", 6, tuple(images.shape)).images, images)


def test_statistics_of_streamed_pictures_are_the_same_to_the_bit(mapped, monkeypatch):
    images, file = mapped
    whole = pixel_statistics(images)
    monkeypatch.setattr("muslin.data.images.BLOCK", 7 * 300)
    assert pixel_statistics(file.images, file) == whole


def test_streamed_data_stay_where_they_are(mapped):
    _, file = mapped
    spec = DataSpec(3, 10, 10, ("a", "b"), (0.5,) * 3, (0.5,) * 3)
    data = ImageData(file.images, torch.arange(500) % 2, spec, file)
    moved = data.to(torch.device("meta"))
    assert moved.images is file.images
    assert (data.device.type, moved.device.type, moved.file) == ("cpu", "meta", file)


def test_a_mapping_may_be_larger_than_memory(tmp_path):
    with (tmp_path / "large").open("wb") as large:
        large.truncate(1 << 40)  # of holes
    assert MappedPictures(tmp_path / "large", 0, (1 << 28, 1, 64, 64)).images[-1].sum() == 0


RESIDENT = """
import sys
from pathlib import Path
import torch
from muslin.config import Augmentation
from muslin.data.batches import TrainingBatches, sequential_batches
from muslin.data.images import DataSpec, ImageData, MappedPictures, pixel_statistics

count = 16384  # 201 MB
file = MappedPictures(Path(sys.argv[1]), 0, (count, 3, 64, 64))
data = ImageData(file.images, torch.arange(count) % 2, DataSpec(3, 64, 64, ("a", "b"), (0.5,) * 3, (0.5,) * 3), file)

def resident():  # MB of files and of everything
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return [int(lines[name].split()[0]) / 1024 for name in ("RssFile", "VmRSS")]

def most(batches):
    next(batches)
    before = resident()
    seen = [now for i, _ in enumerate(batches) if i % 4 == 0 for now in [resident()]]
    return [max(column) - start for column, start in zip(zip(*seen), before)]

def statistics():
    yield
    pixel_statistics(file.images, file)
    yield

plain = Augmentation(flip="none", shift=0)
print(*most(TrainingBatches(data, 128, plain, 0, window=8 << 20).epoch(0)))
print(*most(TrainingBatches(data, 128, plain, 0, window=8 << 20, balance="sample").epoch(0)))
print(*most(sequential_batches(data, 128)))
print(*most(statistics()))
before = resident()
file.images.sum()
print(*[after - start for after, start in zip(resident(), before)])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_stays_flat_while_streaming(tmp_path):
    with (tmp_path / "large").open("wb") as large:
        large.truncate(16384 * 3 * 64 * 64)
    command = [sys.executable, "-c", RESIDENT, str(tmp_path / "large")]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    *streamed, everything = [[float(number) for number in line.split()] for line in output.splitlines()]
    assert len(streamed) == 4
    for of_files, of_all in streamed:
        assert of_files < 40  # MB: a window or a block, and what the system reads ahead
        assert of_all < 60
    assert everything[0] > 180  # what is not given back stays
