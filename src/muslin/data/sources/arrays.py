"""Arrays of pictures and labels, in memory: those that a person hands over in Python, and those of array files."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from muslin.data.arrays.given import AnyArray, Arrays, Pair
from muslin.data.arrays.labels import read_labels
from muslin.data.arrays.pictures import read_pictures
from muslin.data.content import repeat_notes
from muslin.data.decoding.fitting import fit_to_shape
from muslin.data.decoding.pictures import open_picture
from muslin.data.files.cut import Rule, assign_splits
from muslin.data.files.listing import Entry, Listing
from muslin.data.images import Splits, check_images
from muslin.data.sizing import least_scale
from muslin.data.sources.outline import Outline, outline_of
from muslin.data.sources.source import LoadOptions, Origin, Places, Sample, Source
from muslin.data.split import cut_validation, train_validation_test
from muslin.errors import DataError, PictureError
from muslin.text import plural

__all__ = ["SOURCE", "ArrayParts", "brought_to", "named_in_errors", "source_of_parts"]

NAME = "arrays"
BLOCK = 4096  # pictures compared at a time

Part = tuple[Tensor, Tensor]  # (N, C, H, W) uint8 pictures, (N,) int64 labels


@dataclass(frozen=True)
class ArrayParts:
    """Pictures and labels as a source has them.

    Attributes:
        parts: those of `train`, and perhaps `test` and `validation`; of `all`, where none was told; or of `test` alone,
            which can only be scored. The first is what is trained on.
        name: the data's name in reports.
        classes: names of the classes that are numbered from 0; None for the numbers themselves.
        notes: sentences on how they were read.
        where: the file that errors are to name; empty where there is none.
        digests: of a part whose pictures were brought to one size, a digest of each as it was before, in hexadecimal:
            these do not change with the size, as those of the arrays would.
        rows: of a part that lacks pictures which its file has, the place of each in the file, from 0.
    """

    parts: dict[str, Pair]
    name: str
    classes: Sequence[str] | None = None
    notes: tuple[str, ...] = ()
    where: str = ""
    digests: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rows: Mapping[str, Sequence[int]] = field(default_factory=dict)


def load_arrays(found: ArrayParts, options: LoadOptions) -> tuple[Splits, Places]:
    """Returns the splits of arrays of any form that leaves no doubt, with notes on what was assumed, and their places.

    Args:
        found: pictures and labels as for `read_pictures` and `read_labels`. Where none are for testing, about a fifth
            of what is trained on is cut off for it, chosen by content.
        options: how many pictures are held out for validation, and by which seed.

    Raises:
        DataError: they have another form, do not fit each other, or show nothing that could be told apart.
    """
    parts = found.parts
    if not {"train", "all"} & parts.keys():
        raise DataError("only pictures to test on are there; add some to train on")
    _check_counts(parts)
    images, notes = read_pictures({part: pair[0] for part, pair in parts.items()})
    labels, classes, more = read_labels({part: pair[1] for part, pair in parts.items()}, found.classes)
    read = {part: (images[part], labels[part]) for part in parts}
    for part in read.values():
        check_images(*part, len(classes))
    blank = _check_contents(images)
    names = {part: _names(found, part, len(pair[1])) for part, pair in read.items()}
    if "test" not in read:
        whole = _trained_part(parts)
        everything, every_name = read.pop(whole), names.pop(whole)
        is_test = _which_test(found, everything, classes, options.reading.rule)
        for split, chosen in (("train", ~is_test), ("test", is_test)):
            read[split] = everything[0][chosen], everything[1][chosen]
            names[split] = _taken(every_name, chosen.nonzero().flatten())
    repeats = repeat_notes({"train": read["train"], "test": read["test"]})
    (channels, height, width), *others = {each.shape[1:] for each, _ in read.values()}
    if not others and (scale := least_scale(height, width)) > 1:
        shape = channels, scale * height, scale * width
        read = {part: (brought_to(each, shape), label) for part, (each, label) in read.items()}
        more = [*more, f"pictures of {width} x {height} are enlarged {scale} times"]
    splits = train_validation_test(
        read["train"], read["test"], classes, found.name,
        validation=options.validation, seed=options.seed, held_out=read.get("validation"),
    )  # fmt: skip
    if "validation" not in read:
        kept, out = cut_validation(read["train"][1], options.validation, options.seed)
        names |= {"train": _taken(names["train"], kept), "validation": _taken(names["train"], out)}
    splits = replace(splits, notes=(*found.notes, *notes, *more, *blank, *repeats, *splits.notes))
    return splits, Places(None, names)


def _names(found: ArrayParts, part: str, count: int) -> tuple[str, ...]:
    """Returns what each picture of a part is called: the part and the row in it."""
    return tuple(f"{part}[{row}]" for row in found.rows.get(part, range(count)))


def _taken(names: Sequence[str], rows: Tensor) -> tuple[str, ...]:
    return tuple(names[row] for row in rows.tolist())


def _check_counts(parts: Mapping[str, Pair]) -> None:
    """Raises DataError unless there are pictures and each has its label, before either is worked on."""
    for part, (images, labels) in parts.items():
        counts = [len(array) if array.ndim else 0 for array in (images, labels)]
        if labels.ndim and counts[0] != counts[1]:
            raise DataError(f"{counts[0]} pictures but {counts[1]} labels ({part}); each picture needs one label")
        if not counts[0] and images.ndim:
            raise DataError(f"no pictures ({part}); at least one is needed in every split")


def _check_contents(parts: Mapping[str, Tensor]) -> list[str]:
    """Returns a note on pictures of one value; raises DataError where the first part's are all so, or all alike."""
    first = next(iter(parts.values()))
    if len(first) > 1 and all(bool((block == first[0]).all()) for block in first.split(BLOCK)):
        raise DataError(f"all {len(first):,} pictures are alike, so nothing can be learnt; are these the right arrays?")
    counts = {part: _of_one_value(images) for part, images in parts.items()}
    if next(iter(counts.values())) == len(first):
        raise DataError(f"all {len(first):,} pictures have one value throughout; are these the right arrays?")
    blank, total = sum(counts.values()), sum(map(len, parts.values()))
    return [f"{blank:,} of {plural(total, 'picture')} {'has' if blank == 1 else 'have'} one value throughout"] * (
        blank > 0
    )


