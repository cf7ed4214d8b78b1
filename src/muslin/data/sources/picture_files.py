"""Folders and CSV files of pictures: listed, packed once, and opened from the pack.

Legend: N pictures, C channels, H x W pixels.
"""

from dataclasses import replace
from pathlib import Path

from torch import Tensor

from muslin.data.files.kinds import list_picture_files
from muslin.data.files.listing import Listing
from muslin.data.images import ImageData, Splits, pixel_statistics
from muslin.data.packs.build import build_pack
from muslin.data.packs.index import find_pack, index_entry, remember_pack
from muslin.data.packs.pack import Pack
from muslin.data.packs.plan import plan_pack
from muslin.data.reading import Reading
from muslin.data.spec import DataSpec
from muslin.data.split import class_notes, validation_size

__all__ = ["held_out", "known_pack", "load", "pack_of"]


def load(path: Path, reading: Reading, *, validation: int) -> Splits:
    """Reads a folder of pictures, or a CSV file that names them; the second time from its pack.

    Where the source brings no validation pictures, the first of the training pictures in the pack's order are held
    out: a random sample with each class in its proportion, at least one of each, the same whatever the seed.

    Args:
        path: as for `list_picture_files`.
        reading: how.
        validation: pictures to hold out of the training set, at most a tenth of it.

    Raises:
        DataError: the folder or the CSV file is not as it should be, pictures are damaged, or the cache is full.
        SettingError: the size is outside what is allowed.
    """
    listing = list_picture_files(path)
    pack = pack_of(listing, reading)
    is_resident = pack.file.images.numel() <= reading.resident_bytes
    splits = _cut(pack, listing.name, validation, is_resident=is_resident)
    return replace(splits, notes=(*pack.notes, *listing.notes, *splits.notes))


def pack_of(listing: Listing, reading: Reading) -> Pack:
    """Opens the pack of a listing; makes it where there is none, or where files have changed.

    Raises:
        DataError: pictures are damaged, or the cache is full.
        SettingError: the size is outside what is allowed.
    """
    index = index_entry(listing, reading)
    pack = find_pack(index, reading)
    if pack is None:
        plan = plan_pack(listing, reading)
        exactly = index_entry(listing, replace(reading, shape=plan.size.shape))
        pack = build_pack(plan, reading)
        for entry in {index, exactly}:
            remember_pack(entry, pack)
    return pack


def known_pack(listing: Listing, reading: Reading) -> Pack | None:
    """Finds the pack of a listing if there is one, also if it left pictures out; reads none of the files."""
    return find_pack(index_entry(listing, reading), replace(reading, on_bad="skip"))


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
