import math

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from scipy.special import logsumexp
from torch import nn

from muslin.data.images import ImageData
from muslin.data.spec import DataSpec
from muslin.errors import RunError, SettingError, TrainingError
from muslin.machine.device import Machine
from muslin.models import MODELS, build
from muslin.training import head
from muslin.training.head import (
    DECAYS,
    cached_features,
    extract_features,
    features_key,
    fit_head,
    minimise,
)

CPU = Machine(torch.device("cpu"), 1, bf16=False, channels_last=True, speeds={})
BF16 = Machine(torch.device("cpu"), 1, bf16=True, channels_last=True, speeds={})


def clouds(count, seed, noise=1.0, dimensions=4, classes=3):
    """Overlapping clouds on odd scales, and a constant feature; the class tells the cloud's centre."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % classes
    centres = torch.randn(classes, dimensions, generator=torch.Generator().manual_seed(99))
    features = centres[labels] + noise * torch.randn(count, dimensions, generator=generator)
    features = features * torch.logspace(-2, 2, dimensions) + 5
    return torch.cat([features, torch.full((count, 1), 0.1)], 1), labels


def logits_of(result, features):
    return features @ result.weight.T + result.bias


@pytest.fixture
def pictures():
    spec = DataSpec(3, 32, 32, ("a", "b", "c"), (0.4, 0.5, 0.6), (0.2, 0.2, 0.3))
    images = torch.randint(0, 256, (7, 3, 32, 32), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    return ImageData(images, torch.arange(7) % 3, spec)


@pytest.fixture
def model(pictures):
    torch.manual_seed(0)
    return build("efficientnet_lite0", pictures.spec)


def test_features_are_what_the_head_sees(model, pictures):
    told = []
    features = extract_features(model, pictures, CPU, batch=3, progress=lambda *numbers: told.append(numbers))
    assert features.shape == (7, 1280)
    assert features.dtype == torch.float32
    assert told == [(3, 7), (6, 7), (7, 7)]
    assert model.training
    with torch.no_grad():
        expected = model.eval()(pictures.spec.normalise(pictures.images))
        assert torch.allclose(model.head(features), expected, atol=1e-4)


def test_two_views_average_the_logits(model, pictures):
    features = extract_features(model, pictures, CPU, views=2)
    model.eval()
    with torch.no_grad():
        both = [model(pictures.spec.normalise(images)) for images in (pictures.images, pictures.images.flip(-1))]
        assert torch.allclose(model.head(features), (both[0] + both[1]) / 2, atol=1e-4)


def test_bf16_gives_float32_features(model, pictures):
    exact, rounded = (extract_features(model, pictures, machine) for machine in (CPU, BF16))
    assert rounded.dtype == torch.float32
    assert 0 < (exact - rounded).abs().mean() < 0.05 * exact.abs().mean()


def test_a_model_without_features_is_refused(pictures):
    own = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 3))
    with pytest.raises(
        SettingError, match=r"Sequential has no .*no method features\(images\).* which a new head needs"
    ):
        extract_features(own, pictures, CPU)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_gives_features_for_a_new_head(name, pictures):
    model = build(name, pictures.spec)
    features = extract_features(model, pictures, CPU, batch=4)
    key = features_key(model, pictures, 1, CPU)
    nn.init.zeros_(model.head.weight)
    assert features.shape == (7, model.head.in_features)
    assert features_key(model, pictures, 1, CPU) == key, "the head has no part in them"


def by_scipy(features, labels, classes, decay, class_weights):
    """The same problem, written down again: weights and biases of the standardised features, then folded."""
    x, y = features.double().numpy(), labels.numpy()
    mean, std = x.mean(0), x.std(0)
    std[-1] = 1.0  # the constant feature
    x = (x - mean) / std
    share = class_weights[y] / class_weights[y].sum()

    def loss(parameters):
        weight, bias = parameters[:-classes].reshape(classes, -1), parameters[-classes:]
        scores = x @ weight.T + bias
        return share @ (logsumexp(scores, axis=1) - scores[np.arange(len(y)), y]) + decay / 2 * (weight**2).sum()

    found = minimize(loss, np.zeros(classes * (x.shape[1] + 1)), tol=1e-10).x
    weight, bias = found[:-classes].reshape(classes, -1) / std, found[-classes:]
    return weight, bias - weight @ mean


@pytest.mark.parametrize("class_weights", [[1.0, 1.0, 1.0], [0.2, 1.0, 3.0]])
@pytest.mark.parametrize("decay", [0.3, 0.01])
def test_fits_what_scipy_fits(decay, class_weights):
    features, labels = clouds(60, seed=1)
    weights = torch.tensor(class_weights)
    result = fit_head(features, labels, 3, validation=clouds(30, 2), decays=(decay,), class_weights=weights)
    weight, bias = by_scipy(features, labels, 3, decay, np.array(class_weights))
    expected = features.double().numpy() @ weight.T + bias
    logits = logits_of(result, features).double().numpy()
    centred, expected = (z - z.mean(1, keepdims=True) for z in (logits, expected))  # softmax sees no common shift
    assert np.abs(centred - expected).max() < 5e-3


def test_validation_is_scored_with_the_head_that_is_returned():
    validation = clouds(31, seed=2)
    result = fit_head(*clouds(60, seed=1), 3, validation=validation)
    logits = logits_of(result, validation[0])
    assert result.weight.dtype == result.bias.dtype == torch.float32
    assert result.weight.shape == (3, 5)
    assert nn.functional.cross_entropy(logits, validation[1]).item() == pytest.approx(result.validation_loss, rel=1e-4)
    assert (logits.argmax(1) == validation[1]).float().mean().item() == pytest.approx(result.validation_accuracy)


def test_the_decay_with_the_least_validation_loss_is_chosen():
    validation = clouds(60, seed=2)
    decays = (3.0, 0.3, 0.03, 1e-3, 1e-4)
    each = [fit_head(*clouds(30, seed=1), 3, validation=validation, decays=(decay,)) for decay in decays]
    best = min(each, key=lambda result: result.validation_loss)
    chosen = fit_head(*clouds(30, seed=1), 3, validation=validation, decays=decays)
    assert chosen.decay == best.decay
    assert chosen.validation_loss == pytest.approx(best.validation_loss, rel=1e-3)


def test_two_worse_decays_in_a_row_end_the_search(monkeypatch):
    decays = []
    monkeypatch.setattr(head, "minimise", lambda *arguments: decays.append(arguments[4]) or minimise(*arguments))
    result = fit_head(*clouds(30, 1, 4.0, 40), 3, validation=clouds(90, 2, 4.0, 40))
    assert decays[-3] == result.decay
    assert len(decays) < len(DECAYS)


def test_noise_asks_for_more_decay_than_clear_classes():
    clear, noisy = (
        fit_head(*clouds(30, 1, noise, 40), 3, validation=clouds(90, 2, noise, 40)).decay for noise in (0.1, 4.0)
    )
    assert noisy > clear


def test_the_same_features_give_the_same_bits():
    first, again = (fit_head(*clouds(60, 1), 3, validation=clouds(30, 2)) for _ in range(2))
    assert torch.equal(first.weight, again.weight)
    assert torch.equal(first.bias, again.bias)


def test_a_class_without_pictures_is_not_predicted():
    result = fit_head(*clouds(60, 1), 4, validation=clouds(30, 2))
    assert result.weight.isfinite().all()
    assert result.bias.isfinite().all()
    assert 3 not in logits_of(result, clouds(60, 1)[0]).argmax(1)


def test_nan_features_are_refused():
    features, labels = clouds(6, 1)
    features[2, 1] = math.nan
    with pytest.raises(TrainingError, match="features have NaN or infinite values; use precision=fp32"):
        fit_head(features, labels, 3, validation=clouds(6, 2))


def test_the_key_follows_from_all_that_the_features_follow_from(model, pictures):
    key = features_key(model, pictures, 1, CPU)
    assert len(key) == 64
    nn.init.zeros_(model.head.weight)
    assert features_key(model, pictures, 1, CPU) == key
    changed = pictures.images.clone()
    changed[3, 0, 0, 0] ^= 1
    spec = DataSpec(3, 32, 32, ("a", "b", "c"), (0.4, 0.5, 0.7), (0.2, 0.2, 0.3))
    others = [
        features_key(model, pictures, 2, CPU),
        features_key(model, pictures, 1, BF16),
        features_key(model, ImageData(changed, pictures.labels, pictures.spec), 1, CPU),
        features_key(model, ImageData(pictures.images, pictures.labels, spec), 1, CPU),
    ]
    model.stem.norm.running_mean[0] += 1
    others.append(features_key(model, pictures, 1, CPU))
    assert len({key, *others}) == 6


class Computer:
    """Counts how often it has to compute."""

    def __init__(self):
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return torch.arange(12.0).view(3, 4)


def test_features_are_computed_once(tmp_path):
    compute = Computer()
    for _ in range(2):
        assert torch.equal(cached_features(tmp_path / "new" / "cache", "k", compute), compute())
    assert compute.calls == 1 + 2
    cached_features(tmp_path / "new" / "cache", "other", compute)
    assert compute.calls == 4


@pytest.mark.parametrize("suffix", ["npy", "sha256"])
@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_a_damaged_cache_is_computed_again_and_mended(tmp_path, suffix, damage):
    compute = Computer()
    expected = cached_features(tmp_path, "k", compute)
    path = tmp_path / f"features-k.{suffix}"
    content = bytearray(path.read_bytes())
    content[-3] ^= 128
    path.unlink() if damage == "remove" else path.write_bytes(content[:-5] if damage == "cut" else content)
    for _ in range(2):
        assert torch.equal(cached_features(tmp_path, "k", compute), expected)
    assert compute.calls == 2


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match=r"cannot make .*file/cache"):
        cached_features(tmp_path / "file" / "cache", "k", Computer())
