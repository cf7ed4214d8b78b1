import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import Dataset, IterableDataset, Subset, TensorDataset

from muslin.data.arrays.datasets import read_datasets
from muslin.data.arrays.given import read_given
from muslin.data.sources.registry import load_splits
from muslin.errors import DataError
from tests.samples import bars

IMAGES, LABELS = bars(60, 1, 12, 3, 0)
NAMES = ["low", "mid", "high"]


class Listed(Dataset):
    """Items as they are, with names of classes or without."""

    def __init__(self, items, classes=None):
        self.items = items
        if classes is not None:
            self.classes = classes

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        item = self.items[index]
        if isinstance(item, Exception):
            raise item
        return item


def pillow(mode="L", sizes=((12, 12),)):
    pictures = (Image.fromarray(image[0].numpy()).convert(mode) for image in IMAGES)
    return [p.resize(sizes[i % len(sizes)]) for i, p in enumerate(pictures)]


def of(pictures, labels=None, classes=None):
    return Listed(list(zip(pictures, labels or LABELS.tolist(), strict=True)), classes)


@pytest.mark.parametrize(
    "dataset",
    [
        TensorDataset(IMAGES, LABELS),
        TensorDataset(IMAGES / 255, torch.nn.functional.one_hot(LABELS)),
        of(IMAGES.numpy()),
        of(IMAGES[:, 0].numpy(), [np.int64(label) for label in LABELS.tolist()]),
        of(pillow()),
    ],
)
def test_a_dataset_is_read_as_its_arrays_are(dataset):
    splits, same = load_splits(read_given(dataset)), load_splits(read_given((IMAGES, LABELS)))
    for part in ("train", "validation", "test"):
        assert torch.equal(getattr(splits, part).images, getattr(same, part).images)
        assert torch.equal(getattr(splits, part).labels, getattr(same, part).labels)
    assert splits.spec == same.spec


def test_names_of_classes_are_taken_by_number_also_where_a_test_set_numbers_them_otherwise():
    train = of(pillow(), classes=NAMES)
    chosen = [i for i, label in enumerate(LABELS.tolist()) if label]
    test = Subset(of(pillow(), [max(label - 1, 0) for label in LABELS.tolist()], classes=NAMES[1:]), chosen)
    splits = load_splits(read_given((train, test)))
    assert splits.spec.classes == ("high", "low", "mid")
    assert [splits.spec.classes[label] for label in splits.test.labels] == [NAMES[LABELS[i]] for i in chosen]


@pytest.mark.parametrize(
    ("classes", "found"), [([("a", "b"), ("c",), ("d",)], "a, b"), (["a", "a", "b"], "0"), ([], "0")]
)
def test_names_that_are_no_names_are_not_taken(classes, found):
    assert load_splits(read_given(of(pillow(), classes=classes))).spec.classes[0] == found


def test_a_pair_of_datasets_is_train_and_test():
    splits = load_splits(read_given((TensorDataset(IMAGES, LABELS), (IMAGES[:9], LABELS[:9]))))
    assert (len(splits.train) + len(splits.validation), len(splits.test)) == (60, 9)


def test_pillow_images_of_several_sizes_and_modes_are_brought_to_one():
    mixed = [*pillow("RGBA", ((40, 30), (20, 30)))[:30], *pillow()[30:]]
    mixed[0].putpixel((0, 0), (0, 0, 0, 0))
    parts, _, notes = read_datasets({"train": of(mixed), "test": of(pillow()[:3], [0, 1, 2])})
    assert parts["train"][0].shape == (60, 28, 28, 3)
    assert parts["test"][0].shape == (3, 28, 28, 3)
    assert notes[0] == "1 picture is transparent: laid on white"
    assert notes[1].startswith("input is 28 x 28, in colour: by the pictures' shorter side")
    assert load_splits(read_given(of(mixed))).notes[:2] == notes


def test_large_pillow_images_of_one_size_keep_it():
    assert load_splits(read_given(of(pillow()))).notes == ()
    parts, _, notes = read_datasets({"all": of(pillow(sizes=((70, 80),)))})
    assert parts["all"][0].shape == (60, 80, 70, 1)
    assert notes == ()


def is_low(digest: str) -> bool:
    return int(digest[:8], 16) < 16**8 // 5


def test_what_is_tested_on_stays_where_more_images_change_the_size():
    few = read_given(of(pillow("RGB", ((30, 28), (28, 40)))))
    labels = [*LABELS.tolist(), *LABELS.tolist() * 2]
    more = read_given(of([*pillow("RGB", ((30, 28), (28, 40))), *pillow("RGB", ((90, 80),)) * 2], labels))
    assert few.parts["all"][0].shape[1:] != more.parts["all"][0].shape[1:]
    assert more.digests["all"][:60] == few.digests["all"]
    for each in (few, more):
        tested = load_splits(each).test
        expected = [
            label for label, digest in zip(each.parts["all"][1], each.digests["all"], strict=True) if is_low(digest)
        ]
        assert tested.labels.tolist() == expected


class Endless(IterableDataset):
    def __iter__(self):
        yield IMAGES[0], 0


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (Endless(), "no length .all: Endless.; one with __len__ and __getitem__ is needed"),
        (Listed([]), "the dataset has no items .all."),
        (Listed([{"image": IMAGES[0]}]), "item 0 of the dataset .all. is a dict; .picture, label. is needed"),
        (TensorDataset(IMAGES, LABELS, LABELS), "is a tuple of 3"),
        (Listed([(IMAGES[0], 0), OSError("x" * 999)]), "cannot give item 1 .all.: OSError: x{100,110}…; mend"),
        (of([*IMAGES[:-1], IMAGES[0, :, :8]]), r"item 59 .* of shape \(1, 8, 12\), the first of \(1, 12, 12\)"),
        (of([*pillow()[:-1], IMAGES[0]]), "item 59 of the dataset .all. is a Tensor, the first a Pillow image"),
        (TensorDataset(IMAGES / 255 - 0.5, LABELS), "0 to 1 or 0 to 255 is needed"),
        (of(pillow(), [None] * 60), "labels are object, such as None"),
        (of(["a.png"] * 60), "numbers are needed"),
    ],
)
def test_what_is_wrong_with_a_dataset_is_named(dataset, message):
    with pytest.raises(DataError, match=message):
        load_splits(read_given(dataset))
