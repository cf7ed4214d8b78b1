"""Back-propagation held against the definition of a derivative."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from muslin.errors import SettingError
from muslin.textbook._checks import FloatArray
from muslin.textbook.network.layers import Network

__all__ = ["finite_difference_check"]


def finite_difference_check(
    network: Network, inputs: ArrayLike, targets: ArrayLike, l2: float = 0.0, epsilon: float = 1e-6
) -> float:
    """Holds every weight's and bias's gradient against (loss(w + e) - loss(w - e)) / 2e.

    Only for float64, and away from relu's kink, where the derivative jumps.

    Args:
        network: the network, which is left as it was.
        inputs: finite numbers (B, D).
        targets: labels (B,).
        l2: L2 penalty on weights, not on biases, 0 or more.
        epsilon: step of the difference, e, above 0.

    Returns:
        The largest difference over the largest gradient: about 1e-9 when back-propagation is right.

    Raises:
        SettingError: as for `Network.step`; the network is float32; or epsilon is not above 0.

    >>> finite_difference_check(Network((2, 3, 1)), [[0.5, -1.0]], [1]) < 1e-7
    True
    """
    if network.parameters.dtype != np.float64 or not epsilon > 0:
        raise SettingError(
            f"the network is {network.parameters.dtype} and epsilon is {epsilon}; "
            "the check needs float64 and an epsilon above 0"
        )

    def total(parameters: FloatArray) -> float:
        network.parameters = parameters
        step = network.backpropagate(inputs, targets, l2)
        return step.loss + step.penalty

    kept = network.parameters
    gradient = network.backpropagate(inputs, targets, l2).gradient
    try:
        numeric = [total(kept + shift) - total(kept - shift) for shift in epsilon * np.eye(len(kept))]
    finally:
        network.parameters = kept
    difference = np.abs(np.array(numeric) / (2 * epsilon) - gradient).max()
    return float(difference / max(np.abs(gradient).max(), np.finfo(np.float64).tiny))
