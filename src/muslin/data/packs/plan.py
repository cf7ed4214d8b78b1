"""What a pack will be made of: decided by reading all files, before any picture is decoded."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from muslin.data.bad_files import may_be_left_out, other_kinds
from muslin.data.content import same_picture_notes
from muslin.data.decoding.tasks import look_at
from muslin.data.decoding.wide import Levels, levels_of
from muslin.data.files.cut import assign_splits
from muslin.data.files.listing import Listing
from muslin.data.reading import Reading
from muslin.data.sizing import InputSize, choose_input
from muslin.errors import DataError
from muslin.text import printable

__all__ = ["plan_pack"]


@dataclass(frozen=True)
class PackPlan:
    """What a pack will be made of.

    Attributes:
        listing: the pictures, each with its split.
        digests: each file's SHA-256, in hexadecimal.
        size: the size and colours that pictures will be brought to.
        levels: the values of more than 8 bits that become black and white; None where no picture has so many.
    """

    listing: Listing
    digests: dict[Path, str]
    size: InputSize
    levels: Levels | None = None

    @property
    def repeats(self) -> tuple[str, ...]:
        """Sentences on files of the same content that make learning or testing harder or easier than it is."""
        labels, splits = defaultdict[str, set[int]](set), defaultdict[str, set[str]](set)
        for entry in self.listing.entries:
            digest = self.digests[entry.path]
            labels[digest].add(entry.label)
            splits[digest].add(entry.split)
        in_two = sum(len(each) > 1 for digest, each in labels.items() if digest)
        in_both = sum({"train", "test"} <= each for digest, each in splits.items() if digest)
        return tuple(f"{note}; muslin data scan names them" for note in same_picture_notes("file", in_two, in_both))


def plan_pack(listing: Listing, reading: Reading) -> PackPlan:
    """Reads all files of a listing, decodes none, and decides on split and size.

    Raises:
        DataError: no picture can be read.
        PictureError: files are of a kind that is not read; all are counted, one of each kind is named.
        SettingError: the size is outside what is allowed.
    """
    looks = look_at([entry.path for entry in listing.entries], threads=reading.threads, progress=reading.progress)
    digests = {entry.path: look.sha256 for entry, look in zip(listing.entries, looks, strict=True)}
    others = {
        printable(entry.path.relative_to(listing.root)): look.kind
        for entry, look in zip(listing.entries, looks, strict=True)
        if look.kind
    }
    if others and (reading.on_bad == "stop" or not may_be_left_out(len(others), len(looks))):
        raise other_kinds(others, len(looks), reading.on_bad)
    seen = [look for look in looks if look.mode]
    if not (seen or reading.shape):
        raise DataError(f"no picture of {printable(listing.root)} can be read, so there is no size to choose")
    if reading.shape:
        size = InputSize(*reading.shape, f"input is {reading.shape[2]} x {reading.shape[1]}, as the model needs")
    else:
        sizes, modes = [(one.width, one.height) for one in seen], [one.mode for one in seen]
        size = choose_input(sizes, modes, most=reading.most, size=reading.size)
    cut = assign_splits(listing, [look.sha256 for look in looks], reading.rule)
    levels = reading.levels
    if levels is None and not reading.shape:
        ranges = {entry.path: look.levels for entry, look in zip(listing.entries, looks, strict=True) if look.levels}
        train = [ranges[entry.path] for entry in cut.entries if entry.split == "train" and entry.path in ranges]
        levels = levels_of(train or list(ranges.values()), beside_eight=len(ranges) < len(seen))
    return PackPlan(cut, digests, size, levels)
