import pytest
import torch

from muslin.config import Augmentation
from muslin.data.batches import TrainingBatches, in_order
from muslin.errors import SettingError
from tests.samples import make_splits

PLAIN = Augmentation(flip="none", shift=0)


@pytest.mark.parametrize("batch_size", [1, 7, 64, 270, 10_000])
def test_an_epoch_shows_every_picture_once_in_even_batches(splits, batch_size):
    batches = TrainingBatches(splits.train, batch_size, PLAIN, seed=0)
    seen = list(batches.epoch(0))
    sizes = [len(labels) for _, labels in seen]
    assert len(seen) == len(batches)
    assert max(sizes) <= batch_size
    assert max(sizes) - min(sizes) <= 1
    images = torch.cat([images for images, _ in seen])
    order = batches.order(0)
    assert sorted(order.tolist()) == list(range(270))
    assert torch.equal(images, splits.train.spec.normalise(splits.train.images[order]))
    assert torch.equal(torch.cat([labels for _, labels in seen]), splits.train.labels[order])


def test_epochs_and_seeds_differ_and_repeat(splits):
    first = TrainingBatches(splits.train, 64, PLAIN, seed=0)
    assert torch.equal(first.order(1), TrainingBatches(splits.train, 64, PLAIN, seed=0).order(1))
    assert not torch.equal(first.order(0), first.order(1))
    assert not torch.equal(first.order(0), TrainingBatches(splits.train, 64, PLAIN, seed=1).order(0))


def test_an_epoch_can_start_in_its_middle(splits):
    batches = TrainingBatches(splits.train, 64, Augmentation(erase=3), seed=0)
    whole, rest = list(batches.epoch(2)), list(batches.epoch(2, start=3))
    assert len(rest) == len(whole) - 3
    for (images, labels), (more, more_labels) in zip(whole[3:], rest, strict=True):
        assert torch.equal(images, more)
        assert torch.equal(labels, more_labels)


def test_batches_are_channels_last():
    images, _ = next(TrainingBatches(make_splits(channels=3).train, 64, PLAIN, seed=0).epoch(0))
    assert images.is_contiguous(memory_format=torch.channels_last)


def test_in_order_gives_every_picture_in_its_place(splits):
    seen = list(in_order(splits.test, 25))
    assert [len(labels) for _, labels in seen] == [25, 25, 10]
    assert torch.equal(torch.cat([labels for _, labels in seen]), splits.test.labels)
    assert torch.equal(torch.cat([images for images, _ in seen]), splits.test.spec.normalise(splits.test.images))


def test_batch_size_0_is_refused(splits):
    with pytest.raises(SettingError, match="batch size is 0; at least 1"):
        TrainingBatches(splits.train, 0, PLAIN, seed=0)
