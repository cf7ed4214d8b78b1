import pytest
import torch

from muslin.config import Augmentation
from muslin.data.batches import TrainingBatches, draw_balanced, sequential_batches
from muslin.data.images import ImageData, MappedPictures
from muslin.errors import SettingError
from tests.samples import make_splits

PLAIN = Augmentation(flip="none", shift=0)


@pytest.mark.parametrize("batch_size", [1, 7, 64, 270, 10_000])
def test_an_epoch_shows_every_picture_once_in_even_batches(splits, batch_size):
    batches = TrainingBatches(splits.train, batch_size, PLAIN, seed=0)
    seen = list(batches.epoch(0))
    sizes = [len(batch.labels) for batch in seen]
    assert len(seen) == batches.steps(0)
    assert [batch.whole_count for batch in seen] == sizes
    assert max(sizes) <= batch_size
    assert max(sizes) - min(sizes) <= 1
    images = torch.cat([batch.images for batch in seen])
    order = batches.order(0)
    assert torch.equal(torch.cat([batch.indices for batch in seen]), order)
    assert sorted(order.tolist()) == list(range(270))
    assert torch.equal(images, splits.train.spec.normalise(splits.train.images[order]))
    assert torch.equal(torch.cat([batch.labels for batch in seen]), splits.train.labels[order])


def test_epochs_and_seeds_differ_and_repeat(splits):
    first = TrainingBatches(splits.train, 64, PLAIN, seed=0)
    assert torch.equal(first.order(1), TrainingBatches(splits.train, 64, PLAIN, seed=0).order(1))
    assert not torch.equal(first.order(0), first.order(1))
    assert not torch.equal(first.order(0), TrainingBatches(splits.train, 64, PLAIN, seed=1).order(0))


def test_an_epoch_can_start_in_its_middle(splits):
    batches = TrainingBatches(splits.train, 64, Augmentation(erase=3), seed=0)
    whole, rest = list(batches.epoch(2)), list(batches.epoch(2, start=3))
    assert len(rest) == len(whole) - 3
    for batch, again in zip(whole[3:], rest, strict=True):
        assert torch.equal(batch.images, again.images)
        assert torch.equal(batch.labels, again.labels)


def test_batches_are_channels_last():
    images, *_ = next(TrainingBatches(make_splits(channels=3).train, 64, PLAIN, seed=0).epoch(0))
    assert images.is_contiguous(memory_format=torch.channels_last)


def test_sequential_batches_gives_every_picture_in_its_place(splits):
    seen = list(sequential_batches(splits.test, 25))
    assert [len(labels) for _, labels in seen] == [25, 25, 10]
    assert torch.equal(torch.cat([labels for _, labels in seen]), splits.test.labels)
    assert torch.equal(torch.cat([images for images, _ in seen]), splits.test.spec.normalise(splits.test.images))


def test_batch_size_0_is_refused(splits):
    with pytest.raises(SettingError, match="batch size is 0; at least 1"):
        TrainingBatches(splits.train, 0, PLAIN, seed=0)


WINDOW = 4000  # bytes: 27 pictures of 12 x 12


@pytest.fixture
def streamed(splits, tmp_path):
    """The training pictures in the middle of a file."""
    (tmp_path / "pictures").write_bytes(b"head" + b"x" * 144 + splits.train.images.numpy().tobytes())
    file = MappedPictures(tmp_path / "pictures", 4, (271, 1, 12, 12))
    return ImageData(file.images[1:], splits.train.labels, splits.train.spec, file)


@pytest.mark.parametrize("batch_size", [1, 7, 64, 270, 10_000])
@pytest.mark.parametrize("window", [1, WINDOW, 1 << 20])
def test_a_streamed_epoch_shows_every_picture_once(splits, streamed, batch_size, window):
    batches = TrainingBatches(streamed, batch_size, PLAIN, seed=0, window=window)
    images, labels, indices, _ = zip(*batches.epoch(0), strict=True)
    images, labels = torch.cat(images), torch.cat(labels)
    order = batches.order(0)
    assert torch.equal(torch.cat(indices), order)
    assert sorted(order.tolist()) == list(range(270))
    assert torch.equal(images, splits.train.spec.normalise(splits.train.images[order]))
    assert torch.equal(labels, splits.train.labels[order])


