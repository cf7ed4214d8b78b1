"""How a layer bends the plane, after Olah, "Neural Networks, Manifolds, and Topology" (2014).

Shapes: N points with D coordinates.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from muslin.errors import SettingError, unknown_name
from muslin.textbook._checks import FloatArray, at_least, between
from muslin.textbook.network.layers import Network

__all__ = ["STAGES", "grid", "warp"]

STAGES = ("weights", "bias", "activation")


def grid(extent: float = 1.0, lines: int = 21) -> FloatArray:
    """Grid, the crossings of the lines of a square around the origin, row by row.

    Args:
        extent: half the side of the square, above 0.
        lines: number of lines in each direction, 2 or more.

    Returns:
        Points (lines * lines, 2), float64.

    Raises:
        SettingError: extent or lines is out of range.

    >>> grid(1.0, lines=2)
    array([[-1., -1.],
           [ 1., -1.],
           [-1.,  1.],
           [ 1.,  1.]])
    """
    between("extent", extent, np.finfo(np.float64).tiny, np.inf)
    ticks = np.linspace(-extent, extent, at_least("lines", lines, 2))
    return np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)


def warp(network: Network, points: ArrayLike, layer: int, stage: str, t: float = 1.0) -> FloatArray:
    """Warp, where points of the input plane are on their way through one layer: how it bends space (Olah, 2014).

    The layers before are passed whole. Within the layer there are three stages: the weights (x moves to x @ W), the
    bias (then to x @ W + b) and the activation (then to f(x @ W + b)). Positions move along straight lines; t = 1 of a
    stage is t = 0 of the next.

    Args:
        network: the network, which is left as it is.
        points: finite numbers (N, D).
        layer: number of the layer, from 0.
        stage: name of the stage: weights, bias or activation.
        t: progress of the stage, in [0, 1].

    Returns:
        Positions (N, max(in, out)) of the layer; where `in` and `out` differ, the fewer coordinates are filled up with
        zeros.

    Raises:
        SettingError: points are empty, not finite or not (N, D), no such layer or stage, or t is outside [0, 1].

    >>> network = Network((2, 2, 1))
    >>> warp(network, [[0.5, -0.25]], layer=0, stage="weights", t=0.0)
    array([[ 0.5 , -0.25]])
    """
    if stage not in STAGES:
        raise unknown_name("stage", stage, STAGES)
    if not 0 <= layer < len(network.sizes) - 1:
        raise SettingError(f"layer is {layer}; it must lie in [0, {len(network.sizes) - 2}]")
    between("t", t, 0, 1)
    passed = network.forward(points)
    z, activation = passed[layer]
    before = passed[layer - 1][1] if layer else np.asarray(points, dtype=z.dtype)
    stops = _widen(before, z - network.layers()[layer][1], z, activation)
    start = STAGES.index(stage)
    return np.asarray((1 - t) * stops[start] + t * stops[start + 1])


def _widen(*positions: FloatArray) -> list[FloatArray]:
    """Returns positions with as many coordinates as the widest of them, the rest zeros."""
    width = max(position.shape[1] for position in positions)
    return [np.pad(position, ((0, 0), (0, width - position.shape[1]))) for position in positions]
