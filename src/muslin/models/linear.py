"""A linear classifier: one template picture for each class."""

import math

from torch import nn

from muslin.data.spec import DataSpec
from muslin.models.layer_stack import LayerStack

__all__ = ["linear"]


def linear(spec: DataSpec) -> nn.Module:
    """Scores W x + b; 7,850 parameters for ten classes of 28x28 grey pictures."""
    inputs = math.prod((spec.channels, spec.height, spec.width))
    return LayerStack(nn.Flatten(), nn.Linear(inputs, len(spec.classes)))
