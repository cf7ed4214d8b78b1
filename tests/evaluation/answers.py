"""Answers that no model gave, drawn at random."""

import numpy as np
import torch
from hypothesis import strategies as st
from torch import Tensor


@st.composite
def some_answers(draw: st.DrawFn, least_classes: int = 2) -> tuple[Tensor, Tensor]:
    """(N, K) float64 probabilities, among which equal ones are likely, and (N,) labels; not every class need occur."""
    count, classes = draw(st.integers(1, 40)), draw(st.integers(least_classes, 6))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    weights = generator.integers(1, draw(st.sampled_from([4, 1000])), (count, classes)).astype(float)
    labels = generator.integers(0, draw(st.integers(1, classes)), count)
    return torch.tensor(weights / weights.sum(1, keepdims=True)), torch.tensor(labels)
