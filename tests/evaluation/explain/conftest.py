from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from muslin.data.spec import DataSpec
from muslin.models import build
from muslin.prediction.classifier import Classifier


@pytest.fixture
def classifier() -> Callable[..., Classifier]:
    """Makes a classifier of a model's name or a model, with random weights, for three classes of small pictures."""

    def make(
        model: str | nn.Module = "resnet_slim", channels: int = 1, height: int = 28, width: int = 28
    ) -> Classifier:
        torch.manual_seed(0)
        spec = DataSpec(channels, height, width, ("a", "b", "c"), (0.4,) * channels, (0.3,) * channels)
        return Classifier(build(model, spec) if isinstance(model, str) else model, spec)

    return make


@pytest.fixture
def pictures() -> Callable[..., Tensor]:
    """Makes random pictures of a classifier's size."""

    def make(classifier: Classifier, count: int = 3) -> Tensor:
        spec = classifier.spec
        generator = torch.Generator().manual_seed(0)
        shape = (count, spec.channels, spec.height, spec.width)
        return torch.randint(0, 256, shape, generator=generator, dtype=torch.uint8)

    return make
