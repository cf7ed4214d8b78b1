"""Folders and CSV files of pictures: listed, packed once, and opened from the pack.

Legend: N pictures, C channels, H x W pixels.
"""

import os
from dataclasses import replace
from pathlib import Path

from torch import Tensor

from muslin.data.decode import Progress, look_at
from muslin.data.images import DataSpec, ImageData, Splits, pixel_statistics
from muslin.data.listing import Listing, assign_splits, list_csv, list_folder
from muslin.data.pack import Pack, build_pack, cache_folder, find_pack, index_entry, remember_pack
from muslin.data.sizing import SMALL, choose_input
from muslin.data.split import class_notes, validation_size

__all__ = ["RESIDENT", "load", "pack_of"]

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
        path: as for `list_folder` or, when it is a file, `list_csv`.
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
    listing = list_csv(path) if path.is_file() else list_folder(path)
    pack = pack_of(
        listing,
        size=size,
        most=most,
        cache=cache or cache_folder(),
        on_bad=on_bad,
        threads=threads or _cores(),
        verify=verify,
        progress=progress,
    )
    is_resident = pack.file.images.numel() <= (RESIDENT if resident_bytes is None else resident_bytes)
    splits = _cut(pack, listing.name, validation, is_resident=is_resident)
    return replace(splits, notes=(*pack.notes, *listing.notes, *splits.notes))


def pack_of(
    listing: Listing,
    *,
    size: int,
    most: int,
    cache: Path,
    on_bad: str,
    threads: int,
    verify: bool,
    progress: Progress,
) -> Pack:
    """Opens the pack of a listing; makes it where there is none, or where files have changed. Arguments as `load`."""
    index = index_entry(listing, (size, most), cache)
    pack = find_pack(index, cache, on_bad, verify=verify)
    if pack is None:
        looks = look_at([entry.path for entry in listing.entries], threads=threads, progress=progress)
        digests = {entry.path: look.sha256 for entry, look in zip(listing.entries, looks, strict=True)}
        seen = [look for look in looks if look.mode]
        chosen = choose_input(
            [(one.width, one.height) for one in seen], [one.mode for one in seen], most=most, size=size
        )
        whole = assign_splits(listing, [look.sha256 for look in looks])
        pack = build_pack(whole, digests, chosen, cache=cache, on_bad=on_bad, threads=threads, progress=progress)
        remember_pack(index, pack)
    return pack


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cut(pack: Pack, name: str, validation: int, *, is_resident: bool) -> Splits:
    """Makes the splits of a pack; all are stretches of its file, copied into memory or not."""
    (images, labels), test = pack.part("train"), pack.part("test")
    if "validation" in pack.splits:
        held_out = pack.part("validation")
    else:
        several = int((labels.bincount() > 1).sum())  # one of each class that has two lies at the start
        count = max(several, validation_size(len(labels), validation))
        held_out, (images, labels) = (images[:count], labels[:count]), (images[count:], labels[count:])
    file = pack.file
    mean, std = pixel_statistics(images, file)
    _, channels, height, width = images.shape
    spec = DataSpec(channels, height, width, pack.classes, mean, std)

    def data(images: Tensor, labels: Tensor) -> ImageData:
        return ImageData(images.clone(), labels, spec) if is_resident else ImageData(images, labels, spec, file)

    splits = Splits(data(images, labels), data(*held_out), data(*test), name, class_notes(labels, pack.classes))
    file.give_back()
    return splits
