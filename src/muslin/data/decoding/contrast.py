"""Whether pictures are light on dark or dark on light; loads no torch where it only looks at some.

Legend: C channels, H x W pixels.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Contrast"]

PLANES = 64  # pictures' colours added up at a time, so that memory stays flat
BORDER = 0.1  # of the shorter side, on each side
CLEAR = 0.1  # a difference in brightness that tells


@dataclass(frozen=True)
class Contrast:
    """How pictures' middles stand out from their borders.

    Attributes:
        border: mean brightness of the outer tenth, in [0, 1].
        middle: mean brightness of the rest, in [0, 1].
    """

    border: float
    middle: float

    @classmethod
    def of(cls, images: "Tensor") -> "Contrast":
        """Returns the contrast of (..., H, W) uint8 pictures."""
        import torch

        height, width = images.shape[-2:]
        inside = torch.from_numpy(is_inside(height, width)).to(images.device)
        planes = images.reshape(-1, height, width)
        total = torch.zeros(height, width, dtype=torch.int64, device=images.device)
        for some in planes.split(PLANES):
            total += some.sum(0)
        brightness = total.float() / (255 * len(planes))  # (H, W)
        middle = brightness[inside].mean() if inside.any() else brightness.mean()
        return cls(float(brightness[~inside].mean()), float(middle))

    def opposites_in(self, images: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Returns which of (B, C, H, W) uint8 pictures clearly have light and dark exchanged: (B,) bool."""
        edge = edge_of(*images.shape[-2:])
        inner = images[..., edge:-edge, edge:-edge]
        whole, middle = (part.sum((1, 2, 3), dtype=np.float64) / 255 for part in (images, inner))  # each (B,)
        count, within = math.prod(images.shape[1:]), math.prod(inner.shape[1:])
        border = (whole - middle) / (count - within)
        middle = middle / within if within else whole / count
        usual, here = self.middle - self.border, middle - border
        opposites: NDArray[np.bool_] = (abs(here) > CLEAR) & (abs(usual) > CLEAR) & (usual * here < 0)
        return opposites


def edge_of(height: int, width: int) -> int:
    """Returns how many pixels wide the border is, on each side."""
    return max(1, round(BORDER * min(height, width)))


def is_inside(height: int, width: int) -> NDArray[np.bool_]:
    """Returns which pixels are no border: (H, W) bool."""
    edge = edge_of(height, width)
    inside = np.zeros((height, width), bool)
    inside[edge : height - edge, edge : width - edge] = True
    return inside
