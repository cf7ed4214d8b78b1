"""Folders and CSV files of pictures: listed, packed once, and opened from the pack.

Legend: N pictures, C channels, H x W pixels.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from torch import Tensor

from muslin.data.decoding.pool import Progress, count_cores
from muslin.data.decoding.tasks import look_at
from muslin.data.files.cut import assign_splits
from muslin.data.files.kinds import list_picture_files
from muslin.data.files.listing import Listing
from muslin.data.images import DataSpec, ImageData, Splits, pixel_statistics
from muslin.data.packs.build import build_pack
from muslin.data.packs.index import cache_folder, find_pack, index_entry, remember_pack
from muslin.data.packs.pack import Pack
from muslin.data.sizing import SMALL, InputSize, choose_input
from muslin.data.split import class_notes, validation_size

__all__ = [
    "RESIDENT",
    "Plan",
    "Wanted",
    "held_out",
    "known_pack",
    "load",
    "pack_of",
    "plan_pack",
]

RESIDENT = 2 << 30  # bytes of pictures that are read into memory; fixed, so that the same data train the same anywhere

Part = tuple[Tensor, Tensor]  # (N, C, H, W) uint8 pictures, (N,) int64 labels


def load(
    path: Path,
    *,
    validation: int,
    size: int = 0,
    most: int = SMALL,
    cache: Path | None = None,
    on_bad: str = "stop",
    resident_bytes: int | None = None,
    threads: int | None = None,
    verify: bool = False,
    progress: Progress = lambda *_: None,
) -> Splits:
    """Reads a folder of pictures, or a CSV file that names them; the second time from its pack.

    Where the source brings no validation pictures, the first of the training pictures in the pack's order are held
    out: a random sample with each class in its proportion, at least one of each, the same whatever the seed.

    Args:
        path: as for `list_picture_files`.
        validation: pictures to hold out of the training set, at most a tenth of it.
        size: the side in pixels that all pictures are brought to; 0 to choose by the pictures.
        most: the longest side to choose.
        cache: the folder of all packs; by default `cache_folder()`.
        on_bad: `stop` where a picture is damaged, or `skip` it, up to 1 % of all.
        resident_bytes: packs with at most so many bytes of pictures are read into memory, larger ones are streamed.
        threads: pictures to work on at a time; by default one a core.
        verify: read the pack whole and compare its SHA-256; one that is damaged is made anew.
        progress: told of each stage, the pictures done, and how many there are.

    Raises:
        DataError: the folder or the CSV file is not as it should be, pictures are damaged, or the cache is full.
        SettingError: `size` or `on_bad` is outside what is allowed.
    """
    listing = list_picture_files(path)
    wanted = Wanted(size, most)
    pack = pack_of(listing, wanted, cache=cache, on_bad=on_bad, threads=threads, verify=verify, progress=progress)
    is_resident = pack.file.images.numel() <= (RESIDENT if resident_bytes is None else resident_bytes)
    splits = _cut(pack, listing.name, validation, is_resident=is_resident)
    return replace(splits, notes=(*pack.notes, *listing.notes, *splits.notes))


@dataclass(frozen=True)
class Wanted:
    """What pictures are to be brought to.

    Attributes:
        size: the side in pixels; 0 to choose by the pictures.
        most: the longest side to choose.
        shape: (C, H, W) exactly, which the two others then do not matter for; None to choose.
    """

    size: int = 0
    most: int = SMALL
    shape: tuple[int, int, int] | None = None


def pack_of(
    listing: Listing,
    wanted: Wanted,
    *,
    cache: Path | None = None,
    on_bad: str = "stop",
    threads: int | None = None,
    verify: bool = False,
    progress: Progress = lambda *_: None,
) -> Pack:
    """Opens the pack of a listing; makes it where there is none, or where files have changed. Arguments as `load`."""
    cache = cache or cache_folder()
    index = _index(listing, wanted, cache)
    pack = find_pack(index, cache, on_bad, verify=verify)
    if pack is None:
        plan = plan_pack(listing, wanted, threads=threads, progress=progress)
        exactly = _index(listing, Wanted(shape=plan.size.shape), cache)
        pack = build_pack(
            plan.listing, plan.digests, plan.size,
            cache=cache, on_bad=on_bad, threads=threads or count_cores(), progress=progress,
        )  # fmt: skip
        for entry in {index, exactly}:
            remember_pack(entry, pack)
    return pack


def known_pack(listing: Listing, wanted: Wanted, cache: Path) -> Pack | None:
    """Finds the pack of a listing if there is one; reads none of the files."""
    return find_pack(_index(listing, wanted, cache), cache, "skip")


def _index(listing: Listing, wanted: Wanted, cache: Path) -> Path:
    return index_entry(listing, (wanted.shape,) if wanted.shape else (wanted.size, wanted.most), cache)


@dataclass(frozen=True)
class Plan:
    """What a pack will be made of.

    Attributes:
        listing: with a split for every picture.
        digests: the SHA-256 of each file.
        size: what pictures will be brought to.
    """

    listing: Listing
    digests: dict[Path, str]
    size: InputSize


def plan_pack(
    listing: Listing, wanted: Wanted, *, threads: int | None = None, progress: Progress = lambda *_: None
) -> Plan:
    """Reads all files of a listing, decodes none, and decides on split and size. Arguments as `load`."""
    looks = look_at([entry.path for entry in listing.entries], threads=threads or count_cores(), progress=progress)
    digests = {entry.path: look.sha256 for entry, look in zip(listing.entries, looks, strict=True)}
    seen = [look for look in looks if look.mode]
    if wanted.shape:
        size = InputSize(*wanted.shape, f"input is {wanted.shape[2]} x {wanted.shape[1]}, as the model needs")
    else:
        sizes, modes = [(one.width, one.height) for one in seen], [one.mode for one in seen]
        size = choose_input(sizes, modes, most=wanted.most, size=wanted.size)
    return Plan(assign_splits(listing, [look.sha256 for look in looks]), digests, size)


def held_out(labels: Tensor, validation: int) -> int:
    """Counts the first of (N,) training labels in a pack's order that are held out where no validation set is told."""
    several = int((labels.bincount() > 1).sum())  # one of each class that has two lies at the start
    return max(several, validation_size(len(labels), validation))


def _cut(pack: Pack, name: str, validation: int, *, is_resident: bool) -> Splits:
    """Makes the splits of a pack; all are stretches of its file, copied into memory or not."""
    (images, labels), test = pack.part("train"), pack.part("test")
    if "validation" in pack.splits:
        out = pack.part("validation")
    else:
        count = held_out(labels, validation)
        out, (images, labels) = (images[:count], labels[:count]), (images[count:], labels[count:])
    file = pack.file
    mean, std = pixel_statistics(images, file)
    _, channels, height, width = images.shape
    spec = DataSpec(channels, height, width, pack.classes, mean, std)

    def data(images: Tensor, labels: Tensor) -> ImageData:
        return ImageData(images.clone(), labels, spec) if is_resident else ImageData(images, labels, spec, file)

    splits = Splits(data(images, labels), data(*out), data(*test), name, class_notes(labels, pack.classes))
    file.give_back()
    return splits
