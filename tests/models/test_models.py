"""Every model keeps the contract, for grey and colour, small and odd sizes, few and many classes."""

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from muslin.errors import SettingError
from muslin.models import MODELS, build
from muslin.models.pretrained import PRETRAINED_WEIGHTS
from muslin.recipes import settings_for
from tests.models.samples import make_spec as spec

SPECS = [spec(), spec(3, 32, 32), spec(1, 12, 12, 3), spec(3, 17, 41, 101)]


@pytest.mark.parametrize("data", SPECS, ids=lambda s: f"{s.channels}x{s.height}x{s.width}-{len(s.classes)}")
@pytest.mark.parametrize("name", MODELS)
def test_pictures_become_logits_and_every_parameter_learns(name, data):
    torch.manual_seed(0)
    model = build(name, data)
    logits = model(torch.randn(4, data.channels, data.height, data.width))
    assert logits.shape == (4, len(data.classes))
    assert logits.dtype == torch.float32
    nn.functional.cross_entropy(logits, torch.arange(4) % len(data.classes)).backward()
    for parameter_name, parameter in model.named_parameters():
        if parameter.requires_grad:
            assert parameter.grad is not None, parameter_name
            assert parameter.grad.isfinite().all(), parameter_name


@pytest.mark.parametrize("name", MODELS)
def test_a_picture_alone_gets_the_same_logits_as_in_a_batch(name):
    torch.manual_seed(0)
    model = build(name, spec()).eval()
    images = torch.randn(5, 1, 28, 28)
    with torch.no_grad():
        alone = torch.cat([model(image[None]) for image in images])
        assert torch.allclose(model(images), alone, atol=1e-4)


@pytest.mark.parametrize("name", MODELS)
def test_the_same_seed_builds_the_same_weights(name):
    states = []
    for _ in range(2):
        torch.manual_seed(7)
        states.append(build(name, spec()).state_dict())
    for key, tensor in states[0].items():
        assert torch.equal(tensor, states[1][key]), key


SAVED = json.loads((Path(__file__).parents[1] / "fixtures" / "state_dicts.json").read_text())  # of version 0.1.0


def checksum(tensors):
    """A sum in which every number has a weight of its own: it tells their order, and no last bits of a processor."""
    numbers = [tensor.double().flatten() for tensor in tensors]
    places = (0.1 * torch.arange(len(values), dtype=torch.float64) + i for i, values in enumerate(numbers))
    return sum((values @ place.cos()).item() for values, place in zip(numbers, places, strict=True))


@pytest.mark.parametrize("name", MODELS)
def test_saved_weights_still_fit_and_the_same_seed_still_draws_them(name):
    torch.manual_seed(0)
    state = build(name, spec()).state_dict()
    assert {key: list(tensor.shape) for key, tensor in state.items()} == SAVED[name]["tensors"]
    assert list(state) == list(SAVED[name]["tensors"])
    assert checksum(state.values()) == pytest.approx(SAVED[name]["checksum"], abs=1e-3)


@pytest.mark.parametrize("name", PRETRAINED_WEIGHTS)
def test_a_pretrained_model_brings_the_size_of_its_pictures(name):
    assert name in MODELS
    assert settings_for("coffee", {"model": name}).size > 0


@pytest.mark.parametrize(
    ("name", "count"),
    [("resnet20", 269_722), ("resnet18", 11_173_962), ("resnet34", 21_282_122)],
)
def test_parameter_counts_of_the_literature(name, count):
    model = build(name, spec(3, 32, 32))
    assert sum(p.numel() for p in model.parameters()) == count
    assert f"{count:,}" in MODELS[name].__doc__


@pytest.mark.parametrize(
    ("name", "count"),
    {"linear": 7_850, "mlp": 407_050, "resnet_slim": 77_120, "resnet_narrow": 297_088, "resnet_wide": 659_904}.items(),
)
def test_parameter_counts_of_the_docstrings(name, count):
    assert sum(p.numel() for p in build(name, spec()).parameters()) == count
    assert f"{count:,}" in MODELS[name].__doc__


def test_unknown_model_suggests():
    with pytest.raises(SettingError, match="unknown model 'resnet43'. Did you mean 'resnet34'"):
        build("resnet43", spec())


OWN = """
from torch import nn
def tiny(spec):
    return nn.Sequential(nn.Flatten(), nn.Linear(spec.channels * spec.height * spec.width, len(spec.classes)))
def wrong(spec):
    return nn.Flatten()
def no_module(spec):
    return 3
def fails(spec):
    raise RuntimeError("no luck")
"""


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "own.py"
    path.write_text(OWN)
    return path


def test_a_model_of_ones_own(own):
    assert build(f"{own}:tiny", spec())(torch.zeros(3, 1, 28, 28)).shape == (3, 10)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("wrong", r"gave logits \(2, 784\) for two pictures; \(2, 10\) is needed"),
        ("no_module", "gave int; a torch.nn.Module is needed"),
        ("fails", "failed with RuntimeError: no luck; mend the file"),
        ("tinny", "unknown function in .* 'tinny'. Did you mean 'tiny'"),
    ],
)
def test_a_model_of_ones_own_that_breaks_the_contract(own, function, message):
    with pytest.raises(SettingError, match=message):
        build(f"{own}:{function}", spec())


def test_a_file_that_is_missing_or_broken(tmp_path):
    with pytest.raises(SettingError, match="there is no Python file"):
        build(f"{tmp_path}/nowhere.py:x", spec())
    (tmp_path / "broken.py").write_text("def (")
    with pytest.raises(SettingError, match="fails with SyntaxError"):
        build(f"{tmp_path}/broken.py:x", spec())
