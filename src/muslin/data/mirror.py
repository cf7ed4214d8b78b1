"""Whether a mirrored picture is still of its class: measured on the training pictures, before they are trained on.

Arrows, letters and digits are not; garments, animals and most photographs are. Each picture and its mirror image are
told by the nearest other picture, by histograms of oriented gradients (Dalal and Triggs, "Histograms of Oriented
Gradients for Human Detection", 2005), which see shapes and not colours. Counted is how many mirror images are told
rightly for each picture that is, not how many of the same ones: so pictures that are hard to tell, as photographs are,
do not seem to lose. In doubt mirror images are used: drawn animals that all face one way keep 0.7 of the right answers,
and those that face either way all.

Legend: N pictures, C channels, H x W pixels, D features, K classes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from muslin.text import percent, printable

__all__ = ["MirrorTest", "try_mirror"]

MOST, MOST_BYTES = 3000, 128 << 20  # pictures looked at: the first of a random order, fewer of large ones
BLOCK = 8 << 20  # bytes of pictures made smaller at a time, so that memory stays flat
SIDE, CELLS, BINS = 16, 4, 8  # pixels that pictures are brought to, cells along each side, directions in each cell
ENOUGH = 0.6  # as many right answers must be left: letters and digits keep 0.3 to 0.5, garments 0.7 and more
DOUBT = 3  # pictures that are counted as kept before any was seen: few pictures decide little
PAIR = 0.5  # of two classes, more than so much of each must become the other for them to be each other's mirror images
CHANCE = 0.001  # of calling two classes so that are not; low, for neighbours are not independent of each other


@dataclass(frozen=True)
class MirrorTest:
    """What became of pictures that were mirrored.

    Attributes:
        kept: how many mirror images were told rightly for each picture that was, in [0, 1].
        pair: two classes that are each other's mirror images, as indices; None where none were found.
    """

    kept: float
    pair: tuple[int, int] | None

    @property
    def is_passed(self) -> bool:
        """Whether mirrored pictures are of their classes."""
        return self.kept >= ENOUGH and self.pair is None

    def in_words(self, classes: Sequence[str]) -> str:
        """Returns a sentence on what follows, and why."""
        if self.pair:
            one, other = (printable(classes[label]) for label in self.pair)
            return f"pictures are not mirrored: {one} would look like {other} (--set flip=alternate mirrors them)"
        share = percent(self.kept, 0)
        if self.is_passed:
            return f"pictures are mirrored too: {share} still look like their class (--set flip=none does not)"
        return f"pictures are not mirrored: {share} would look like their class (--set flip=alternate mirrors them)"


@torch.no_grad()
def try_mirror(images: Tensor, labels: Tensor) -> MirrorTest:
    """Tells pictures and their mirror images by their nearest neighbours.

    Args:
        images: (N, C, H, W) uint8, N >= 2; only some are read.
        labels: (N,) int64.
    """
    most = max(2, min(MOST, MOST_BYTES // images[0].numel()))
    chosen = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))[:most].to(labels.device)
    labels = labels[chosen]
    blocks = chosen.to(images.device).split(max(1, BLOCK // images[0].numel()))
    pixels = torch.cat([make_small(images[block]) for block in blocks])
    plain, mirrored = oriented_gradients(pixels), oriented_gradients(pixels.flip(-1))
    told, told_mirrored = nearest_label(plain, plain, labels), nearest_label(mirrored, plain, labels)
    right, right_mirrored = int((told == labels).sum()), int((told_mirrored == labels).sum())
    kept = min(1.0, (right_mirrored + DOUBT) / (right + DOUBT))
    return MirrorTest(kept, mirror_pair(labels, told, told_mirrored))


def nearest_label(queries: Tensor, features: Tensor, labels: Tensor) -> Tensor:
    """Returns the label of the nearest other picture for each of (N, D) queries, which are of the same N pictures."""
    likeness = queries @ features.T
    return labels[likeness.fill_diagonal_(-1).argmax(1)]


def mirror_pair(labels: Tensor, told: Tensor, mirrored: Tensor) -> tuple[int, int] | None:
    """Returns two classes most pictures of which become the other's when they are mirrored, and not by chance.

    By chance, a picture of the one is as often taken for the other as it is and not mirrored as the other way round:
    McNemar's exact test, at a level shared among all pairs that there can be, each class being in one at the most.

    Args:
        labels: (N,) int64, the pictures' classes.
        told: (N,) int64, the classes that they are taken for.
        mirrored: (N,) int64, those that their mirror images are taken for.
    """
    classes = int(labels.max()) + 1
    totals = labels.bincount(minlength=classes).clamp(min=1)
    share = table(labels, mirrored, classes) / totals[:, None]
    share.fill_diagonal_(0)
    is_other = told != mirrored
    gained, lost = (table(labels[is_other], taken[is_other], classes) for taken in (mirrored, told))
    found = []
    for one, other in (torch.minimum(share, share.T).triu() > PAIR).nonzero().tolist():
        more, less = (int(counts[one, other] + counts[other, one]) for counts in (gained, lost))
        found.append((chance_of(more, less), one, other))
    if not found or min(found)[0] >= CHANCE / (classes // 2):
        return None
    return min(found)[1:]


def table(labels: Tensor, taken: Tensor, classes: int) -> Tensor:
    """Returns how many pictures of each class are taken for each: (K, K) int64."""
    return torch.bincount(labels * classes + taken, minlength=classes**2).view(classes, classes)


def chance_of(more: int, less: int) -> float:
    """Returns the probability of so many heads or more, and so many tails or fewer, of a fair coin."""
    count = more + less
    return sum(math.comb(count, tails) for tails in range(less + 1)) / (1 << count)


def make_small(images: Tensor) -> Tensor:
    """Brings (B, C, H, W) uint8 pictures to 16 x 16 pixels, float32."""
    pixels = images.float()
    height, width = pixels.shape[2:]
    if (height, width) == (SIDE, SIDE):
        return pixels
    return F.interpolate(pixels, (SIDE, SIDE), mode="area" if min(height, width) >= SIDE else "bilinear")


def oriented_gradients(pixels: Tensor) -> Tensor:
    """Returns where in each picture edges run in which direction: (N, D) float32, of length 1.

    Args:
        pixels: (N, C, 16, 16) float32.
    """
    padded = F.pad(pixels, (1, 1, 1, 1), mode="replicate")
    right = padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]
    down = padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]
    strength, channel = (right**2 + down**2).sqrt().max(1, keepdim=True)  # of the colour with the strongest edge
    right, down = right.gather(1, channel), down.gather(1, channel)
    direction = torch.atan2(down, right) / (2 * torch.pi) * BINS
    bins = torch.arange(BINS, device=pixels.device).view(1, -1, 1, 1)
    distance = ((direction - bins + BINS / 2) % BINS - BINS / 2).abs()
    cells = F.avg_pool2d(strength * (1 - distance).clamp(min=0), SIDE // CELLS).flatten(1)
    return (cells / cells.sum(1, keepdim=True).clamp(min=1e-6)).sqrt()