def _of_one_value(images: Tensor) -> int:
    """Returns how many of (N, C, H, W) pictures have one colour throughout."""
    flat = (block.flatten(2) for block in images.split(BLOCK))
    return sum(int((block.amin(2) == block.amax(2)).all(1).sum()) for block in flat)


def _which_test(found: ArrayParts, everything: Part, classes: tuple[str, ...], rule: Rule) -> Tensor:
    """Returns which of N pictures are for testing, (N,) bool; raises DataError where nothing is left to test on."""
    is_test = _cut(*everything, found.digests.get(_trained_part(found.parts)), classes, rule)
    if not is_test.any():
        raise DataError("too few different pictures to test on some of them; add pictures, or bring a test set")
    return is_test


def _trained_part(parts: Mapping[str, Pair]) -> str:
    return "all" if "all" in parts else "train"


def _cut(images: Tensor, labels: Tensor, digests: Sequence[str] | None, classes: tuple[str, ...], rule: Rule) -> Tensor:
    """Returns which of N pictures are for testing, (N,) bool: as for folders, by content."""
    entries = tuple(Entry(Path(str(number)), int(label), "") for number, label in enumerate(labels))
    if digests is None:
        digests = [hashlib.sha256(image.numpy().tobytes()).hexdigest() for image in images]
    cut = assign_splits(Listing(Path(), NAME, classes, entries, ()), digests, rule)
    is_test = torch.zeros(len(labels), dtype=torch.bool)
    is_test[[int(entry.path.name) for entry in cut.entries if entry.split == "test"]] = True
    return is_test


