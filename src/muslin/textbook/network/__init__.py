"""A fully connected network that keeps every number of a training step, so that a page can show it.

Shapes: B samples, D inputs, K outputs; a layer of `out` neurons fed by `in` ones has weights (in, out) and bias (out,).
Rows are samples, so that a layer is `activation(inputs @ weights + bias)`.

Back-propagation is Rumelhart, Hinton and Williams's (1986). Initial weights: He et al. (2015) for relu, Glorot and
Bengio (2010) otherwise.
"""

from muslin.textbook.network.events import Event, step_through
from muslin.textbook.network.finite_differences import finite_difference_check
from muslin.textbook.network.functions import ACTIVATIONS, LOSSES
from muslin.textbook.network.layers import Network
from muslin.textbook.network.records import LayerStep, Step
from muslin.textbook.network.warping import STAGES, grid, warp

__all__ = [
    "ACTIVATIONS",
    "LOSSES",
    "STAGES",
    "Event",
    "LayerStep",
    "Network",
    "Step",
    "finite_difference_check",
    "grid",
    "step_through",
    "warp",
]
