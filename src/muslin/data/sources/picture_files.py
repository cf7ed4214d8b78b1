"""Folders and CSV files of pictures: listed, packed once, and opened from the pack.

Legend: N pictures, C channels, H x W pixels.
"""

import time
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from muslin.data.files.kinds import are_picture_files, list_picture_files
from muslin.data.files.listing import Listing
from muslin.data.images import ImageData, Splits, pixel_statistics
from muslin.data.packs.build import build_pack
from muslin.data.packs.index import find_pack, index_entry, path_below_root, remember_pack
from muslin.data.packs.order import in_pack_order
from muslin.data.packs.pack import Pack
from muslin.data.packs.packed import Packed
from muslin.data.packs.plan import plan_pack
from muslin.data.reading import Reading
from muslin.data.sources.idx import is_idx_folder
from muslin.data.sources.outline import Outline, count_classes
from muslin.data.sources.source import LoadOptions, Origin, Places, Sample, Source
from muslin.data.spec import DataSpec
from muslin.data.split import class_notes, lacking_classes, lacking_notes, validation_size
from muslin.errors import DataError

__all__ = ["load", "pack_files"]


def load(path: Path, reading: Reading, *, validation: int) -> Splits:
    """Reads a folder of pictures, or a CSV file that names them; the second time from its pack.

    Where the source brings no validation pictures, the first of the training pictures in the pack's order are held
    out: a random sample with each class in its proportion, at least one of each, the same whatever the seed.

    Args:
        path: as for `list_picture_files`.
        reading: the way in which the files are read.
        validation: pictures to hold out of the training set, at most a tenth of it.

    Raises:
        DataError: the folder or the CSV file is not as it should be, pictures are damaged, or the cache is full.
        SettingError: the size is outside what is allowed.
    """
    listing = list_picture_files(path)
    pack = pack_of(listing, reading)
    is_resident = pack.file.images.numel() <= reading.resident_bytes
    splits = cut_pack(pack, listing.name, validation, is_resident=is_resident)
    return replace(splits, notes=(*pack.notes, *listing.notes, *splits.notes))


def load_placed(path: Path, reading: Reading, *, validation: int) -> tuple[Splits, Places]:
    """Reads pictures as `load` does, and tells each one's file, as `load_places` does.

    Raises:
        DataError: as `load`; or the files changed meanwhile.
        SettingError: as `load`.
    """
    splits = load(path, reading, validation=validation)
    places = load_places(path, reading, validation=validation)
    counts = len(splits.train), len(splits.validation), len(splits.test)
    if counts != tuple(len(places.names[split]) for split in ("train", "validation", "test")):
        raise DataError(f"files of {splits.name} changed while they were read; try again")
    return splits, places


def load_places(path: Path, reading: Reading, *, validation: int) -> Places:
    """Returns the file of each picture that `load` reads: reads the files, but decodes none that are packed.

    Raises:
        DataError: as `load`; or the files changed meanwhile.
        SettingError: as `load`.
    """
    listing = list_picture_files(path)
    pack = pack_of(listing, reading)
    left_out = {one.path for one in pack.info.skipped}
    entries = in_pack_order(plan_pack(listing, reading).listing.entries)
    entries = [entry for entry in entries if path_below_root(listing, entry) not in left_out]
    if [entry.label for entry in entries] != pack.labels.tolist():
        raise DataError(f"files of {listing.name} changed while they were read; try again")
    names = tuple(path_below_root(listing, entry) for entry in entries)
    by_split = {split: names[start:stop] for split, (start, stop) in pack.info.splits.items()}
    if "validation" not in by_split:
        count = validation_count(pack.part("train")[1], validation)
        by_split |= {"validation": by_split["train"][:count], "train": by_split["train"][count:]}
    return Places(listing.root, by_split)


def pack_of(listing: Listing, reading: Reading) -> Pack:
    """Returns the pack of a listing, opened; makes it where there is none, or where files have changed.

    Raises:
        DataError: pictures are damaged, or the cache is full.
        SettingError: the size is outside what is allowed.
    """
    index = index_entry(listing, reading)
    pack = find_pack(index, reading)
    if pack is None:
        plan = plan_pack(listing, reading)
        exactly = index_entry(listing, replace(reading, shape=plan.size.shape, levels=plan.levels))
        pack = build_pack(plan, reading)
        for entry in {index, exactly}:
            remember_pack(entry, pack)
    return pack


def known_pack(listing: Listing, reading: Reading) -> Pack | None:
    """Returns the pack of a listing if there is one, also if it left pictures out; reads none of the files."""
    return find_pack(index_entry(listing, reading), replace(reading, on_bad="skip"))


