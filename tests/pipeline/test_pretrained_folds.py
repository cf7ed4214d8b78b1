"""Few pictures in colour are judged by heads on a pretrained model's features; a small network stands in for it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from muslin.data.images import ImageData, Splits
from muslin.data.reading import Reading
from muslin.data.sources.arrays import brought_to
from muslin.data.sources.registry import load_placed_splits
from muslin.errors import DataError
from muslin.models import build
from muslin.models.pretrained import has_pretrained, load_pretrained
from muslin.pipeline import doctor, pretrained_folds
from muslin.pipeline.doctor import examine_data
from muslin.pipeline.folds import FEW
from muslin.pipeline.pretrained_folds import read_for_features, suits_features
from tests.samples import bars, make_splits, write_pictures

SIDE = 24
WRONG = {"bar 0/1.png": "bar 1", "bar 2/42.png": "bar 0"}  # with the true class
BY_FEATURES = "judged by the features of efficientnet_lite0"
pretrained = pytest.mark.skipif(not has_pretrained("efficientnet_lite0"), reason="its weights are not installed")


class BrightRows(torch.nn.Module):
    """A `Backbone` whose features are the brightness of each row: where the bar lies."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.head = torch.nn.Linear(SIDE, classes)

    def features(self, images: torch.Tensor) -> torch.Tensor:
        assert images.shape[1:] == (3, SIDE, SIDE)
        return images.mean((1, 3))

    def feature_maps(self, images: torch.Tensor) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        return {}, self.features(images)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(images))


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts a small model, and a small size, in the place of the pretrained one."""
    monkeypatch.setattr(pretrained_folds, "has_pretrained", lambda _name: True)
    monkeypatch.setattr(pretrained_folds, "SIDE", SIDE)
    monkeypatch.setattr(pretrained_folds, "prepare_model", lambda spec, *_: BrightRows(len(spec.classes)))
    monkeypatch.setattr(doctor, "judge_by_others", lambda *_: pytest.fail("judged by quick models"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Bars in colour, two of them in a wrong class."""
    images, labels = bars(90, 3, 12, 3, 0)
    write_pictures(tmp_path / "bars", images, labels)
    for name, true in WRONG.items():
        (tmp_path / "bars" / true / name.split("/")[1]).rename(tmp_path / "bars" / name)
    return tmp_path / "bars"


def reading_of(folder: Path, **changes: object) -> Reading:
    return Reading(cache=folder.parent / "cache", threads=1, **changes)


def coloured(count: int, channels: int = 3) -> ImageData:
    return ImageData(*bars(count, channels, 12, 3, 0), make_splits(channels).spec)


def test_wrong_labels_are_found_and_everything_else_stays_at_the_size_that_was_read(stand_in, folder):
    found = examine_data(str(folder), reading_of(folder))
    assert {one.name: one.likely for one in found.findings.of("label")} == WRONG
    assert found.findings.accuracy == pytest.approx(1 - 2 / 90)
    assert any(BY_FEATURES in note for note in found.findings.notes)
    assert found.images.shape == (90, 3, 12, 12)
    splits, places = load_placed_splits(str(folder), reading=reading_of(folder))
    kept = doctor.write_findings(found.findings, doctor.gather(splits, places).trained, folder.parent / "cache")
    assert kept == found.kept, "a run on pictures of that size finds the findings"


def test_arrays_which_no_size_changes_are_enlarged(stand_in, tmp_path):
    images, labels = bars(90, 3, 12, 3, 0)
    labels[[7, 50]] = torch.tensor([0, 1])
    np.savez(tmp_path / "bars.npz", images=images.permute(0, 2, 3, 1).numpy(), labels=labels.numpy())
    found = examine_data(str(tmp_path / "bars.npz"), Reading(cache=tmp_path / "cache"), seed=3).findings
    assert {one.name: one.likely for one in found.of("label")} == {"all[7]": "1", "all[50]": "2"}


def test_each_head_is_fitted_to_the_others_of_one_model_and_copies_are_in_one_fold(stand_in, folder, monkeypatch):
    fitted, asked, given = [], [], pretrained_folds.fit_head

    def watched(features, labels, classes, *, validation, decays):
        fitted.append({row.numpy().tobytes() for row in features})
        asked.append({row.numpy().tobytes() for row in validation[0]})
        assert len(decays) == 1
        return given(features, labels, classes, validation=validation, decays=decays)

    monkeypatch.setattr(pretrained_folds, "fit_head", watched)
    for copy in range(5):
        (folder / "bar 1" / f"copy {copy}.png").write_bytes((folder / "bar 1" / "4.png").read_bytes())
    examine_data(str(folder), reading_of(folder))
    assert len(fitted) == 4
    assert all(not one & other for one, other in zip(fitted, asked, strict=True)), "its copies are not in another fold"
    assert all(one | other == set.union(*asked) for one, other in zip(fitted, asked, strict=True))


def test_answers_and_features_are_in_the_order_of_the_pictures(stand_in, folder, monkeypatch):
    seen, judge = [], doctor.judge_by_features

    def watched(data, *rest):
        seen.append((data, judge(data, *rest)))
        return seen[0][1]

    monkeypatch.setattr(doctor, "judge_by_features", watched)
    monkeypatch.setattr(pretrained_folds, "BLOCK", 7)
    examine_data(str(folder), reading_of(folder))
    ((data, judged),) = seen
    assert judged.folds.unique().tolist() == [0]
    rows = data.spec.normalise(data.images).mean((1, 3))  # (N, 12), of the pictures as they were read first
    brightness = torch.stack([judged.features.mean(1), rows.mean(1)])
    assert torch.corrcoef(brightness)[0, 1] > 0.99
    assert (judged.logits.argmax(1) == rows.view(90, 3, 4).mean(2).argmax(1)).all()


