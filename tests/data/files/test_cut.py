import dataclasses
import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muslin.data.files.cut import assign_splits
from muslin.errors import DataError
from tests.data.files.samples import listing_of


def digest(content: int) -> str:
    return hashlib.sha256(str(content).encode()).hexdigest()


CONTENTS = st.lists(st.integers(0, 12), min_size=3, max_size=25).filter(lambda contents: len(set(contents)) >= 3)


@given(st.lists(CONTENTS, min_size=2, max_size=3), st.randoms())
def test_the_cut_depends_on_content_alone(classes, random):
    pairs = [(label, content) for label, contents in enumerate(classes) for content in contents]
    labels = [label for label, _ in pairs]
    digests = [digest(content) for _, content in pairs]
    listing = listing_of(labels)
    cut = assign_splits(listing, digests)
    digest_of = dict(zip((e.path for e in listing.entries), digests, strict=True))
    sides = {(e.label, digest_of[e.path], e.split) for e in cut.entries}
    assert len(sides) == len({(label, d) for label, d, _ in sides}), "equal files of a class are on one side"
    for label in set(labels):
        counts = Counter(e.split for e in cut.entries if e.label == label)
        assert counts["test"] >= 1
        assert counts["train"] >= 2
    order = list(range(len(pairs)))
    random.shuffle(order)
    other = assign_splits(listing_of([labels[i] for i in order]), [digests[i] for i in order])
    other_digest = dict(zip((e.path for e in listing.entries), (digests[i] for i in order), strict=True))
    assert {(e.label, other_digest[e.path], e.split) for e in other.entries} == sides


def test_a_fifth_of_each_class_is_for_testing():
    cut = assign_splits(listing_of([0] * 100 + [1] * 15 + [2] * 3), [digest(i) for i in range(118)])
    assert Counter((e.label, e.split) for e in cut.entries) == {
        (0, "train"): 80, (0, "test"): 20, (1, "train"): 12, (1, "test"): 3, (2, "train"): 2, (2, "test"): 1,
    }  # fmt: skip
    assert [e.split for e in cut.entries] == sorted(e.split for e in cut.entries)


def test_splits_that_were_told_stay():
    told = listing_of([0, 0, 1, 1], "train")
    given_test = dataclasses.replace(told, entries=(*told.entries, *listing_of([0, 1], "test").entries))
    assert Counter(e.split for e in assign_splits(given_test, [""] * 6).entries) == {"train": 4, "test": 2}
    given_validation = dataclasses.replace(told, entries=(*told.entries, *listing_of([0, 1], "validation").entries))
    cut = assign_splits(given_validation, [digest(i) for i in range(6)])
    assert Counter(e.split for e in cut.entries) == {"train": 2, "validation": 2, "test": 2}


def test_a_class_of_copies_cannot_be_cut():
    with pytest.raises(DataError, match="class b has 5 pictures but only 1 different"):
        assign_splits(listing_of([0] * 5 + [1] * 5), [digest(i) for i in range(5)] + [digest(9)] * 5)