@pytest.mark.parametrize("balance", ["none", "sample"])
@pytest.mark.parametrize("is_streamed", [False, True])
def test_an_epoch_can_leave_pictures_out(splits, streamed, is_streamed, balance):
    data = streamed if is_streamed else splits.train
    shown = torch.arange(270) % 3 > 0
    batches = TrainingBatches(data, 30, Augmentation(shift=2), seed=0, balance=balance, window=WINDOW)
    seen = list(batches.epoch(1, shown=shown))
    indices = torch.cat([batch.indices for batch in seen])
    whole = batches.order(1)
    assert shown[indices].all()
    assert indices.bincount(minlength=270).tolist() == (whole.bincount(minlength=270) * shown).tolist()
    assert len(seen) == batches.steps(1, shown) == -(-len(indices) // 30)
    if balance == "none":  # a picture is changed in the same way whatever is shown beside it
        images = torch.cat([batch.images for batch in batches.epoch(1)])[whole.argsort()]
        assert torch.equal(torch.cat([batch.images for batch in seen]), images[indices])


def test_streamed_batches_are_cut_and_changed_as_those_in_memory(splits, streamed, monkeypatch):
    settings = Augmentation(flip="random", shift=2, erase=3)
    resident, mapped = (TrainingBatches(data, 64, settings, seed=3) for data in (splits.train, streamed))
    monkeypatch.setattr(resident, "order", mapped.order)
    for one, other in zip(resident.epoch(2), mapped.epoch(2), strict=True):
        assert torch.equal(one[0], other[0])
        assert torch.equal(one[1], other[1])


def test_streamed_epochs_and_seeds_differ_and_repeat(streamed):
    first = TrainingBatches(streamed, 9, PLAIN, seed=0, window=WINDOW)
    assert torch.equal(first.order(1), TrainingBatches(streamed, 9, PLAIN, seed=0, window=WINDOW).order(1))
    assert not torch.equal(first.order(0), first.order(1))
    assert not torch.equal(first.order(0), TrainingBatches(streamed, 9, PLAIN, seed=1, window=WINDOW).order(0))


@pytest.mark.parametrize("balance", ["none", "sample"])
@pytest.mark.parametrize("start", [1, 6, 7, 29])
def test_a_streamed_epoch_can_start_in_its_middle(streamed, start, balance):
    batches = TrainingBatches(streamed, 9, Augmentation(erase=3), seed=0, window=WINDOW, balance=balance)
    whole, rest = list(batches.epoch(2)), list(batches.epoch(2, start=start))
    assert len(rest) == len(whole) - start
    for batch, again in zip(whole[start:], rest, strict=True):
        assert torch.equal(batch.images, again.images)
        assert torch.equal(batch.labels, again.labels)


def test_a_window_is_few_stretches_of_the_file_mixed_fully(streamed):
    batches = TrainingBatches(streamed, 9, PLAIN, seed=0, window=WINDOW)
    assert (batches.block, batches.window) == (6, 3)
    order = batches.order(0)
    for window in order.split(27):
        stretches = (window.sort().values.diff() > 1).sum() + 1
        assert stretches <= 27 / 6 + 2
        assert ((window.diff() == 1).sum()) < 10


def test_sequential_batches_streams_too(splits, streamed):
    for (images, labels), (expected, known) in zip(
        sequential_batches(streamed, 25), sequential_batches(splits.train, 25), strict=True
    ):
        assert torch.equal(images, expected)
        assert torch.equal(labels, known)


def test_streamed_batches_come_in_parts(streamed):
    batches = TrainingBatches(streamed, 20, PLAIN, seed=0, window=WINDOW)
    halves = [list(batches.epoch(0, part=part)) for part in (lambda n: slice(0, n // 2), lambda n: slice(n // 2, n))]
    for batch, first, second in zip(batches.epoch(0), *halves, strict=True):
        assert torch.equal(batch.images, torch.cat([first.images, second.images]))
        assert torch.equal(batch.indices, torch.cat([first.indices, second.indices]))
        assert batch.whole_count == first.whole_count == second.whole_count == len(batch.labels)


def test_balanced_draws_show_classes_equally_often():
    labels = torch.tensor([0] * 900 + [3] * 90 + [1] * 10)
    drawn = draw_balanced(labels, torch.Generator().manual_seed(0))
    assert len(drawn) == 1000
    counts = labels[drawn].bincount(minlength=4)
    assert counts[2] == 0
    assert ((counts[[0, 1, 3]] - 333).abs() < 60).all()  # four standard deviations
    assert (drawn.bincount(minlength=1000)[990:] - 33).abs().max() < 24


@pytest.mark.parametrize("is_streamed", [False, True])
def test_balanced_epochs(splits, streamed, is_streamed):
    data = streamed if is_streamed else splits.train
    data.labels[:] = (torch.arange(270) < 20).long()
    batches = TrainingBatches(data, 64, Augmentation(flip="random", shift=2), seed=0, balance="sample", window=WINDOW)
    order = batches.order(4)
    assert torch.equal(order, batches.order(4))
    assert not torch.equal(order, batches.order(5))
    assert abs(int(data.labels[order].sum()) - 135) < 35
    images, labels = (torch.cat(parts) for parts in list(zip(*batches.epoch(4), strict=True))[:2])
    assert torch.equal(labels, data.labels[order])
    often = order.bincount().argmax()
    copies = images[order == often]
    assert len(copies) > 2
    assert len(copies.flatten(1).unique(dim=0)) > 1  # each copy is changed in its own way


def test_sequential_batches_gives_chosen_rows_alone(splits, streamed):
    rows = torch.tensor([0, 3, 4, 50, 88, 90, 91])
    for data in (splits.train, streamed):
        images, labels = zip(*sequential_batches(data, 3, lambda count: slice(1, count), rows), strict=True)
        assert [len(each) for each in labels] == [3, 3]
        assert torch.equal(torch.cat(labels), splits.train.labels[rows[1:]])
        assert torch.equal(torch.cat(images), splits.train.spec.normalise(splits.train.images[rows[1:]]))


@pytest.mark.parametrize("rows", [None, torch.arange(5)])
def test_a_part_without_pictures_is_one_empty_batch(splits, rows):
    """So that a process that has no share of the work can answer as the others do."""
    (images, labels), *more = sequential_batches(splits.test, 25, lambda _: slice(2, 2), rows)
    assert (images.shape, labels.shape, more) == ((0, 1, 12, 12), (0,), [])