def test_the_second_reading_has_the_same_pictures_at_the_larger_size(stand_in, folder):
    write_pictures(folder, *bars(120, 3, 12, 3, 0))
    (folder / "bar 0" / "0.png").write_bytes(b"no picture")
    reading = reading_of(folder, on_bad="skip")
    splits, places = load_placed_splits(str(folder), reading=reading)
    larger = read_for_features(str(folder), places, reading, seed=0)
    for one, other in ((splits.train, larger.train), (splits.test, larger.test)):
        assert other.images.shape == (len(one), 3, SIDE, SIDE)
        assert other.file is not None, "mapped, not in memory"
        assert torch.equal(one.labels, other.labels)


def test_files_that_change_between_both_readings_are_refused(stand_in, folder):
    _, places = load_placed_splits(str(folder), reading=reading_of(folder))
    (folder / "bar 0" / "0.png").rename(folder / "bar 0" / "other.png")
    with pytest.raises(DataError, match="changed while it was read; try again"):
        read_for_features(str(folder), places, reading_of(folder), seed=0)


def test_pictures_that_all_look_alike_are_refused(stand_in, folder, monkeypatch):
    same = doctor.find_same_pictures
    monkeypatch.setattr(
        doctor,
        "find_same_pictures",
        lambda images, *rest: replace(same(images, *rest), groups=torch.zeros(len(images))),
    )
    with pytest.raises(DataError, match="all pictures look alike"):
        examine_data(str(folder), reading_of(folder))


@pytest.mark.parametrize("views", [1, 2, 5, 10])
def test_mirror_images_are_looked_at_where_settings_allow_them(stand_in, folder, monkeypatch, views):
    settings, _ = doctor.quick_settings(coloured(90), 0, is_own=True)
    monkeypatch.setattr(doctor, "quick_settings", lambda *_, **__: (replace(settings, tta=views), []))
    given, asked = pretrained_folds.extract_features, set()
    monkeypatch.setattr(
        pretrained_folds, "extract_features", lambda *a, **named: asked.add(named["views"]) or given(*a, **named)
    )
    examine_data(str(folder), reading_of(folder))
    assert asked == {views}


def test_progress_goes_to_its_end(stand_in, folder):
    told = []
    examine_data(str(folder), reading_of(folder, progress=lambda *event: told.append(event)))
    judging = [(done, total) for stage, done, total in told if stage == "judging"]
    assert judging == sorted(judging)
    assert judging[-1] == (94, 94)


def test_few_pictures_in_colour_without_the_weights_are_told_how_to_install_them(monkeypatch):
    monkeypatch.setattr(pretrained_folds, "has_pretrained", lambda _name: False)
    suits, (note,) = suits_features(coloured(90), are_files=True)
    assert not suits
    assert "pip install 'muslin[transfer]'" in note


def test_grey_pictures_and_many_are_left_to_quick_models(stand_in):
    assert suits_features(coloured(90, channels=1), are_files=True) == (False, [])
    assert suits_features(coloured(FEW), are_files=True) == (False, [])
    assert suits_features(coloured(FEW - 1), are_files=True)[0]


def test_arrays_that_do_not_fit_into_the_memory_are_left_to_quick_models(stand_in, monkeypatch):
    monkeypatch.setattr(pretrained_folds, "memory_limit", lambda: 3 * 90 * 3 * SIDE**2 - 1)
    suits, (note,) = suits_features(coloured(90), are_files=False)
    assert not suits
    assert "GB are there" in note
    assert suits_features(coloured(90), are_files=True)[0], "files are mapped"
    monkeypatch.setattr(pretrained_folds, "memory_limit", lambda: 3 * 90 * 3 * SIDE**2)
    assert suits_features(coloured(90), are_files=False)[0]


@pretrained
def test_the_weights_themselves_find_wrong_labels(folder, monkeypatch):
    monkeypatch.setattr(doctor, "judge_by_others", lambda *_: pytest.fail("judged by quick models"))
    found = examine_data(str(folder), reading_of(folder)).findings
    assert {one.name: one.likely for one in found.of("label")}.items() >= WRONG.items()
    assert any(BY_FEATURES in note for note in found.notes)


@pretrained
def test_the_features_are_those_of_the_weights():
    parts = [coloured(count) for count in (4, 2, 3)]
    settings, _ = doctor.quick_settings(coloured(9), 0, is_own=True)
    machine = doctor.prepare("cpu", "fp32")
    features = pretrained_folds.features_at_size(
        coloured(9), Splits(*parts, "bars"), replace(settings, tta=1), machine, lambda _done: None
    )
    spec = replace(parts[0].spec, height=224, width=224)
    model = build("efficientnet_lite0", spec)
    load_pretrained("efficientnet_lite0", model)
    images = torch.cat([brought_to(part.images, (3, 224, 224)) for part in parts])
    with torch.no_grad():
        assert torch.allclose(features, model.eval().features(spec.normalise(images)), atol=1e-3)
