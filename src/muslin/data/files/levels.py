"""Which level of a folder's tree tells the classes, and which the splits.

Splits are known by their words. What could be read in two ways is an error that asks.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from muslin.data.files.listing import SPLIT_NAMES, SPLITS
from muslin.data.files.sieve import Sieve
from muslin.data.files.words import plain_split, split_named
from muslin.errors import DataError
from muslin.text import join_first, printable

__all__ = ["ClassFolder", "Levels", "find_levels"]


@dataclass(frozen=True)
class ClassFolder:
    """A folder with the pictures of one class.

    Attributes:
        split: `train`, `validation` or `test`; empty where no split was told.
        name: the class.
        path: the folder.
    """

    split: str
    name: str
    path: Path


@dataclass(frozen=True)
class Levels:
    """What the folders of a tree were taken for.

    Attributes:
        classes: the folders that hold the pictures of a class.
        above: the folders above those: files straight in them belong to no class.
        notes: sentences on what was taken for what, where it was not plain.
    """

    classes: tuple[ClassFolder, ...]
    above: tuple[Path, ...]
    notes: tuple[str, ...]


def find_levels(sieve: Sieve) -> Levels:
    """Returns which folders below a sieve's root are classes, and of which split.

    Raises:
        DataError: the tree can be read in two ways, or its training pictures are not sorted into classes.
        OSError: a folder cannot be read.
    """
    return _Finder(sieve).find()


class _Finder:
    def __init__(self, sieve: Sieve) -> None:
        self.sieve, self.root = sieve, sieve.root
        self.above: list[Path] = []
        self.entered: list[Path] = []
        self.taken: list[tuple[Path, str]] = []
        self.notes: list[str] = []

    def find(self) -> Levels:
        top = self.enter(self.root)
        splits = self.splits_of(top)
        if splits:
            classes = [ClassFolder(split, f.name, f) for split, folder in splits for f in self.sieve.folders(folder)]
        else:
            classes = self.classes_of(top)
        if self.entered:
            self.notes.insert(0, f"stepped into {self.shown(self.entered)}: no other folder is there")
        if any(path.name.lower() not in SPLIT_NAMES or path.parent != self.root for path, _ in self.taken):
            taken = join_first(f"{self.shown([path])} for {split}" for path, split in self.taken)
            self.notes.append(f"taken as splits: {taken}")
        return Levels(tuple(classes), tuple(self.above), tuple(self.notes))

    def shown(self, paths: Sequence[Path]) -> str:
        return join_first(f"{printable(path.relative_to(self.root))}/" for path in paths)

    def enter(self, folder: Path, split: str = "") -> Path:
        """Returns the folder, or what it merely wraps, and notes the way there."""
        way = self.way_into(folder, split)
        self.above += way
        self.entered += way[1:]
        return way[-1]

    def way_into(self, folder: Path, split: str = "") -> list[Path]:
        """Returns the folder and those in it that are one around everything, but for another split's."""
        way = [folder]
        while True:
            inside = self.sieve.folders(way[-1])
            if len(inside) != 1 or plain_split(inside[0].name) not in {"", split} or not self.is_above(inside[0]):
                return way
            way += inside

    def is_above(self, folder: Path) -> bool:
        """Whether a folder holds folders and no pictures of its own."""
        return bool(self.sieve.folders(folder)) and not self.sieve.holds_pictures(folder)

    def names_in(self, folder: Path) -> set[str]:
        return {inside.name for inside in self.sieve.folders(self.way_into(folder, split_named(folder.name))[-1])}

    def splits_of(self, folder: Path, outer: str = "") -> list[tuple[str, Path]]:
        """Returns each split with its folder of classes; none where the sub-folders are classes."""
        named, others = self.named(folder)
        train_has_classes = any(self.sieve.folders(train) for train in named.get("train", ()))
        if not named or ((others or outer) and not train_has_classes):
            return []  # a class may be called train
        _check_named(folder, named, others, train_has_classes=train_has_classes)
        found: list[tuple[str, Path]] = []
        for split in SPLITS:
            for path in named.get(split, ()):
                top = self.enter(path, split)
                inner = self.splits_of(top, split) if split == "train" else []
                self.taken += [] if inner else [(path, split)]
                found += inner or [(split, top)]
        for split, count in Counter(split for split, _ in found).items():
            if count > 1:
                _refuse_twice(self.root, split, [path for path, taken in self.taken if taken == split])
        return found

    def named(self, folder: Path) -> tuple[dict[str, list[Path]], list[Path]]:
        """Returns the folders that each split's words name, and the others.

        `test tube` is a class unless it holds what another split's folder holds too.
        """
        folders = self.sieve.folders(folder)
        plain = {path: split for path in folders if (split := plain_split(path.name))}
        likely = {path: split for path in folders if (split := split_named(path.name))}
        named = likely if likely == plain or self.are_splits(likely, plain) else plain
        by_split: dict[str, list[Path]] = defaultdict(list)
        for path, split in named.items():
            by_split[split].append(path)
        return dict(by_split), [path for path in folders if path not in named]

    def are_splits(self, likely: Mapping[Path, str], plain: Mapping[Path, str]) -> bool:
        names = {path: self.names_in(path) for path in likely}
        return "train" in likely.values() and all(
            any(names[path] & names[other] for other in likely if likely[other] != likely[path])
            for path in likely.keys() - plain.keys()
        )

    def classes_of(self, folder: Path) -> list[ClassFolder]:
        """Returns a folder's sub-folders as classes, each with its own splits in it or all without."""
        folders = self.sieve.folders(folder)
        inside = {path: self.sieve.folders(path) for path in folders if self.is_above(path)}
        parted = {path: inner for path, inner in inside.items() if _are_parts(inner)}
        if parted and len(parted) < len(folders):
            whole = [path for path in folders if path not in parted]
            raise DataError(
                f"{printable(folder)} holds {self.shown([*parted])} with splits inside, and {self.shown(whole)} "
                "without: what is to test? Put the splits into every class, or into none"
            )
        if parted:
            words = sorted({printable(part.name) for parts in parted.values() for part in parts})
            self.notes.append(f"taken as splits, in each class: {join_first(words)}")
            return [ClassFolder(plain_split(p.name), path.name, p) for path, parts in parted.items() for p in parts]
        self.check_alike(folder, [*inside])
        return [ClassFolder("", path.name, path) for path in folders]

    def check_alike(self, folder: Path, siblings: Sequence[Path]) -> None:
        """Raises DataError where siblings without pictures of their own hold the same two folders or more."""
        names = {path: self.names_in(path) for path in siblings}
        counts = Counter(name for inside in names.values() for name in inside)
        alike = [path for path, inside in names.items() if sum(counts[name] > 1 for name in inside) > 1]
        if alike:
            same = join_first(sorted(printable(name) for name in names[alike[0]] if counts[name] > 1))
            raise DataError(
                f"{printable(folder)} holds {self.shown(alike)} with the same folders in them ({same}): which are the "
                "classes? Call the outer ones train/ and test/ if they are splits; put their pictures straight into "
                "them if they are classes; else bring the inner ones together"
            )


