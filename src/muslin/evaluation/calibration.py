"""Does a model know how sure it is?"""

import torch
from torch import Tensor

__all__ = ["expected_calibration_error"]


def expected_calibration_error(confidence: Tensor, right: Tensor, bins: int = 15) -> float:
    """Returns the gap between how sure a model is and how often it is right (Guo et al., 2017, 1706.04599).

    ECE = sum over bins of (share of pictures in the bin) * |accuracy - mean confidence|, with equally wide bins.

    Args:
        confidence: (N,) float, the probability of the class that was said, in [0, 1].
        right: (N,) bool, whether it was the true one.
        bins: number of bins, >= 1.

    Returns:
        A number in [0, 1]; 0 is perfect.
    """
    bin_of = (confidence * bins).long().clamp(max=bins - 1)
    gaps = torch.zeros(bins).index_add_(0, bin_of, right.float() - confidence)
    return float(gaps.abs().sum() / len(right))
