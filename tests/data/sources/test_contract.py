"""What every registered source keeps to, shown on its examples."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from muslin.data.images import ImageData, Splits, pixel_statistics
from muslin.data.reading import Reading
from muslin.data.sources.registry import SOURCES, find_source, load_outline, load_sample, load_splits
from muslin.data.sources.source import LoadOptions, Origin, Source
from muslin.errors import DataError
from tests.data.sources.examples import EXAMPLES

BY_NAME = {source.name: source for source in SOURCES}
CASES = [(name, make) for name, makers in EXAMPLES.items() for make in makers]
IN_FILES = [(name, make) for name, make in CASES if name not in ("'fashion-mnist'", "arrays (in Python)")]
LOADERS = [load_splits, load_outline, lambda origin: load_sample(origin, (1, 12, 12), "cut")]


def named(value: object) -> str:
    return getattr(value, "__name__", "")


@dataclass(frozen=True)
class Loaded:
    source: Source
    origin: Origin
    options: LoadOptions
    splits: Splits


@pytest.fixture(scope="module", params=CASES, ids=lambda case: named(case[1]))
def loaded(request, tmp_path_factory) -> Loaded:
    name, make = request.param
    root = tmp_path_factory.mktemp("source")
    (root / "data").mkdir()
    origin = make(root / "data")
    options = LoadOptions(validation=30, seed=1, reading=Reading(cache=root / "cache", threads=1))
    return Loaded(BY_NAME[name], origin, options, BY_NAME[name].load(origin, options))


def parts(splits: Splits) -> dict[str, ImageData]:
    return {"train": splits.train, "validation": splits.validation, "test": splits.test}


def is_same(one: ImageData, other: ImageData) -> bool:
    return torch.equal(one.images, other.images) and torch.equal(one.labels, other.labels)


def test_every_source_has_an_example_and_a_name_of_its_own():
    assert list(EXAMPLES) == [source.name for source in SOURCES]
    assert all(EXAMPLES.values())


def test_its_own_is_accepted_and_by_no_other(loaded):
    assert [source.name for source in SOURCES if source.accepts(loaded.origin)] == [loaded.source.name]
    assert find_source(loaded.origin) is loaded.source


def test_pictures_and_labels_have_one_form(loaded):
    spec = loaded.splits.spec
    for part in parts(loaded.splits).values():
        assert part.images.dtype == torch.uint8
        assert part.images.shape == (len(part.labels), spec.channels, spec.height, spec.width)
        assert part.labels.dtype == torch.int64
        assert part.labels.unique().tolist() == list(range(len(spec.classes)))
    assert loaded.splits.name


def test_statistics_are_those_of_train_alone(loaded):
    images = loaded.splits.train.images
    assert (loaded.splits.spec.mean, loaded.splits.spec.std) == pixel_statistics(images)
    everything = torch.cat([part.images for part in parts(loaded.splits).values()])
    assert loaded.splits.spec.mean != pixel_statistics(everything)[0]


def test_validation_is_a_tenth_at_most(loaded):
    splits = loaded.splits
    assert 0 < len(splits.validation) <= (len(splits.train) + len(splits.validation)) / 10


def test_nothing_is_shared_between_the_parts(loaded):
    contents = [{image.tobytes() for image in part.images.numpy()} for part in parts(loaded.splits).values()]
    shared = [len(one & other) for one, other in ((contents[0], contents[1]), (contents[0], contents[2]), contents[1:])]
    assert shared == [0, 0, 0]


def test_the_same_seed_gives_the_same_splits(loaded):
    again = loaded.source.load(loaded.origin, loaded.options)
    assert again.spec == loaded.splits.spec
    for name, part in parts(again).items():
        assert is_same(part, parts(loaded.splits)[name])


def test_the_outline_counts_what_is_loaded(loaded):
    outline, spec = loaded.source.outline(loaded.origin, loaded.options), loaded.splits.spec
    assert outline.counts == {
        name: tuple(part.labels.bincount(minlength=len(spec.classes)).tolist())
        for name, part in parts(loaded.splits).items()
    }
    assert (outline.name, outline.classes) == (loaded.splits.name, spec.classes)
    assert outline.shape == (spec.channels, spec.height, spec.width)
    assert outline.as_json()["counts"]["test"][spec.classes[0]] == int((loaded.splits.test.labels == 0).sum())


def test_the_sample_is_the_test_part(loaded):
    spec = loaded.splits.spec
    shape = spec.channels, spec.height, spec.width
    sample = load_sample(loaded.origin, shape, "cut", reading=loaded.options.reading)
    assert (sample.part, sample.classes, sample.name) == ("test", spec.classes, loaded.splits.name)
    assert torch.equal(sample.images, loaded.splits.test.images)
    assert torch.equal(sample.labels, loaded.splits.test.labels)


@pytest.mark.parametrize("load", LOADERS)
@pytest.mark.parametrize("kind", ["missing", "empty", "random"])
def test_what_no_source_reads_is_named(tmp_path, load, kind):
    path = tmp_path / kind
    if kind == "empty":
        path.mkdir()
    elif kind == "random":
        path.write_bytes(np.random.default_rng(0).bytes(999))
    assert [source.name for source in SOURCES if source.accepts(path)] == []
    with pytest.raises(DataError) as caught:
        load(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(("name", "make"), IN_FILES, ids=named)
@pytest.mark.parametrize("how", ["missing", "empty", "random"])
def test_a_source_names_what_it_cannot_read(tmp_path, name, make, how):
    (tmp_path / "data").mkdir()
    origin = Path(make(tmp_path / "data"))
    files = [path for path in origin.rglob("*") if path.is_file()] if origin.is_dir() else [origin]
    if how == "random":
        for path in files:
            path.write_bytes(np.random.default_rng(0).bytes(999))
    elif origin.is_dir():
        shutil.rmtree(origin)
    else:
        origin.unlink()
    if how == "empty":
        origin.mkdir()
    options = LoadOptions(reading=Reading(cache=tmp_path / "cache", threads=1))
    for read in (BY_NAME[name].load, BY_NAME[name].outline, BY_NAME[name].sample):
        with pytest.raises(DataError) as caught:
            read(origin, options)
        assert str(origin) in str(caught.value)


def test_each_picture_has_one_place_whatever_is_held_out(loaded):
    splits, places = loaded.source.load_placed(loaded.origin, loaded.options)
    assert all(is_same(one, parts(splits)[split]) for split, one in parts(loaded.splits).items())
    assert loaded.source.places(loaded.origin, loaded.options) == places
    assert {split: len(data) for split, data in parts(splits).items()} == {
        split: len(names) for split, names in places.names.items()
    }
    names = [name for each in places.names.values() for name in each]
    assert len(set(names)) == len(names)
    other, at = loaded.source.load_placed(
        loaded.origin, LoadOptions(validation=20, seed=2, reading=loaded.options.reading)
    )
    by_name = pictures_by_name(other, at.names)
    for name, picture in pictures_by_name(splits, places.names).items():
        assert torch.equal(picture, by_name[name])


def pictures_by_name(splits: Splits, names: dict[str, tuple[str, ...]]) -> dict[str, torch.Tensor]:
    return {
        name: image
        for split, data in parts(splits).items()
        for name, image in zip(names[split], data.images, strict=True)
    }
