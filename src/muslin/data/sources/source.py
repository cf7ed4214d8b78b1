"""What a source of data is: what every file beside this one offers, and the registry lists.

Legend: N pictures, C channels, H x W pixels.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from torch import Tensor
from torch.utils.data import Dataset

from muslin.data.arrays.given import Arrays, read_given
from muslin.data.images import MappedPictures, Splits
from muslin.data.reading import Reading
from muslin.data.sources.outline import Outline

__all__ = ["Data", "LoadOptions", "Origin", "Part", "Places", "Sample", "Source", "read_origin"]

Given: TypeAlias = tuple[Any, Any]  # pictures and labels, arrays of NumPy or torch, or lists
Set: TypeAlias = Given | Dataset[Any]
Data: TypeAlias = str | Path | Set | tuple[Set, Set]  # what Python's functions take
Origin = str | Path | Arrays  # what a person names, or hands over
Part = Literal["test", "cut", "all"]


@dataclass(frozen=True, kw_only=True)
class LoadOptions:
    """How a source is read; each takes what it has a use for.

    Attributes:
        validation: pictures to hold out of the training set, at most a tenth of it, where the source brings none.
        seed: any int; chooses which, but for pictures in files, where their content alone does.
        part: what a sample is: of `test`, the test pictures where the source tells which, else all; of `cut`, those or
            else the ones that training cuts off for testing, perhaps none; of `all`, every picture.
        reading: the way in which pictures in files are read, with the shape that a sample must have.
    """

    validation: int = 2000
    seed: int = 0
    part: Part = "test"
    reading: Reading = field(default_factory=Reading)


@dataclass(frozen=True)
class Sample:
    """Pictures that a saved model is scored on.

    Attributes:
        name: the data's name in reports.
        part: `test`, or `all`: those to train on are among them, if the source has any.
        images: (N, C, H, W) uint8.
        labels: (N,) int64, indices into `classes`.
        classes: the names of the data's own classes.
        file: the file that `images` is a part of; None when they are in memory.
        notes: sentences that a person should be told of how they were read.
    """

    name: str
    part: Literal["test", "all"]
    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]
    file: MappedPictures | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Places:
    """Where the pictures of splits came from.

    Attributes:
        root: the folder that holds their files; None where they are rows of arrays.
        names: by split, in the order of its pictures: each file's path below `root`, with slashes, or the part of the
            arrays and the row in it, from 0, such as `train[17]`.
    """

    root: Path | None
    names: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Source:
    """One kind of data that Muslin reads.

    Attributes:
        name: the kind as messages offer it, such as "a .npz file".
        accepts: whether an origin is of this kind, told by its name and by what it holds, not by reading it whole;
            no origin is of two kinds.
        load: the three splits of an origin.
        load_placed: the same, and where each of their pictures came from.
        places: where each of their pictures came from; of picture files without decoding them once more.
        sample: an origin's test pictures, for a saved model to be scored on.
        outline: the way in which an origin would be loaded.
    """

    name: str
    accepts: Callable[[Origin], bool]
    load: Callable[[Origin, LoadOptions], Splits]
    load_placed: Callable[[Origin, LoadOptions], tuple[Splits, Places]]
    places: Callable[[Origin, LoadOptions], Places]
    sample: Callable[[Origin, LoadOptions], Sample]
    outline: Callable[[Origin, LoadOptions], Outline]


def read_origin(data: object) -> Origin:
    """Returns what a person named or handed over to Python as an origin.

    Raises:
        DataError: it is no name, no path, and no arrays.
    """
    return data if isinstance(data, str | Path | Arrays) else read_given(data)