def _check_named(
    folder: Path, named: Mapping[str, Sequence[Path]], others: Sequence[Path], *, train_has_classes: bool
) -> None:
    if others:
        raise DataError(
            f"{printable(folder)} holds {printable(named['train'][0].name)}/ with folders in it, and beside it "
            f"{join_first(f'{printable(o.name)}/' for o in others)}: splits or classes? Leave only train/, validation/ "
            "and test/, or only classes"
        )
    for split, folders in named.items():
        if len(folders) > 1:
            _refuse_twice(folder, split, folders)
    if "train" in named and not train_has_classes:
        raise DataError(
            f"{printable(folder)} holds {join_first(f'{printable(f[0].name)}/' for f in named.values())} but no train/ "
            "with one folder a class in it; sort the training pictures into train/<class>/"
        )


def _refuse_twice(root: Path, split: str, folders: Sequence[Path]) -> NoReturn:
    names = join_first(f"{printable(folder.relative_to(root))}/" for folder in folders)
    raise DataError(f"{printable(root)} holds {names}, which all mean {split}; put their pictures into one")


def _are_parts(folders: Sequence[Path]) -> bool:
    """Whether all folders have plain names of splits, `train` and another among them."""
    splits = {plain_split(folder.name) for folder in folders}
    return "train" in splits and len(splits) > 1 and "" not in splits
