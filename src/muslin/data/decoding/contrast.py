"""Whether pictures are light on dark or dark on light.

Legend: C channels, H x W pixels.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["Contrast"]

PLANES = 64  # pictures' colours added up at a time, so that memory stays flat
BORDER = 0.1  # of the shorter side, on each side


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
    def of(cls, images: Tensor) -> "Contrast":
        """Returns the contrast of (..., H, W) uint8 pictures."""
        height, width = images.shape[-2:]
        edge = max(1, round(BORDER * min(height, width)))
        inside = torch.zeros(height, width, dtype=torch.bool, device=images.device)
        inside[edge : height - edge, edge : width - edge] = True
        planes = images.reshape(-1, height, width)
        total = torch.zeros(height, width, dtype=torch.int64, device=images.device)
        for some in planes.split(PLANES):
            total += some.sum(0)
        brightness = total.float() / (255 * len(planes))  # (H, W)
        middle = brightness[inside].mean() if inside.any() else brightness.mean()
        return cls(float(brightness[~inside].mean()), float(middle))

    def is_opposite_of(self, image: Tensor) -> bool:
        """Whether a (C, H, W) picture clearly has light and dark exchanged."""
        usual, here = self.middle - self.border, Contrast.of(image)
        return abs(usual) > 0.1 and abs(here.middle - here.border) > 0.1 and usual * (here.middle - here.border) < 0
