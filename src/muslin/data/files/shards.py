"""Parquet files as data sets are published in them: shards by number, splits by name; none is opened here."""

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from muslin.data.files.folders import is_picture_folder
from muslin.data.files.words import split_named, without_split
from muslin.errors import DataError
from muslin.text import join_first, plural, printable

__all__ = ["find_shards", "is_parquet"]

SUFFIX = ".parquet"
DEPTHS = ("*.parquet", "*/*.parquet", "*/*/*.parquet")  # below a data set's folder
SHARD = re.compile(r"(?P<name>.*?)-?(?P<number>\d{5})-of-(?P<count>\d{5})(-\w+)?")  # train-00000-of-00002


@dataclass(frozen=True)
class _Shard:
    path: Path
    group: tuple[Path, str]
    split: str
    number: int
    count: int


def is_parquet(path: Path) -> bool:
    """Whether a path is a Parquet file, or a folder that holds some and no pictures or IDX files."""
    if path.suffix.lower() == SUFFIX:
        return path.is_file()
    is_other = not path.is_dir() or any(path.glob("*-ubyte*")) or is_picture_folder(path)
    return not is_other and any(True for depth in DEPTHS for _ in path.glob(depth))


def find_shards(path: Path) -> tuple[dict[str, list[Path]], tuple[str, ...]]:
    """Returns the files of each split, in order, by nothing where no name tells a split; and what was read besides.

    Args:
        path: a folder with the files of one data set; or a file of it, which stands for all shards of its split and,
            if that is train, for the other splits too.

    Raises:
        DataError: there are none, a shard is missing, or the files are those of several data sets.
    """
    folder = path if path.is_dir() else path.parent
    found = [_shard(folder, each) for depth in DEPTHS for each in sorted(folder.glob(depth))]
    notes: tuple[str, ...] = ()
    if not path.is_dir():
        own = _shard(folder, path)
        found = [each for each in found if each.group == own.group and own.split in (each.split, "train")]
        found = found if own.split or own.count else [own]
        if len(found) > 1:
            others = [printable(each.path.name) for each in found if each.path != path]
            notes = (f"read besides: {join_first(others)}",)
    if not found:
        raise DataError(f"no .parquet file at {printable(path)}; give one, or a folder that holds some")
    if len(groups := {each.group for each in found}) > 1:
        names = sorted(printable((group / name).relative_to(folder)) for group, name in groups)
        raise DataError(
            f"{printable(path)} holds {plural(len(groups), 'data set')} ({join_first(names)}); name the folder or a "
            "file of one"
        )
    by_split: dict[str, list[_Shard]] = defaultdict(list)
    for each in found:
        by_split[each.split].append(each)
    for shards in by_split.values():
        _check_whole(path, shards)
    return {split: [each.path for each in shards] for split, shards in by_split.items()}, notes


def _shard(root: Path, path: Path) -> _Shard:
    """Returns what the name of a file, or of the folder that it is in, tells of it."""
    told = SHARD.fullmatch(path.stem)
    name = told["name"] if told else "" if path.stem.isdigit() else path.stem
    split, folder = split_named(name), path.parent
    if not split and folder != root and split_named(folder.name):
        split, folder = split_named(folder.name), folder.parent
    number, count = (int(told["number"]), int(told["count"])) if told else (0, 0)
    return _Shard(path, (folder, "-".join(without_split(name))), split, number, count)


def _check_whole(path: Path, shards: list[_Shard]) -> None:
    """Raises DataError where a split lacks some of the files that the others count, or has one twice."""
    numbers = sorted(shard.number for shard in shards if shard.count)
    count = max(shard.count for shard in shards)
    if count and numbers != list(range(count)):
        raise DataError(
            f"{printable(path)} has {plural(len(numbers), 'file')} of the {count:,} that "
            f"{printable(shards[0].path.name)} counts; get all of them, and no others"
        )
