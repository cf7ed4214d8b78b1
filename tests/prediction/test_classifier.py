import json

import numpy as np
import pytest
import torch
from PIL import Image

from muslin.data.decoding.contrast import Contrast
from muslin.errors import BundleError, PictureError, SettingError
from muslin.models import MODELS, build
from muslin.prediction import classifier as classifier_module
from muslin.prediction import scoring
from muslin.prediction.classifier import load
from muslin.run.description import WEIGHTS, add_to_description, sealed
from muslin.run.saved_model import save
from tests.samples import make_splits


def make_run(path, name="linear", splits=None, model=None, views=1):
    splits = splits or make_splits()
    path.mkdir(exist_ok=True)
    (path / "config.json").write_text("{}")
    torch.manual_seed(0)
    model = (model or build(name, splits.spec)).eval()
    save(path, model, name, splits.spec, Contrast.of(splits.train.images), views)
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


def test_probabilities_are_calibrated_as_the_run_says(tmp_path):
    splits, _ = make_run(tmp_path)
    plain = load(tmp_path).predict(arrays(splits)[0])
    assert plain.is_sure
    add_to_description(tmp_path, "calibration", {"temperature": 2.0, "threshold": 0.99, "pictures": 30})
    classifier = load(tmp_path)
    answer = classifier.predict(arrays(splits)[0])
    expected = (classifier(splits.test.images[:1]) / 2).softmax(1)[0].sort(descending=True).values
    assert list(answer.probabilities.values()) == pytest.approx(expected.tolist())
    assert answer.probability < plain.probability
    assert (answer.label, answer.runner_up) == tuple(answer.probabilities)[:2] == tuple(plain.probabilities)[:2]
    assert not answer.is_sure


def test_a_calibration_out_of_range_is_damage(tmp_path):
    make_run(tmp_path)
    for wrong in ({"temperature": 0}, {"temperature": "a"}, {"heat": 1}, []):
        add_to_description(tmp_path, "calibration", wrong)
        with pytest.raises(BundleError, match="damaged or of another program"):
            load(tmp_path)


def arrays(splits):
    return [image[0].numpy() for image in splits.test.images]


def test_many_pictures_are_answered_in_their_order(tmp_path, monkeypatch):
    splits, _ = make_run(tmp_path)
    classifier = load(tmp_path)
    pictures = arrays(splits)
    Image.fromarray(pictures[1]).save(tmp_path / "bar.png")
    mixed = [pictures[0], tmp_path / "bar.png", Image.fromarray(pictures[2]), *pictures[3:]]
    monkeypatch.setattr(scoring, "BATCH", 7)  # 60 pictures: eight batches, and a rest of 4
    answers = classifier.predict(mixed)
    alone = [classifier.predict(picture) for picture in pictures]
    assert [answer.label for answer in answers] == [answer.label for answer in alone]
    assert len({answer.label for answer in answers}) > 1
    for answer, expected in zip(answers, alone, strict=True):
        assert answer.probabilities == pytest.approx(expected.probabilities, abs=1e-6)
    assert classifier.predict(tuple(pictures[:1])) == classifier.predict(pictures[:1])
    assert classifier.predict([]) == []


def test_many_pictures_are_one_batch(tmp_path):
    splits, _ = make_run(tmp_path)
    classifier, seen = load(tmp_path), []
    classifier.model.register_forward_hook(lambda _module, inputs, _output: seen.append(len(inputs[0])))
    for _ in range(2):
        classifier.predict(arrays(splits))
    assert seen == [1, 60, 60], "one alone, once, to see how much memory it takes"


def test_of_many_the_unreadable_one_is_named(tmp_path):
    splits, _ = make_run(tmp_path)
    good, classifier = arrays(splits)[0], load(tmp_path)
    with pytest.raises(PictureError, match="no picture at nowhere.png"):
        classifier.predict([good, "nowhere.png"])
    with pytest.raises(PictureError, match=r"pictures\[2\]: array of float64 \(3, 3\); .* uint8 is needed"):
        classifier.predict([good, good, np.zeros((3, 3))])


