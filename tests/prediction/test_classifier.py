import json

import numpy as np
import pytest
import torch
from PIL import Image

from muslin.data.decoding.contrast import Contrast
from muslin.errors import BundleError
from muslin.models import MODELS, build
from muslin.prediction.classifier import load
from muslin.run import saved_model
from muslin.run.saved_model import save
from tests.samples import make_splits


def make_run(path, name="linear", splits=None, model=None):
    splits = splits or make_splits()
    path.mkdir(exist_ok=True)
    (path / "config.json").write_text("{}")
    torch.manual_seed(0)
    model = (model or build(name, splits.spec)).eval()
    save(path, model, name, splits.spec, Contrast.of(splits.train.images))
    return splits, model


@pytest.mark.parametrize("name", MODELS)
def test_what_was_saved_is_what_is_loaded(tmp_path, name):
    splits, model = make_run(tmp_path, name)
    classifier = load(tmp_path)
    assert classifier.spec == splits.spec
    assert classifier.classes == ("bar 0", "bar 1", "bar 2")
    images = splits.test.images[:7]
    with torch.no_grad():
        assert torch.equal(classifier(images), model(splits.spec.normalise(images)))


def test_weights_in_channels_last_are_saved_as_they_are(tmp_path):
    splits = make_splits()
    torch.manual_seed(0)
    model = build("resnet20", splits.spec).to(memory_format=torch.channels_last)
    make_run(tmp_path, "resnet20", splits, model)
    for key, tensor in load(tmp_path).model.state_dict().items():
        assert torch.equal(tensor, model.state_dict()[key])


def test_predicts_files_images_and_arrays_alike(tmp_path):
    splits, _ = make_run(tmp_path)
    classifier = load(tmp_path)
    pixels = splits.test.images[0, 0].numpy()
    Image.fromarray(pixels).save(tmp_path / "bar.png")
    answers = [
        classifier.predict(p)
        for p in (tmp_path / "bar.png", str(tmp_path / "bar.png"), Image.fromarray(pixels), pixels)
    ]
    assert all(answer == answers[0] for answer in answers)
    expected = classifier(splits.test.images[:1]).softmax(1)[0]
    assert answers[0].probability == pytest.approx(expected.max().item())
    assert answers[0].label == splits.spec.classes[int(expected.argmax())]
    assert list(answers[0].probabilities.values()) == sorted(expected.tolist(), reverse=True)


def test_an_inverted_picture_is_said_to_be(tmp_path):
    dark = torch.zeros(300, 1, 12, 12, dtype=torch.uint8)
    dark[:, :, 4:8, 4:8] = 200
    splits = make_splits()
    splits.train.images[:] = dark[:270]
    make_run(tmp_path, splits=splits)
    classifier = load(tmp_path)
    picture = dark[0, 0].numpy()
    assert classifier.predict(picture).notes == ()
    assert "looks inverted" in classifier.predict(255 - picture).notes[0]
    inverted = classifier.predict(255 - picture, invert=True)
    assert inverted.notes == ()
    assert inverted.probabilities == classifier.predict(picture).probabilities


def change_json(path, **changes):
    path.write_text(saved_model.sealed(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda d: (d / "model.json").unlink(), "model.json is missing"),
        (lambda d: (d / "model.json").write_text("{"), "is not JSON"),
        (lambda d: (d / "model.json").write_text("[]"), "format 1 is needed"),
        (lambda d: change_json(d / "model.json", format=2), "written by a newer muslin"),
        (lambda d: (d / "model.json").write_text("[" * 150_000), "is not JSON"),
        (lambda d: (d / "model.json").write_text((d / "model.json").read_text().replace("bar 1", "bar 7")), "SHA-256"),
        (lambda d: change_json(d / "model.json", data=[]), "damaged or of another program"),
        (lambda d: change_json(d / "model.json", data={}), "damaged or of another program"),
        (lambda d: (d / "model.safetensors").unlink(), "model.safetensors is missing"),
        (lambda d: change_json(d / "model.json", model="mlp"), "does not fit model mlp"),
        (lambda d: change_json(d / "model.json", model="own.py:f"), "loading never runs code unasked"),
    ],
)
def test_damage_is_named(tmp_path, damage, message):
    make_run(tmp_path)
    damage(tmp_path)
    with pytest.raises(BundleError, match=message):
        load(tmp_path)


def test_no_flipped_bit_is_loaded(tmp_path):
    make_run(tmp_path)
    path = tmp_path / "model.safetensors"
    content = path.read_bytes()
    generator = np.random.default_rng(0)
    for _ in range(50):
        changed = bytearray(content)
        changed[generator.integers(len(content))] ^= 1 << generator.integers(8)
        path.write_bytes(changed)
        with pytest.raises(BundleError, match="SHA-256 is not the one"):
            load(tmp_path)
    for length in generator.integers(0, len(content), 20):
        path.write_bytes(content[:length])
        with pytest.raises(BundleError, match="SHA-256 is not the one"):
            load(tmp_path)


def test_a_model_of_ones_own_is_loaded_when_named(tmp_path):
    splits, model = make_run(tmp_path, "linear")
    change_json(tmp_path / "model.json", model="own.py:mine")
    ran = []

    def mine(spec):
        ran.append(spec)
        return build("linear", spec)

    with pytest.raises(BundleError):
        load(tmp_path)
    assert ran == []
    classifier = load(tmp_path, mine)
    assert ran == [splits.spec]
    assert torch.equal(classifier.model[1].weight, model[1].weight)


def test_saving_uses_no_pickle(tmp_path, monkeypatch):
    import pickle

    monkeypatch.setattr(pickle, "dumps", None)
    monkeypatch.setattr(pickle, "loads", None)
    make_run(tmp_path)
    load(tmp_path)
    assert saved_model.WEIGHTS.endswith(".safetensors")
