"""Change training pictures a little each epoch, a whole batch at once, on the device.

Every choice is a pure function of (seed, epoch, the picture's index): a picture meets the same change whatever the
batch size, the device or the number of processes.

Legend: B pictures, C channels, H x W pixels.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from muslin.config import Augmentation, Border

__all__ = ["augment"]


def counter_random(seed: int, epoch: int, indices: Tensor, stream: int) -> Tensor:
    """Returns one number for each picture from a counter, not from a generator's state.

    Three rounds of the finaliser of SplitMix64 (Steele, Lea and Flood, 2014) mix the four inputs.

    Args:
        seed: any int.
        epoch: any int.
        indices: (B,) int64, the pictures' positions in the training set.
        stream: the number of this choice among a picture's several.

    Returns:
        (B,) float64, uniform in [0, 1), on the device of `indices`.
    """
    value = _mix(_mix(_mix(indices + _spread(seed)) + _spread(epoch)) + stream)
    return (value >> 11 & (1 << 53) - 1).double() / (1 << 53)


def _spread(number: int) -> int:
    return (number + 1) * 0x9E3779B97F4A7C15 & (1 << 63) - 1  # neighbouring seeds land far apart


def _mix(x: Tensor) -> Tensor:
    x = (x ^ (x >> 30 & (1 << 34) - 1)) * -0x40A7B892E31B1A47  # int64 wraps, as the algorithm wants
    x = (x ^ (x >> 27 & (1 << 37) - 1)) * -0x6B2FB644ECCEEE15
    return x ^ (x >> 31 & (1 << 33) - 1)


def augment(images: Tensor, indices: Tensor, epoch: int, seed: int, settings: Augmentation, fill: Tensor) -> Tensor:
    """Shifts, flips and erases.

    Args:
        images: (B, C, H, W) uint8.
        indices: (B,) int64, the pictures' positions in the training set.
        epoch: from 0.
        seed: any int.
        settings: the changes to make.
        fill: (C,) uint8, the colour of what is erased.

    Returns:
        (B, C, H, W) uint8; the input is left as it was.
    """
    if settings.shift:
        images = shift(images, indices, epoch, seed, settings.shift, settings.border)
    if settings.flip in ("random", "alternate"):
        images = flip(images, indices, epoch, seed, alternate=settings.flip == "alternate")
    if settings.erase:
        images = erase(images, indices, epoch, seed, settings, fill)
    return images


def flip(images: Tensor, indices: Tensor, epoch: int, seed: int, *, alternate: bool) -> Tensor:
    """Mirrors half of the pictures left to right.

    With `alternate`, a picture that is mirrored in one epoch is not in the next, so that two epochs show both sides of
    each (Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024).
    """
    if alternate:
        mirrored = ((counter_random(seed, 0, indices, 0) < 0.5).long() + epoch) % 2 == 1
    else:
        mirrored = counter_random(seed, epoch, indices, 0) < 0.5
    return torch.where(mirrored.view(-1, 1, 1, 1), images.flip(-1), images)


def shift(images: Tensor, indices: Tensor, epoch: int, seed: int, most: int, border: Border = "black") -> Tensor:
    """Moves each picture by up to `most` pixels each way; what comes in from outside is 0, or repeats the edge."""
    height, width = images.shape[2:]
    around = (most, most, most, most)
    padded = F.pad(images, around) if border == "black" else F.pad(images.half(), around, mode="replicate").byte()
    windows = padded.unfold(2, height, 1).unfold(3, width, 1)  # (B, C, 2m+1, 2m+1, H, W), a view
    down = (counter_random(seed, epoch, indices, 1) * (2 * most + 1)).long()
    right = (counter_random(seed, epoch, indices, 2) * (2 * most + 1)).long()
    return windows[torch.arange(len(images), device=images.device), :, down, right]


def erase(images: Tensor, indices: Tensor, epoch: int, seed: int, settings: Augmentation, fill: Tensor) -> Tensor:
    """Blanks one square of a picture (DeVries and Taylor, 2017, 1708.04552) in a share of them (Zhong et al., 2017)."""
    height, width = images.shape[2:]
    side = min(settings.erase, height, width)
    top = (counter_random(seed, epoch, indices, 3) * (height - side + 1)).long().view(-1, 1, 1)
    left = (counter_random(seed, epoch, indices, 4) * (width - side + 1)).long().view(-1, 1, 1)
    chosen = (counter_random(seed, epoch, indices, 5) < settings.erase_share).view(-1, 1, 1)
    rows = torch.arange(height, device=images.device).view(1, -1, 1)
    columns = torch.arange(width, device=images.device).view(1, 1, -1)
    inside = (rows >= top) & (rows < top + side) & (columns >= left) & (columns < left + side) & chosen  # (B, H, W)
    return torch.where(inside[:, None], fill.view(-1, 1, 1), images)
