import weakref

import pytest
import torch
from torch import nn

from muslin.data.spec import DataSpec
from muslin.models import MODELS, build
from muslin.models.footprint import answering_bytes, training_bytes

SPEC = DataSpec(channels=1, height=8, width=8, classes=("a", "b"), mean=(0.5,), std=(0.25,))
PICTURE = 8 * 8 * 4  # bytes


class Twice(nn.Module):
    """Two convolutions to 4 channels: the second keeps what the first computed."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 4, 3, padding=1)
        self.second = nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, images):
        return self.second(self.first(images)).mean((2, 3))


def test_what_is_kept_for_the_backward_pass_is_counted_without_the_weights():
    assert training_bytes(Twice(), SPEC) == PICTURE + 4 * PICTURE


def test_nothing_of_the_counting_stays():
    """A layer that saves its own output, as an exponential does, would hold itself if it were handed that back."""
    seen = []

    class Exponential(Twice):
        def forward(self, images):
            seen.append(weakref.ref(self.first.weight))
            return self.first(images).exp().mean((2, 3))

    assert training_bytes(Exponential(), SPEC) > 0
    assert [one() for one in seen] == [None]


def test_the_largest_layer_is_counted_with_its_input():
    model = Twice().eval()
    assert answering_bytes(model, torch.zeros(1, 1, 8, 8)) == 4 * PICTURE + 4 * PICTURE
    assert not any(layer._forward_hooks for layer in model.modules())


def test_a_model_that_leaves_pytorch_cannot_be_counted():
    class Numpy(nn.Module):
        def forward(self, images):
            return torch.from_numpy(images.detach().numpy())

    class Wrong(nn.Module):
        def forward(self, images):
            raise ValueError(images.shape)

    assert training_bytes(Numpy(), SPEC) == training_bytes(Wrong(), SPEC) == 0


@pytest.mark.parametrize("name", MODELS)
def test_every_model_is_counted_and_left_as_it_is(name):
    spec = DataSpec(channels=3, height=32, width=32, classes=("a", "b"), mean=(0.5,) * 3, std=(0.25,) * 3)
    model = build(name, spec).eval()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    random = torch.get_rng_state()
    each = training_bytes(model, spec)
    assert each > 0
    assert answering_bytes(model, torch.zeros(1, 3, 32, 32)) >= 3 * 32 * 32 * 4
    assert not model.training
    assert torch.equal(torch.get_rng_state(), random)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())


def test_what_is_counted_is_what_autograd_keeps():
    spec = DataSpec(channels=3, height=32, width=32, classes=("a", "b"), mean=(0.5,) * 3, std=(0.25,) * 3)
    model, kept = build("resnet20", spec).train(), {}
    own = {t.untyped_storage().data_ptr() for t in model.state_dict(keep_vars=True).values()}

    def keep(tensor):
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        model(torch.zeros(4, 3, 32, 32))
    real = sum(storage.nbytes() for place, storage in kept.items() if place not in own) / 4
    assert training_bytes(model, spec) == pytest.approx(real, rel=0.02)
