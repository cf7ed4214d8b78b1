"""The fast way from decoded pictures to batches: cut whole, augmented whole, on the device.

A set in memory is shuffled as a whole. One that is streamed from disk is shuffled by windows: blocks of consecutive
pictures come in a random order, and each window of many blocks is mixed fully. A window is read once and given back,
so resident memory stays flat; since a pack lies on disk in a random order, every window is a fair sample all the same.

Legend: N pictures, B pictures of a batch, C channels, H x W pixels.
"""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from muslin.config import Augmentation
from muslin.data.augment import augment
from muslin.data.images import ImageData
from muslin.errors import SettingError

__all__ = ["Balance", "Batch", "TrainingBatches", "sequential_batches"]

BLOCK = 256 << 10  # bytes of a streamed set that stay together: one read from disk
WINDOW = 64 << 20  # bytes of a streamed set that are mixed, and resident, at a time

Balance = Literal["none", "sample"]
Part = Callable[[int], slice]


def take_all(count: int) -> slice:
    """Returns the slice of all of `count` things."""
    return slice(0, count)


class Batch(NamedTuple):
    """Some pictures of an epoch, ready to train on.

    Attributes:
        images: (B, C, H, W) float32, normalised, channels last.
        labels: (B,) int64.
        indices: (B,) int64, their positions in the training set.
        whole_count: pictures in the whole batch, of which this may be one process's part.
    """

    images: Tensor
    labels: Tensor
    indices: Tensor
    whole_count: int


