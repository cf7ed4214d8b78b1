"""Networks of every kind, and batches for them."""

import numpy as np
import pytest

from muslin.textbook.network import ACTIVATIONS, LOSSES, Network

every_kind = pytest.mark.parametrize(("activation", "loss"), [(a, loss) for a in ACTIVATIONS for loss in LOSSES])


def problem(hidden, activation, loss, seed, dtype=np.float64):
    """A network and a batch for it."""
    generator = np.random.default_rng(seed)
    outputs = 3 if loss == "cross-entropy" else 1
    network = Network((2, *hidden, outputs), activation, loss, seed=seed, dtype=dtype)
    network.parameters = network.parameters + generator.normal(0, 0.1, network.parameters.shape).astype(dtype)
    return network, generator.normal(size=(6, 2)), generator.integers(0, max(2, outputs), 6)
