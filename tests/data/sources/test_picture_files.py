import csv
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from muslin.data.packs import plan
from muslin.data.reading import Reading
from muslin.data.sources.picture_files import load
from muslin.data.sources.registry import load_splits
from muslin.errors import DataError, PictureError, SettingError
from tests.samples import bars, write_pictures


@pytest.fixture
def root(tmp_path):
    """Bars as a folder with train/ and test/."""
    folder = tmp_path / "bars"
    for split, count, seed in (("train", 300, 0), ("test", 60, 1)):
        write_pictures(folder / split, *bars(count, 1, 12, 3, seed))
    return folder


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def contents(data):
    return sorted((image.numpy().tobytes(), int(label)) for image, label in zip(data.images, data.labels, strict=True))


def test_a_folder_becomes_the_very_pictures(root, cache):
    splits = load(root, Reading(cache=cache), validation=30)
    images, labels = bars(300, 1, 12, 3, 0)
    expected = sorted((image.numpy().tobytes(), int(label)) for image, label in zip(images, labels, strict=True))
    assert sorted(contents(splits.train) + contents(splits.validation)) == expected
    assert (len(splits.train), len(splits.validation), len(splits.test)) == (270, 30, 60)
    assert splits.spec.classes == ("bar 0", "bar 1", "bar 2")
    assert splits.validation.labels.bincount().tolist() == [10, 10, 10]
    assert splits.name == "bars"
    assert splits.notes[0] == "input is 12 x 12, grey, as all pictures are: the size that all pictures have"


def test_streamed_and_resident_are_the_same_data(root, cache):
    resident = load(root, Reading(cache=cache), validation=30)
    streamed = load(root, Reading(cache=cache, resident_bytes=360 * 144 - 1), validation=30)
    assert load(root, Reading(cache=cache, resident_bytes=360 * 144), validation=30).train.file is None
    assert resident.spec == streamed.spec
    for split in ("train", "validation", "test"):
        one, other = getattr(resident, split), getattr(streamed, split)
        assert (one.file is None, other.file is None) == (True, False)
        assert torch.equal(one.images, other.images)
        assert torch.equal(one.labels, other.labels)


def test_statistics_are_those_of_what_is_trained_on(root, cache):
    splits = load(root, Reading(cache=cache), validation=30)
    pixels = splits.spec.normalise(splits.train.images)
    assert abs(pixels.mean()) < 1e-4
    assert abs(pixels.std() - 1) < 1e-3


def test_a_second_time_nothing_is_read(root, cache, monkeypatch):
    first = load(root, Reading(cache=cache), validation=30)
    monkeypatch.setattr(plan, "look_at", None)
    again = load(root, Reading(cache=cache), validation=30)
    assert torch.equal(first.train.images, again.train.images)
    assert again.notes == first.notes


def test_a_flipped_bit_is_mended_when_asked(root, cache):
    good = load(root, Reading(cache=cache), validation=30)
    (images,) = (cache / "packs").glob("[!.]*/images.npy")
    content = bytearray(images.read_bytes())
    content[-1] ^= 1
    images.write_bytes(content)
    assert not torch.equal(load(root, Reading(cache=cache), validation=30).test.images, good.test.images)
    mended = load(root, Reading(cache=cache, verify=True), validation=30)
    assert torch.equal(mended.test.images, good.test.images)
    assert any("made anew" in note and "another SHA-256" in note for note in mended.notes)


def test_without_test_a_fifth_is_cut_off_by_content(root, cache, tmp_path):
    renamed = tmp_path / "renamed"
    for folder in (root / "train").iterdir():
        shutil.copytree(folder, tmp_path / "flat" / folder.name)
        for path in folder.iterdir():
            (renamed / folder.name).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, renamed / folder.name / f"x{path.name}")
    one, other = (load(tmp_path / name, Reading(cache=cache), validation=30) for name in ("flat", "renamed"))
    assert 30 < len(one.test) < 90, "about a fifth"
    assert len(one.validation) == (300 - len(one.test)) // 10
    assert contents(one.test) == contents(other.test)
    seen = contents(one.train) + contents(one.validation) + contents(one.test)
    images, labels = bars(300, 1, 12, 3, 0)
    assert sorted(seen) == sorted((i.numpy().tobytes(), int(label)) for i, label in zip(images, labels, strict=True))


