from pathlib import Path

import numpy as np
import pytest
import torch

from muslin.data.check.doctor import Findings, read_findings
from muslin.data.reading import Reading
from muslin.errors import DataError
from muslin.pipeline import doctor, folds
from muslin.pipeline.doctor import Examined, examine_data
from muslin.recipes import settings_for
from muslin.run.known import read_known, write_known
from tests.samples import QUICK, bars, write_pictures


@pytest.fixture(autouse=True)
def quick_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the quick models be quicker yet."""
    settings = settings_for("espresso", QUICK | {"epochs": 8, "skip_easy": 0.0})
    monkeypatch.setattr(doctor, "quick_settings", lambda _data, seed, **_: (settings.changed(seed=seed), ["a note"]))


def npz(path: Path, count: int = 240, wrong: int = 6, seed: int = 0) -> tuple[Path, dict[str, tuple[str, str]]]:
    """Bars with some labels exchanged, by name: the wrong class and the true one."""
    images, labels = bars(count, 1, 12, 3, seed)
    given = labels.clone()
    rows = torch.arange(0, count, count // wrong)[:wrong]
    given[rows] = (labels[rows] + 1) % 3
    test, test_labels = bars(60, 1, 12, 3, 1)
    classes = np.array(["bar 0", "bar 1", "bar 2"])
    np.savez(path, train_images=images, train_labels=given, test_images=test, test_labels=test_labels, classes=classes)
    return path, {f"train[{row}]": (str(classes[given[row]]), str(classes[labels[row]])) for row in rows.tolist()}


def examined(data: Path, cache: Path, **settings: object) -> Examined:
    return examine_data(str(data), Reading(cache=cache, threads=1), **settings)


def labels_found(findings: Findings) -> dict[str, tuple[str, str]]:
    return {one.name: (one.label, one.likely) for one in findings.of("label")}


def test_exchanged_labels_are_found_with_the_true_class(tmp_path):
    data, wrong = npz(tmp_path / "bars.npz")
    findings = examined(data, tmp_path / "cache").findings
    assert labels_found(findings) == wrong
    assert findings.pictures == {"train": 216, "validation": 24, "test": 60}
    assert findings.accuracy == pytest.approx(1 - 6 / 300, abs=0.01)
    assert "a note" in findings.notes
    assert all(one.score > 0.5 and one.split in ("train", "validation") for one in findings.of("label"))


def test_a_run_on_the_same_data_finds_them_again(tmp_path):
    data, _ = npz(tmp_path / "bars.npz")
    found = examined(data, tmp_path / "cache")
    splits, _ = doctor.load_placed_splits(str(data), reading=Reading())
    write_known(tmp_path, splits)
    known = read_known(tmp_path)
    assert known is not None
    assert read_findings(known.trained, tmp_path / "cache") == found.findings
    text = found.kept.read_text()
    assert str(tmp_path) not in text
    digests = {int(digest) for digest in torch.cat([known.trained, known.tested])}
    assert {one.digest for one in found.findings.findings} <= digests


def test_wrong_labels_of_the_test_set_are_found_too(tmp_path):
    data, _ = npz(tmp_path / "bars.npz", wrong=1)
    with np.load(data) as archive:
        arrays = dict(archive)
    arrays["test_labels"][7] = (arrays["test_labels"][7] + 1) % 3
    np.savez(data, **arrays)
    tests = [one for one in examined(data, tmp_path / "cache").findings.of("label") if one.split == "test"]
    assert [one.name for one in tests] == ["test[7]"]


def test_a_wrong_label_on_both_of_two_copies_is_found(tmp_path):
    """Were they in two folds, each would vouch for the other."""
    data, _ = npz(tmp_path / "bars.npz", wrong=1)
    with np.load(data) as archive:
        arrays = dict(archive)
    arrays["train_images"][1] = arrays["train_images"][0]
    arrays["train_labels"][:2] = 1  # the first bar's are both wrong
    np.savez(data, **arrays)
    findings = examined(data, tmp_path / "cache").findings
    assert labels_found(findings).keys() == {"train[0]", "train[1]"}
    assert [(one.name, one.like, one.likely) for one in findings.of("copy")] == [("train[0]", "train[1]", "")] or [
        (one.name, one.like, one.likely) for one in findings.of("copy")
    ] == [("train[1]", "train[0]", "")]


def test_a_copy_in_another_class_and_one_in_the_test_set_come_first(tmp_path):
    data, _ = npz(tmp_path / "bars.npz", wrong=1)
    with np.load(data) as archive:
        arrays = dict(archive)
    images, labels = arrays["train_images"], arrays["train_labels"]
    images[10] = images[4]  # both of bar 1
    images[20], labels[20] = images[2], 1  # that of bar 2 says that it is bar 1
    arrays["test_images"][5] = images[8]
    np.savez(data, **arrays)
    copies = [{one.name, one.like} for one in examined(data, tmp_path / "cache").findings.of("copy")]
    assert copies == [{"train[2]", "train[20]"}, {"train[8]", "test[5]"}, {"train[4]", "train[10]"}]


def test_what_is_no_bar_is_an_outlier(tmp_path):
    data, _ = npz(tmp_path / "bars.npz", wrong=1)
    with np.load(data) as archive:
        arrays = dict(archive)
    arrays["train_images"][3] = np.random.default_rng(0).integers(0, 256, (1, 12, 12)) // 128 * 255
    np.savez(data, **arrays)
    first = examined(data, tmp_path / "cache").findings.of("outlier")[:1]
    assert [one.name for one in first] == ["train[3]"]
    assert first[0].score > 2


def test_files_are_named_below_their_folder_also_where_one_was_left_out(tmp_path):
    images, labels = bars(240, 1, 12, 3, 0)
    write_pictures(tmp_path / "bars", images, labels)
    (tmp_path / "bars" / "bar 0" / "12.png").rename(tmp_path / "bars" / "bar 1" / "12.png")
    (tmp_path / "bars" / "bar 0" / "0.png").write_bytes(b"no picture")
    reading = Reading(cache=tmp_path / "cache", threads=1, on_bad="skip")
    found = examine_data(str(tmp_path / "bars"), reading)
    assert labels_found(found.findings) == {"bar 1/12.png": ("bar 1", "bar 0")}
    assert found.findings.are_files
    row = found.row_of["bar 1/12.png"]
    assert torch.equal(found.images[row], images[12])


def test_a_class_of_one_picture_in_a_source_with_splits_is_not_judged(tmp_path):
    data, _ = npz(tmp_path / "bars.npz", wrong=1)
    with np.load(data) as archive:
        arrays = dict(archive)
    arrays["classes"] = np.array([*arrays["classes"], "lonely"])
    arrays["train_labels"][5] = 3
    np.savez(data, **arrays)
    findings = examined(data, tmp_path / "cache").findings
    assert "train[5]" not in labels_found(findings)
    assert any("single picture cannot be judged: lonely" in note for note in findings.notes)


def test_pictures_that_do_not_fit_into_the_memory_are_refused(monkeypatch, tmp_path):
    data, _ = npz(tmp_path / "bars.npz")
    monkeypatch.setattr(doctor, "memory_limit", lambda: 1000)
    with pytest.raises(DataError, match="--size"):
        examined(data, tmp_path / "cache")


def test_progress_goes_to_its_end(tmp_path):
    data, _ = npz(tmp_path / "bars.npz")
    told = []
    examine_data(str(data), Reading(cache=tmp_path / "cache", progress=lambda *event: told.append(event)))
    judging = [(done, total) for stage, done, total in told if stage == "judging"]
    assert judging == sorted(judging)
    assert judging[-1] == (100 * folds.FOLDS_OF_FEW,) * 2
