import dataclasses
import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muslin.data.files.cut import assign_splits
from tests.data.files.samples import listing_of


def digest(content: int) -> str:
    return hashlib.sha256(str(content).encode()).hexdigest()


CONTENTS = st.lists(st.integers(0, 12), min_size=3, max_size=25).filter(lambda contents: len(set(contents)) >= 3)


def side_of(listing, digests):
    """Returns each digest's side."""
    digest_of = {entry.path: each for entry, each in zip(listing.entries, digests, strict=True)}
    return {digest_of[entry.path]: entry.split for entry in assign_splits(listing, digests).entries}


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
        assert sum(e.split == "train" for e in cut.entries if e.label == label) >= 2
    assert any(e.split == "test" for e in cut.entries)
    order = list(range(len(pairs)))
    random.shuffle(order)
    other = assign_splits(listing_of([labels[i] for i in order]), [digests[i] for i in order])
    other_digest = dict(zip((e.path for e in listing.entries), (digests[i] for i in order), strict=True))
    assert {(e.label, other_digest[e.path], e.split) for e in other.entries} == sides


def test_each_digest_decides_for_itself():
    digests = [digest(i) for i in range(500)]
    whole = side_of(listing_of([0] * 500), digests)
    assert all((whole[digests[i]] == "test") == (int(digests[i], 16) < 2**256 / 5) for i in range(500))
    assert 70 < sum(whole[digests[i]] == "test" for i in range(500)) < 130
    for some in (digests[::2], digests[:100], digests[450:]):
        part = side_of(listing_of([0] * len(some)), some)
        assert all(part[d] == whole[d] for d in some), "what is added moves nothing"


def test_a_class_of_few_keeps_two_to_train_on():
    low = [f"{number:064x}" for number in range(4)]
    assert side_of(listing_of([0] * 4), low) == dict(zip(low, ("test", "test", "train", "train"), strict=True))


def test_something_is_left_to_test_on():
    high = [f"f{number:063x}" for number in range(6)]
    assert [d for d, side in side_of(listing_of([0, 0, 0, 1, 1, 1]), high).items() if side == "test"] == high[:1]


def test_what_could_not_be_read_is_not_tested_on():
    assert set(side_of(listing_of([0] * 9), [""] * 9).values()) == {"train"}


def test_by_rank_a_fifth_of_each_class_is_for_testing():
    cut = assign_splits(listing_of([0] * 100 + [1] * 15 + [2] * 3), [digest(i) for i in range(118)], "rank")
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
    assert Counter(e.split for e in cut.entries)["validation"] == 2
    assert Counter(e.split for e in cut.entries)["test"] >= 1


@pytest.mark.parametrize("rule", ["threshold", "rank"])
def test_a_class_of_copies_is_trained_on(rule):
    cut = assign_splits(listing_of([0] * 5 + [1] * 5), [digest(i) for i in range(5)] + [digest(9)] * 5, rule)
    assert {e.split for e in cut.entries if e.label == 1} == {"train"}