@contextmanager
def named_in_errors(where: str) -> Iterator[None]:
    """Has errors tell which file they are about."""
    try:
        yield
    except PictureError:
        raise
    except DataError as error:
        raise DataError(str(error) if not where or where in str(error) else f"{where}: {error}") from error


def source_of_parts(
    name: str, accepts: Callable[[Origin], bool], read: Callable[[Origin, LoadOptions], ArrayParts]
) -> Source:
    """Returns a source whose pictures are arrays, read whole: all else follows from these."""

    def load_placed(origin: Origin, options: LoadOptions) -> tuple[Splits, Places]:
        found = read(origin, options)
        with named_in_errors(found.where):
            return load_arrays(found, options)

    def load(origin: Origin, options: LoadOptions) -> Splits:
        return load_placed(origin, options)[0]

    def places(origin: Origin, options: LoadOptions) -> Places:
        return load_placed(origin, options)[1]

    def sample(origin: Origin, options: LoadOptions) -> Sample:
        found = read(origin, options)
        with named_in_errors(found.where):
            return _sample_of(found, options)

    def outline(origin: Origin, options: LoadOptions) -> Outline:
        return outline_of(load(origin, options))

    return Source(name, accepts, load, load_placed, places, sample, outline)


def _sample_of(found: ArrayParts, options: LoadOptions) -> Sample:
    """Returns pictures of arrays, brought to the shape that a model needs; they need not do for training."""
    is_told, is_cut = "test" in found.parts, options.part == "cut"
    if options.part != "all" and is_told:
        chosen = ["test"]
    else:
        chosen = [_trained_part(found.parts)] if is_cut else [*found.parts]
    _check_counts({part: found.parts[part] for part in chosen})
    read, notes = read_pictures({part: found.parts[part][0] for part in chosen})
    counted = found.parts if found.classes else chosen  # where names are numbered, all numbers tell from what on
    numbers, classes, more = read_labels(
        {part: found.parts[part][1] for part in counted}, found.classes, to_train=False
    )
    for part in chosen:
        check_images(read[part], numbers[part], len(classes))
    if is_cut and not is_told:
        (part,) = chosen
        is_test = _cut(read[part], numbers[part], found.digests.get(part), classes, options.reading.rule)
        read[part], numbers[part] = read[part][is_test], numbers[part][is_test]
    shape = options.reading.shape
    assert shape, "a sample has the shape that a model needs"
    for size in {tuple(each.shape[1:]) for each in read.values()} - {shape}:
        more = [*more, f"pictures of {_size(size)} are brought to {_size(shape)}, as the model needs"]
    images = torch.cat([brought_to(read[part], shape) for part in chosen])
    labels = torch.cat([numbers[part] for part in chosen])
    kind: Literal["test", "all"] = "test" if is_cut or chosen == ["test"] else "all"
    return Sample(found.name, kind, images, labels, classes, None, (*found.notes, *notes, *more))


def brought_to(images: Tensor, shape: tuple[int, int, int]) -> Tensor:
    """Returns (N, C, H, W) pictures as others of the shape, as picture files would be brought to it."""
    if images.shape[1:] == shape or not len(images):
        return images.reshape(-1, *shape)
    return torch.from_numpy(np.stack([fit_to_shape(open_picture(_as_picture(image))[0], shape) for image in images]))


def _size(shape: Sequence[int]) -> str:
    channels, height, width = shape
    return f"{width} x {height}{'' if channels == 1 else ' in colour'}"


def _as_picture(image: Tensor) -> AnyArray:
    """Returns a (C, H, W) picture as (H, W) or (H, W, 3)."""
    return image[0].numpy() if len(image) == 1 else image.permute(1, 2, 0).contiguous().numpy()


def _read(origin: Origin, _options: LoadOptions) -> ArrayParts:
    assert isinstance(origin, Arrays)
    return ArrayParts(origin.parts, NAME, notes=origin.notes, digests=origin.digests)


SOURCE = source_of_parts("arrays (in Python)", lambda origin: isinstance(origin, Arrays), _read)