def test_validation_of_ones_own_is_used(root, cache):
    write_pictures(root / "val", *bars(45, 1, 12, 3, 2))
    splits = load(root, Reading(cache=cache), validation=30)
    assert (len(splits.train), len(splits.validation), len(splits.test)) == (300, 45, 60)
    images, labels = bars(45, 1, 12, 3, 2)
    assert contents(splits.validation) == sorted(
        (i.numpy().tobytes(), int(label)) for i, label in zip(images, labels, strict=True)
    )


def test_a_csv_names_the_same_pictures(root, cache):
    with (root / "list.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["path", "label", "split"])
        for path in sorted(root.rglob("*.png")):
            split, label, _ = path.relative_to(root).parts
            lines.writerow([path.relative_to(root), label, split])
    named = load_splits(root / "list.csv", validation=30, reading=Reading(cache=cache))
    walked = load_splits(root, validation=30, reading=Reading(cache=cache))
    assert torch.equal(named.train.images, walked.train.images)
    assert torch.equal(named.test.labels, walked.test.labels)
    assert len(list((cache / "packs").glob("[!.]*"))) == 1


def test_every_class_is_on_both_sides_of_validation(tmp_path, cache):
    images, labels = bars(40, 3, 12, 3, 0)
    for number in range(4):
        write_pictures(
            tmp_path / "many",
            images[number * 10 : number * 10 + 10],
            labels[number * 10 : number * 10 + 10] + 3 * number,
        )
    splits = load(tmp_path / "many", Reading(cache=cache), validation=1)
    assert splits.validation.labels.bincount(minlength=12).tolist() == [1] * 12
    assert splits.train.labels.bincount(minlength=12).min() >= 1
    assert any("can hardly be learnt" in note for note in splits.notes)


def test_pictures_of_many_sizes_and_a_size_asked_for(tmp_path, cache):
    generator = np.random.default_rng(0)
    for label in "ab":
        (tmp_path / "mixed" / label).mkdir(parents=True)
        for number in range(12):
            pixels = generator.integers(0, 256, (40 + number, 70 - number, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "mixed" / label / f"{number}.jpg")
    chosen, larger, asked = (
        load(tmp_path / "mixed", Reading(cache=cache, **keys), validation=2)
        for keys in ({}, {"most": 224}, {"size": 20})
    )
    assert chosen.train.images.shape[1:] == (3, 48, 48)
    assert larger.train.images.shape[1:] == (3, 48, 48)
    assert asked.train.images.shape[1:] == (3, 20, 20)
    assert "input is 20 x 20, in colour: as asked for" in asked.notes


def test_damaged_pictures(root, cache):
    (root / "train" / "bar 0" / "0.png").write_bytes(b"")
    with pytest.raises(PictureError, match=r"1 of 360 pictures cannot be used \(.*0.png is empty .*--on-bad skip"):
        load(root, Reading(cache=cache), validation=30)
    splits = load(root, Reading(cache=cache, on_bad="skip"), validation=30)
    assert len(splits.train) + len(splits.validation) == 299
    assert any("1 of 360 pictures were left out: " in note for note in splits.notes)
    with pytest.raises(PictureError, match="1 of 360"):
        load(root, Reading(cache=cache), validation=30)


def test_what_is_asked_for_is_checked(root, cache):
    with pytest.raises(SettingError, match="on_bad is 'ignore'"):
        load(root, Reading(cache=cache, on_bad="ignore"), validation=30)
    with pytest.raises(SettingError, match="size is 4000"):
        load(root, Reading(cache=cache, size=4000), validation=30)
    with pytest.raises(DataError, match="nowhere"):
        load(root / "nowhere", Reading(cache=cache), validation=30)


def test_the_cache_is_where_the_environment_says(root, tmp_path, monkeypatch):
    monkeypatch.setenv("MUSLIN_CACHE", str(tmp_path / "own"))
    load(root, Reading(), validation=30)
    assert (tmp_path / "own" / "packs").is_dir()


def test_progress_is_told(root, cache):
    told = []
    load(root, Reading(cache=cache, progress=lambda *step: told.append(step)), validation=30)
    assert told[0] == ("reading", 64, 360)
    assert told[-1] == ("decoding", 360, 360)
