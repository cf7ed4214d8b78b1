from dataclasses import replace

import pytest

from muslin.pipeline.adapt import fit_request_to_pictures
from muslin.pipeline.request import Request
from muslin.recipes import settings_for
from tests.data.test_mirror import arrows
from tests.samples import make_splits


def asked(source="/pictures", **changes):
    settings = settings_for("coffee", changes)
    return Request(source, "coffee", settings, None, recipe_is_named=False, resumes=False, changes=changes, cache=None)


def fitted(splits, source="/pictures", **changes):
    request, notes = fit_request_to_pictures(asked(source, **changes), splits)
    return request.settings, notes


def splits_of_arrows():
    splits = make_splits(side=28, classes=2)
    images, labels = arrows(80)
    train = splits.train
    train.images, train.labels = images, labels
    return splits


def test_pictures_with_mirror_images_of_their_classes_are_mirrored_in_training_and_test():
    settings, notes = fitted(make_splits(side=28))
    assert (settings.augmentation.flip, settings.tta) == ("alternate", 10)
    assert len(notes) == 1
    assert notes[0].startswith("pictures are mirrored too: ")


def test_arrows_are_mirrored_in_neither():
    settings, notes = fitted(splits_of_arrows())
    assert (settings.augmentation.flip, settings.tta) == ("none", 5)
    assert notes == ["pictures are not mirrored: bar 0 would look like bar 1 (--set flip=alternate mirrors them)"]


@pytest.mark.parametrize("model", ["resnet_narrow", "efficientnet_lite0"])
def test_what_a_person_says_counts(model):
    assert fitted(splits_of_arrows(), flip="random", model=model)[0].augmentation.flip == "random"
    settings, notes = fitted(make_splits(side=28), flip="none", model=model)
    assert (settings.augmentation.flip, notes) == ("none", [])
    assert settings.tta == {"resnet_narrow": 5, "efficientnet_lite0": 1}[model]


def test_what_is_not_mirrored_in_training_is_not_in_the_test_and_a_chosen_number_of_views_is_told():
    settings, notes = fitted(splits_of_arrows(), tta=10)
    assert (settings.augmentation.flip, settings.tta) == ("none", 5)
    assert notes[1:] == ["tta is 5 in place of 10: what is not mirrored in training is not in the test"]
    settings, notes = fitted(splits_of_arrows(), flip="none", tta=2)
    assert (settings.tta, len(notes)) == (1, 1)
    assert fitted(make_splits(side=12), tta=10)[0].tta == 10


def test_fashion_mnist_stays_as_its_recipes_say_unless_a_person_asks():
    splits = splits_of_arrows()
    assert fitted(splits, "fashion-mnist")[0] == asked().settings
    assert fitted(splits, "fashion-mnist", flip="auto")[0].augmentation.flip == "none"


@pytest.mark.parametrize(("side", "shift", "erase"), [(28, 1, 8), (56, 2, 16), (224, 8, 64), (16, 1, 5), (12, 0, 3)])
def test_sizes_are_shares_of_the_side(side, shift, erase):
    settings, _ = fitted(make_splits(side=side, count=60))
    assert (settings.augmentation.shift, settings.augmentation.erase) == (shift, erase)
    assert settings.augmentation.border == "edge"
    chosen, _ = fitted(make_splits(side=side, count=60), shift=3, erase=2, border="black")
    assert (chosen.augmentation.shift, chosen.augmentation.erase, chosen.augmentation.border) == (3, 2, "black")


def test_pictures_too_small_to_be_shifted_are_not_seen_shifted():
    assert fitted(make_splits(side=12))[0].tta == 2
    assert fitted(make_splits(side=12), shift=1)[0].tta == 10


def test_nothing_else_is_changed():
    settings, _ = fitted(make_splits(side=28))
    assert replace(settings, augmentation=asked().settings.augmentation) == asked().settings