def validation_count(labels: Tensor, validation: int) -> int:
    """Returns how many of the first of (N,) training labels in a pack's order are held out for validation."""
    several = int((labels.bincount() > 1).sum())  # one of each class that has two lies at the start
    return max(several, validation_size(len(labels), validation))


def cut_pack(pack: Pack, name: str, validation: int, *, is_resident: bool) -> Splits:
    """Returns the splits of a pack; all are stretches of its file, copied into memory or not."""
    (images, labels), test = pack.part("train"), pack.part("test")
    if not len(test[1]):
        raise DataError(f"{name} has too few different pictures to test on some; add pictures, or bring test/")
    if "validation" in pack.info.splits:
        out = pack.part("validation")
    else:
        count = validation_count(labels, validation)
        out, (images, labels) = (images[:count], labels[:count]), (images[count:], labels[count:])
    if lost := lacking_classes(labels, pack.classes):
        raise DataError(
            f"{name} has too few pictures of {lost}: none is left to train on beside validation and test; add some, or "
            "remove the class"
        )
    file = pack.file
    mean, std = pixel_statistics(images, file)
    _, channels, height, width = images.shape
    spec = DataSpec(channels, height, width, pack.classes, mean, std, pack.info.levels)

    def data(images: Tensor, labels: Tensor) -> ImageData:
        return ImageData(images.clone(), labels, spec) if is_resident else ImageData(images, labels, spec, file)

    notes = (*class_notes(labels, pack.classes), *lacking_notes({"validation": out[1], "test": test[1]}, pack.classes))
    splits = Splits(data(images, labels), data(*out), data(*test), name, notes)
    file.give_back()
    return splits


def pack_files(path: Path, reading: Reading) -> Packed:
    """Packs a folder of pictures, or those that a CSV file names, or finds their pack; says how long that took.

    Raises:
        DataError: as `load`.
        SettingError: as `load`.
    """
    start, stages = time.monotonic(), set()

    def progress(stage: str, done: int, total: int) -> None:
        stages.add(stage)
        reading.progress(stage, done, total)

    pack = pack_of(list_picture_files(path), replace(reading, progress=progress))
    size = sum(file.stat().st_size for file in pack.folder.iterdir())
    seconds = time.monotonic() - start
    return Packed(pack.folder, len(pack.labels), size, "decoding" in stages, seconds, pack.notes)


def _sample(origin: Origin, options: LoadOptions) -> Sample:
    listing = list_picture_files(Path(str(origin)), to_train=False)
    if options.part == "test" and "test" in listing.splits and known_pack(listing, options.reading) is None:
        listing = replace(listing, entries=tuple(entry for entry in listing.entries if entry.split == "test"))
    pack = pack_of(listing, options.reading)
    notes = (*pack.notes, *listing.notes)
    if options.part == "cut" or (options.part == "test" and "test" in listing.splits):
        return Sample(listing.name, "test", *pack.part("test"), pack.classes, pack.file, notes)
    return Sample(listing.name, "all", pack.file.images, pack.labels, pack.classes, pack.file, notes)


def _outline(origin: Origin, options: LoadOptions) -> Outline:
    """Returns how files would be read: from their pack, or else by listing and hashing them; none is decoded."""
    listing = list_picture_files(Path(str(origin)))
    pack = known_pack(listing, options.reading)
    if pack is not None:
        _, *shape = pack.info.shape
        notes = pack.notes
        labels = {split: pack.part(split)[1] for split in pack.info.splits}
    else:
        plan = plan_pack(listing, options.reading)
        shape, notes = [*plan.size.shape], (plan.size.reason,)
        ordered = in_pack_order(plan.listing.entries)
        labels = {
            split: torch.tensor([entry.label for entry in ordered if entry.split == split])
            for split in ("train", *sorted({"validation"} & plan.listing.splits), "test")
        }
    if "validation" not in labels:
        train, count = labels["train"], validation_count(labels["train"], options.validation)
        labels = {"train": train[count:], "validation": train[:count], "test": labels["test"]}
    channels, height, width = shape
    counts, folder = count_classes(labels, len(listing.classes)), pack.folder if pack else None
    return Outline(listing.name, listing.classes, (channels, height, width), counts, folder, (*notes, *listing.notes))


SOURCE = Source(
    "a folder of pictures, a .csv that names them",
    lambda origin: (
        Path(str(origin)).exists() and are_picture_files(Path(str(origin))) and not is_idx_folder(Path(str(origin)))
    ),
    lambda origin, options: load(Path(str(origin)), options.reading, validation=options.validation),
    lambda origin, options: load_placed(Path(str(origin)), options.reading, validation=options.validation),
    lambda origin, options: load_places(Path(str(origin)), options.reading, validation=options.validation),
    _sample,
    _outline,
)
