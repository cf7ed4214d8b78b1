"""Start from weights that others, or one's own runs, have learnt."""

import numpy as np
import pytest
import torch

import muslin
from muslin.data.spec import DataSpec
from muslin.errors import SettingError
from muslin.models import build
from muslin.models.pretrained import has_pretrained
from muslin.pipeline import train as train_module
from muslin.pipeline.model import start_from
from muslin.run import journal
from muslin.run.saved_model import read_weights
from tests.samples import bars

QUICK = {"epochs": 1, "optimizer": "sgd", "lr": 0.01, "batch_size": 30, "flip": "none", "shift": 0}
pretrained = pytest.mark.skipif(not has_pretrained("efficientnet_lite0"), reason="its weights are not installed")


@pytest.fixture
def photos(here):
    """Pictures with 48 pixels a side, large enough for features of photographs."""
    parts = {}
    for part, count, seed in (("train", 90, 0), ("test", 30, 1)):
        images, labels = bars(count, 3, 48, 3, seed)
        parts |= {f"{part}_images": images.permute(0, 2, 3, 1).numpy(), f"{part}_labels": labels.numpy()}
    np.savez(here / "photos.npz", **parts)
    return here / "photos.npz"


def differing(one, other):
    return {name for name in one if not torch.equal(one[name], other[name])}


@pretrained
def test_frozen_features_are_computed_once_and_a_head_is_fitted(photos, monkeypatch):
    first = muslin.fit(photos, model="efficientnet_lite0", seed=0)
    assert first.test.accuracy > 0.9
    assert [e["event"] for e in journal.read(first.folder)] == ["epoch", "test", "end"]
    monkeypatch.setattr(train_module, "extract_features", lambda *_, **__: pytest.fail("computed again"))
    again = muslin.fit(photos, model="efficientnet_lite0", seed=0)
    assert differing(read_weights(first.folder), read_weights(again.folder)) == set()


@pretrained
def test_unfreezing_trains_all_of_it(photos):
    frozen = muslin.fit(photos, model="efficientnet_lite0")
    thawed = muslin.fit(photos, model="efficientnet_lite0", unfreeze=True, epochs=1, batch_size=30)
    changed = differing(read_weights(frozen.folder), read_weights(thawed.folder))
    assert {"head.weight", "stem.conv.weight", "stem.norm.running_mean"} <= changed
    assert thawed.test.accuracy > 0.9


def test_init_starts_from_a_run(here, idx_folder):
    first = muslin.fit(idx_folder, model="convnet", **QUICK)
    tuned = muslin.fit(idx_folder, model="convnet", init=str(first.folder), **QUICK | {"lr": 1e-12})
    before, after = read_weights(first.folder), read_weights(tuned.folder)
    assert all(torch.allclose(before[name], after[name], atol=1e-6) for name in before)


def test_init_for_other_classes_leaves_the_head(here, idx_folder):
    first = muslin.fit(idx_folder, model="convnet", **QUICK)
    spec = DataSpec(1, 12, 12, ("left", "right"), (0.5,), (0.5,))
    model = build("convnet", spec)
    head = model[-1].weight.clone()
    start_from(model, first.folder)
    assert torch.equal(model[0].weight, read_weights(first.folder)["0.weight"])
    assert torch.equal(model[-1].weight, head)


def test_init_from_another_model_is_refused(here, idx_folder):
    first = muslin.fit(idx_folder, model="mlp", **QUICK)
    with pytest.raises(SettingError, match=r"init is .*, whose model is another one: \d+ of \d+ tensors do not fit"):
        muslin.fit(idx_folder, model="resnet_narrow", init=str(first.folder), **QUICK)