def test_any_number_of_pictures_is_answered_as_one_by_one(tmp_path, monkeypatch):
    splits, _ = make_run(tmp_path)
    classifier = load(tmp_path)
    pictures = arrays(splits)
    for number in (1, 2):
        Image.fromarray(pictures[number]).save(tmp_path / f"{number}.png")
    (tmp_path / "bad.png").write_bytes(b"no picture")
    mixed = [pictures[0], tmp_path / "1.png", str(tmp_path / "2.png"), tmp_path / "bad.png", *pictures[3:20], 5]
    mixed += [np.zeros((3, 3)), Image.fromarray(pictures[20])]
    monkeypatch.setattr(classifier_module, "CHUNK", 4)
    answers = list(classifier.predict_many(iter(mixed)))
    assert [n for n, answer in enumerate(answers) if isinstance(answer, PictureError)] == [3, 21, 22]
    assert str(answers[3]).startswith(f"{tmp_path / 'bad.png'} is damaged at its start")
    assert str(answers[21]) == "pictures[21]: int; a file, a Pillow image or an array is needed"
    assert str(answers[22]).startswith("pictures[22]: array of float64 (3, 3)")
    good = [answer for answer in answers if not isinstance(answer, PictureError)]
    for answer, picture in zip(good, pictures, strict=False):
        alone = classifier.predict(picture)
        assert list(answer.probabilities) == list(alone.probabilities)
        assert answer.probabilities == pytest.approx(alone.probabilities, abs=1e-6)
    assert len(good) == 21
    assert list(classifier.predict_many([])) == []
    assert [str(error) for error in classifier.predict_many(["a.png", "b.png"])] == [
        "no picture at a.png",
        "no picture at b.png",
    ]


def test_many_are_not_one_and_views_are_checked_at_once(tmp_path):
    make_run(tmp_path)
    classifier = load(tmp_path)
    with pytest.raises(SettingError, match="predict takes a single one"):
        classifier.predict_many("boot.png")
    with pytest.raises(SettingError, match="views is 3"):
        classifier.predict_many(["boot.png"], views=3)


def test_a_model_that_answers_with_no_number_is_named(tmp_path):
    splits, _ = make_run(tmp_path)
    classifier = load(tmp_path)
    with torch.no_grad():
        classifier.model[1].bias[0] = torch.nan
    with pytest.raises(BundleError, match="answers with what is no number"):
        classifier.predict(arrays(splits)[0])


def test_views_are_those_of_the_test_unless_told_otherwise(tmp_path):
    splits, model = make_run(tmp_path, views=2)
    classifier, picture = load(tmp_path), arrays(splits)[0]
    assert classifier.views == classifier.predict(picture).views == 2
    with torch.no_grad():
        images = splits.spec.normalise(splits.test.images[:1])
        expected = {
            1: model(images).softmax(1).amax().item(),
            2: ((model(images) + model(images.flip(3))) / 2).softmax(1).amax().item(),
        }
    assert expected[1] != pytest.approx(expected[2], rel=1e-4)
    assert classifier.predict(picture).probability == pytest.approx(expected[2])
    assert classifier.predict(picture, views=1).probability == pytest.approx(expected[1])
    with pytest.raises(SettingError, match="views is 3; it must be 1 "):
        classifier.predict(picture, views=3)


@pytest.mark.parametrize(("settings", "views"), [({"tta": 10}, 10), ({}, 1)])
def test_an_old_run_has_its_views_in_its_settings(tmp_path, settings, views):
    make_run(tmp_path)
    description = json.loads((tmp_path / "model.json").read_text())
    del description["views"]
    (tmp_path / "model.json").write_text(sealed(description))
    config = {"started": "2026-01-01T10:00:00+00:00", "recipe": "coffee", "data": {"name": "bars", "source": "bars"}}
    (tmp_path / "config.json").write_text(json.dumps(config | {"settings": {"model": "mlp"} | settings}))
    assert load(tmp_path).views == views


def test_a_prediction_is_plain_values(tmp_path):
    splits, _ = make_run(tmp_path)
    prediction = load(tmp_path).predict(arrays(splits)[0])
    values = json.loads(json.dumps(prediction.as_json()))
    assert list(values) == ["label", "probability", "runner_up", "is_sure", "probabilities", "views", "notes"]
    assert list(values["probabilities"].items()) == list(prediction.probabilities.items())


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
    path.write_text(sealed(json.loads(path.read_text()) | changes))


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
        (lambda d: change_json(d / "model.json", views=3), "its views are 3, but 1, 2, 5 or 10 is needed"),
        (lambda d: change_json(d / "model.json", views=[1]), "its views are .1., but 1, 2, 5 or 10 is needed"),
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
    assert WEIGHTS.endswith(".safetensors")
