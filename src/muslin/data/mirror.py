"""Whether a mirrored picture is still of its class: measured on the training pictures, before they are trained on.

Arrows, letters and digits are not; garments, animals and most photographs are. Each picture and its mirror image are
told by the nearest other picture, by histograms of oriented gradients (Dalal and Triggs, "Histograms of Oriented
Gradients for Human Detection", 2005), which see shapes and not colours. In doubt mirror images are used: drawn animals
that all face one way keep 0.7 of the right answers, and those that face either way all.

Legend: N pictures, C channels, H x W pixels, D features.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from muslin.text import percent, printable

__all__ = ["MirrorTest", "try_mirror"]

MOST = 3000  # pictures looked at; the first 3,000 of a random order
SIDE, CELLS, BINS = 16, 4, 8  # pixels that pictures are brought to, cells along each side, directions in each cell
ENOUGH = 0.55  # of the pictures told rightly must be so mirrored: letters and digits keep 0.3 to 0.5, garments 0.7
DOUBT = 3  # pictures that are counted as kept before any was seen: few pictures decide little
PAIR = 0.5  # of two classes, more than so much of each must become the other for them to be each other's mirror images
LEAST = 4  # pictures of a class that such a share is taken of


@dataclass(frozen=True)
class MirrorTest:
    """What became of pictures that were mirrored.

    Attributes:
        kept: of the pictures that were told rightly, the share that was so mirrored too, in [0, 1].
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
        images: (N, C, H, W) uint8, N >= 2.
        labels: (N,) int64.
    """
    chosen = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))[:MOST].to(labels.device)
    images, labels = images[chosen], labels[chosen]
    plain, mirrored = oriented_gradients(images), oriented_gradients(images.flip(-1))
    told, told_mirrored = nearest_label(plain, plain, labels), nearest_label(mirrored, plain, labels)
    is_right = told == labels
    right, kept = int(is_right.sum()), int((is_right & (told_mirrored == labels)).sum())
    return MirrorTest((kept + DOUBT) / (right + DOUBT), mirror_pair(labels[is_right], told_mirrored[is_right]))


def nearest_label(queries: Tensor, features: Tensor, labels: Tensor) -> Tensor:
    """Returns the label of the nearest other picture for each of (N, D) queries, which are of the same N pictures."""
    likeness = queries @ features.T
    return labels[likeness.fill_diagonal_(-1).argmax(1)]


def mirror_pair(labels: Tensor, mirrored: Tensor) -> tuple[int, int] | None:
    """Returns two classes most pictures of which become the other's when they are mirrored."""
    classes = int(torch.cat([labels, mirrored]).max()) + 1 if len(labels) else 0
    counts = torch.bincount(labels * classes + mirrored, minlength=classes**2).view(classes, classes)
    totals = counts.sum(1)
    share = torch.where((totals >= LEAST)[:, None], counts / totals.clamp(min=1)[:, None], 0.0)
    share.fill_diagonal_(0)
    both = torch.minimum(share, share.T)
    if not classes or both.max() <= PAIR:
        return None
    one, other = divmod(int(both.argmax()), classes)
    return one, other


def oriented_gradients(images: Tensor) -> Tensor:
    """Returns where in each picture edges run in which direction: (N, D) float32, of length 1.

    Args:
        images: (N, C, H, W) uint8.
    """
    pixels = images.float()
    height, width = pixels.shape[2:]
    if (height, width) != (SIDE, SIDE):
        how = {"mode": "area"} if min(height, width) >= SIDE else {"mode": "bilinear"}
        pixels = F.interpolate(pixels, (SIDE, SIDE), **how)  # type: ignore[arg-type]
    padded = F.pad(pixels, (1, 1, 1, 1), mode="replicate")
    right = padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]
    down = padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]
    strength, channel = (right**2 + down**2).sqrt().max(1, keepdim=True)  # of the colour with the strongest edge
    right, down = right.gather(1, channel), down.gather(1, channel)
    direction = torch.atan2(down, right) / (2 * torch.pi) * BINS
    bins = torch.arange(BINS, device=images.device).view(1, -1, 1, 1)
    distance = ((direction - bins + BINS / 2) % BINS - BINS / 2).abs()
    cells = F.avg_pool2d(strength * (1 - distance).clamp(min=0), SIDE // CELLS).flatten(1)
    return (cells / cells.sum(1, keepdim=True).clamp(min=1e-6)).sqrt()
