"""Folders of pictures: one sub-folder a class, or train/, validation/ and test/ with them."""

from collections import defaultdict
from pathlib import Path

from muslin.data.files.levels import find_levels
from muslin.data.files.listing import Listing, make_listing
from muslin.data.files.sieve import Sieve
from muslin.data.files.written import is_of_muslin
from muslin.errors import DataError
from muslin.text import join_first, printable

__all__ = ["is_class_folder", "is_picture_folder", "list_class", "list_folder"]


def is_picture_folder(path: Path) -> bool:
    """Whether a folder holds sub-folders with files that may be pictures, or that cannot be looked into."""
    try:
        if not path.is_dir():
            return False
    except OSError:
        return False
    try:
        sieve = Sieve(path)
        folders = [entry for entry in sieve.scan(path) if entry.is_dir()]
        return any(entry.is_symlink() or sieve.holds_pictures(path / entry.name, below=True) for entry in folders)
    except OSError:
        return True  # listing it names what cannot be read


def is_class_folder(path: Path) -> bool:
    """Whether pictures lie straight in a folder and in none below it, as those of one class do."""
    if not path.is_dir() or is_picture_folder(path) or is_of_muslin(path):
        return False
    return Sieve(path).holds_pictures(path)


def list_class(root: Path) -> Listing:
    """Lists a folder of pictures of one class, which the folder's own name tells.

    Raises:
        DataError: the folder cannot be read, or a link leads out of it.
    """
    sieve = Sieve(root)
    try:
        paths = list(sieve.pictures(root))
    except OSError as error:
        raise _cannot_read(root, error) from error
    name = root.resolve().name
    note = f"the pictures straight in {printable(name)}/ are taken for one class: {printable(name)}"
    return make_listing(root, name, [("", path, name) for path in paths], (note, *sieve.notes))


def list_folder(root: Path) -> Listing:
    """Lists a folder with one sub-folder a class, or with `train/`, `test/`, `validation/` that have them.

    Files further down belong to the class above them. What is hidden or the system's and well-known other
    kinds (.txt, .zip, ...) are passed over with a note, as is what Muslin itself wrote: runs, ladders, packs, caches.
    What else there is counts as a picture, whatever its name.

    Splits are known by their words (`training_set`, `val`, `Test2`), also one in another, and below each class; a
    single folder around everything is stepped into. Notes say what was taken for what where that is not plain.

    Args:
        root: the folder; `validation/` and `test/` may be missing.

    Raises:
        DataError: no such folder, a tree that can be read in two ways, or a link out of the folder, in a loop, or to a
            folder.
    """
    if not root.is_dir():
        raise DataError(f"no folder at {printable(root)}; give a folder with one sub-folder of pictures a class")
    sieve = Sieve(root)
    try:
        found, notes = _walk(sieve)
    except OSError as error:
        raise _cannot_read(root, error) from error
    notes = (*notes, *sieve.notes)
    to_train = {key: paths for key, paths in found.items() if key[0] in ("", "train")}
    empty = [printable(f"{split}/{name}" if split else name) for (split, name), paths in to_train.items() if not paths]
    rows = [(split, path, name) for (split, name), paths in found.items() for path in paths]
    return make_listing(root, root.resolve().name, rows, notes, empty)


def _cannot_read(root: Path, error: OSError) -> DataError:
    return DataError(f"cannot read {printable(error.filename or root)}: {error.strerror}; may you read it?")


def _walk(sieve: Sieve) -> tuple[dict[tuple[str, str], list[Path]], tuple[str, ...]]:
    """Returns the files of each (split, class), and notes."""
    levels = find_levels(sieve)
    beside = [note for folder in levels.above for note in _beside(sieve, folder)]
    found: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for one in levels.classes:
        found[one.split, one.name] += sieve.pictures(one.path)
    return dict(found), (*levels.notes, *beside)


def _beside(sieve: Sieve, folder: Path) -> list[str]:
    names = [printable(name) for name in sieve.beside(folder)]
    if not names:
        return []
    where = printable(folder.resolve().name)
    return [f"files of {where} passed over because they are in no class folder: {len(names):,} ({join_first(names)})"]
