"""The words by which splits are known, in the names of folders and files and in the cells of tables."""

import re
from collections.abc import Iterable

from muslin.data.files.listing import SPLIT_NAMES
from muslin.data.files.table import cell_shown
from muslin.text import join_first

__all__ = ["plain_split", "split_named", "split_notes", "without_split"]

WORDS = SPLIT_NAMES | {"dev": "validation", "trainset": "train", "valset": "validation", "testset": "test"}
FILLING = {"set", "data", "dataset", "images", "imgs", "pictures", "photos", "split"}  # `test_set` is plainly a split


def split_named(name: str) -> str:
    """Returns the split that a word of a name tells; nothing where none does, or two that differ.

    >>> split_named("seg_train"), split_named("PublicTest"), split_named("bus")
    ('train', 'test', '')
    """
    splits = {WORDS[word] for word in words_of(name) if word in WORDS}
    return splits.pop() if len(splits) == 1 else ""


def plain_split(name: str) -> str:
    """Returns the split of a name that cannot well be anything else: `test set`, but not `test tube` or `test 2`."""
    has_other = any(character.isdigit() for character in name) or set(words_of(name)) - WORDS.keys() - FILLING
    return "" if has_other else split_named(name)


def without_split(name: str) -> list[str]:
    """Returns the words of a name and its numbers, without those that tell a split.

    >>> without_split("fashion-mnist_train") == without_split("fashion-mnist_test")
    True
    """
    return [word for word in re.findall(r"[^\W\d_]+|\d+", spaced(name)) if word not in WORDS]


def split_notes(words: Iterable[str]) -> list[str]:
    """Returns a sentence on cells that were taken for splits without being called so; none where all are.

    >>> split_notes(["train", "dev"])
    ['taken as splits: dev for validation']
    """
    odd = [f"{cell_shown(word)} for {split_named(word)}" for word in words if word and word.lower() not in SPLIT_NAMES]
    return [f"taken as splits: {join_first(odd)}"] if odd else []


def words_of(name: str) -> list[str]:
    """Returns the words of a name, in small letters."""
    return re.findall(r"[^\W\d_]+", spaced(name))


def spaced(name: str) -> str:
    """Returns a name in small letters, with a space where a capital began a word."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
