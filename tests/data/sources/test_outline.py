import pytest

from muslin.data.reading import Reading
from muslin.data.sources.picture_files import load
from muslin.data.sources.registry import load_outline, load_splits
from tests.samples import bars, write_pictures


def counts(splits):
    classes = len(splits.spec.classes)
    return {
        name: tuple(getattr(splits, name).labels.bincount(minlength=classes).tolist())
        for name in ("train", "validation", "test")
    }


@pytest.mark.parametrize("own_validation", [False, True])
@pytest.mark.parametrize("own_test", [False, True])
def test_a_folder_is_outlined_as_it_will_be_read(tmp_path, own_test, own_validation):
    root, cache = tmp_path / "bars", tmp_path / "cache"
    reading = Reading(cache=cache)
    write_pictures(root / "train", *bars(200, 1, 12, 3, 0))
    if own_test:
        write_pictures(root / "test", *bars(60, 1, 12, 3, 1))
    if own_validation:
        write_pictures(root / "val", *bars(30, 1, 12, 3, 2))
    before = load_outline(root, validation=15, reading=reading)
    assert before.pack is None
    assert not cache.exists()
    splits = load(root, reading, validation=15)
    assert before.counts == counts(splits)
    assert before.shape == (1, 12, 12)
    assert before.classes == splits.spec.classes
    after = load_outline(root, validation=15, reading=reading)
    assert (after.counts, after.shape, after.notes) == (before.counts, before.shape, before.notes)
    assert after.pack is not None
    assert (after.pack / "images.npy").is_file()


def test_arrays_are_outlined_too(idx_folder):
    read = load_outline(idx_folder, validation=30)
    assert read.counts == counts(load_splits(idx_folder, validation=30))
    assert (read.shape, read.pack) == ((1, 12, 12), None)
    assert read.notes[0] == "input is 12 x 12, grey"
