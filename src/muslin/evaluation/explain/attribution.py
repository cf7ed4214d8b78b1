"""Where in a picture the evidence for a class lies: what Grad-CAM and occlusion answer.

Legend: B pictures, H x W pixels.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["Attribution", "scaled"]


@dataclass(frozen=True)
class Attribution:
    """Where the evidence lies that pictures show a class; all on the CPU.

    Attributes:
        maps: (B, H, W) float32 in [0, 1], more where there is more evidence, each picture scaled by its own
            maximum; all zeros where there is no evidence.
        classes: (B,) int64, the class that is explained.
        layer: what the maps were taken from, in words, such as "group 2, 14 x 14".
    """

    maps: Tensor
    classes: Tensor
    layer: str


def scaled(evidence: Tensor) -> Tensor:
    """Scales evidence to [0, 1], each picture's by its own maximum; what speaks against the class is no evidence.

    Args:
        evidence: (B, H, W) float; NaN, as a model of NaN gives it, is no evidence either.

    Returns:
        (B, H, W) float32; all zeros where nothing is above 0.

    >>> import torch
    >>> scaled(torch.tensor([[[1.0, -3.0, 4.0]], [[-1.0, 0.0, -2.0]]])).tolist()
    [[[0.25, 0.0, 1.0]], [[0.0, 0.0, 0.0]]]
    """
    positive = evidence.float().nan_to_num().relu()
    most = positive.amax((1, 2), keepdim=True)
    return positive / torch.where(most > 0, most, 1)