class TrainingBatches:
    """Shuffled, augmented batches, every one a pure function of (seed, epoch, step, which pictures are shown).

    An epoch shows every picture once, unless classes are balanced or some pictures are left out; its batches differ in
    size by one picture at most, so that none is a tiny rest.

    Args:
        data: pictures resident on the device that trains, or streamed.
        batch_size: pictures a batch at most; no more than there are pictures.
        augmentation: the changes from epoch to epoch.
        seed: any int.
        balance: `sample` draws an epoch's N pictures with replacement, each class equally likely.
        window: bytes of a streamed set that are mixed at a time.

    Raises:
        SettingError: batch size below 1.
    """

    def __init__(
        self,
        data: ImageData,
        batch_size: int,
        augmentation: Augmentation,
        seed: int,
        *,
        balance: Balance = "none",
        window: int = WINDOW,
    ) -> None:
        if batch_size < 1:
            raise SettingError(f"batch size is {batch_size}; at least 1 is needed")
        self.data, self.augmentation, self.seed, self.balance = data, augmentation, seed, balance
        self.batch_size = batch_size
        size = data.images[0].numel()  # bytes
        self.block = max(1, min(BLOCK, window // 4) // size)  # pictures
        self.window = max(1, window // (size * min(batch_size, len(data))))  # steps
        self.fill = (255 * torch.tensor(data.spec.mean)).round().to(torch.uint8).to(data.device)

    def steps(self, epoch: int, shown: Tensor | None = None) -> int:
        """Returns how many batches an epoch has; see `epoch`."""
        return self._steps(self.order(epoch, shown))

    def _steps(self, order: Tensor) -> int:
        return -(-len(order) // self.batch_size)

    def order(self, epoch: int, shown: Tensor | None = None) -> Tensor:
        """Returns the epoch's order: int64, a permutation of the shown pictures unless classes are balanced."""
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + epoch)
        count = len(self.data)
        if self.data.file is None:
            drawn = self.balance == "sample"
            order = draw_balanced(self.data.labels, generator) if drawn else torch.randperm(count, generator=generator)
            return keep_shown(order.to(self.data.images.device), shown)
        starts = torch.randperm(-(-count // self.block), generator=generator) * self.block
        order = (starts[:, None] + torch.arange(self.block)).flatten()  # block after block
        order = order[order < count]
        if self.balance == "sample":
            times = draw_balanced(self.data.labels, generator).bincount(minlength=count)
            order = order.repeat_interleave(times[order])
        order = keep_shown(order, shown)
        mixed = [part[torch.randperm(len(part), generator=generator)] for part in self._windows(order)]
        return torch.cat(mixed)

    def _windows(self, order: Tensor) -> list[Tensor]:
        """Cuts an order between batches: each window holds the pictures of `self.window` batches."""
        steps = order.tensor_split(self._steps(order))
        return [torch.cat(steps[start : start + self.window]) for start in range(0, len(steps), self.window)]

    def epoch(self, epoch: int, start: int = 0, part: Part = take_all, shown: Tensor | None = None) -> Iterator[Batch]:
        """Yields an epoch's batches from step `start`.

        Args:
            epoch: from 0.
            start: the first batch to yield, from 0.
            part: a choice of a batch's pictures to yield, given how many there are.
            shown: (N,) bool, which pictures to show; by default all.
        """
        order = self.order(epoch, shown)
        which = tell_copies_apart(order, len(self.data)) if self.balance == "sample" else order
        steps = zip(order.tensor_split(self._steps(order)), which.tensor_split(self._steps(order)), strict=True)
        for step, (indices, identities) in enumerate(steps):
            if step < start:
                continue
            if self.data.file and (step == start or step % self.window == 0):
                self._turn_page(order, step // self.window, fresh=step == start)
            mine = part(len(indices))
            yield Batch(*self._pictures(indices[mine], identities[mine], epoch), indices[mine], len(indices))
        if self.data.file:
            self.data.file.give_back()

    def _pictures(self, indices: Tensor, identities: Tensor, epoch: int) -> tuple[Tensor, Tensor]:
        device = self.data.device
        images, identities = self.data.images[indices].to(device), identities.to(device)
        images = augment(images, identities, epoch, self.seed, self.augmentation, self.fill)
        images = self.data.spec.normalise(images).contiguous(memory_format=torch.channels_last)
        return images, self.data.labels[indices].to(device)

    def _turn_page(self, order: Tensor, number: int, *, fresh: bool) -> None:
        """Lets go of what was read so far, and has the next window read while this one is used (both, if `fresh`)."""
        assert self.data.file is not None
        self.data.file.give_back()
        for window in self._windows(order)[number + (not fresh) : number + 2]:
            for low, high in stretches(window.sort().values, gap=self.block):
                self.data.file.announce(self.data.images, low, high)


def draw_balanced(labels: Tensor, generator: torch.Generator) -> Tensor:
    """Draws as many pictures as there are, with replacement: every class, then every picture of it, equally likely.

    Args:
        labels: (N,) int64, on any device.
        generator: a generator on the CPU.

    Returns:
        (N,) int64 on the CPU.
    """
    labels = labels.cpu()
    by_class = labels.argsort(stable=True)
    counts = labels.bincount()
    starts, present = counts.cumsum(0) - counts, counts.nonzero().flatten()
    drawn = present[torch.randint(len(present), (len(labels),), generator=generator)]
    place = torch.rand(len(labels), generator=generator, dtype=torch.float64) * counts[drawn]
    return by_class[starts[drawn] + place.long()]


def keep_shown(order: Tensor, shown: Tensor | None) -> Tensor:
    """Returns an order without what is not shown."""
    return order if shown is None else order[shown.to(order.device)[order]]


def tell_copies_apart(order: Tensor, count: int) -> Tensor:
    """Returns an order in which copies of `count` pictures have numbers of their own, to be augmented differently.

    >>> tell_copies_apart(torch.tensor([2, 0, 2, 1, 2]), 5)
    tensor([ 2,  0,  7,  1, 12])
    """
    ordered, places = order.sort(stable=True)
    position = torch.arange(len(order), device=order.device)
    is_first = torch.ones_like(ordered, dtype=torch.bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    copy = position - torch.where(is_first, position, 0).cummax(0).values  # how many of the same came before
    return torch.empty_like(order).scatter_(0, places, ordered + copy * count)


def stretches(rows: Tensor, gap: int) -> list[tuple[int, int]]:
    """Returns sorted rows as stretches (start, stop) that are further than `gap` apart.

    >>> stretches(torch.tensor([1, 2, 2, 5, 40, 41]), gap=10)
    [(1, 6), (40, 42)]
    """
    breaks = (rows.diff() > gap).nonzero().flatten() + 1
    return [(int(part[0]), int(part[-1]) + 1) for part in rows.tensor_split(breaks)]


def sequential_batches(
    data: ImageData, batch_size: int, part: Part = take_all, rows: Tensor | None = None
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yields every picture of a part once, unchanged and in its order, in the form of `TrainingBatches.epoch`.

    Args:
        data: N pictures.
        batch_size: pictures a batch at most.
        part: a choice of the pictures to yield, given how many there are.
        rows: (n,) int64 on the CPU, which pictures there are; by default all.
    """
    for chosen in _places(len(data), batch_size, part, rows):
        images = data.spec.normalise(data.images[chosen].to(data.device))
        yield images.contiguous(memory_format=torch.channels_last), data.labels[chosen].to(data.device)
        if data.file:
            data.file.give_back()


def _places(count: int, batch_size: int, part: Part, rows: Tensor | None) -> Iterator[slice | Tensor]:
    """Yields which of `count` pictures a batch takes, one after the other: stretches where all count, one at least."""
    if rows is not None:
        yield from rows[part(len(rows))].split(batch_size)
        return
    start, stop, _ = part(count).indices(count)
    for low in range(start, max(stop, start + 1), batch_size):
        yield slice(low, min(low + batch_size, stop))
