"""What of a folder may be data: its folders and its picture files, without what the system put beside them."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from muslin.data.files.companions import is_ignored, kind_of
from muslin.data.files.links import check_link
from muslin.data.files.written import is_of_muslin, ladder_plots
from muslin.text import join_first, printable

__all__ = ["Sieve", "counted_kinds"]


class Sieve:
    """Looks into folders, and keeps count of what it passes over there.

    Args:
        root: the folder that all of the data lie below.

    Attributes:
        real_root: its path without links.
        skipped: the kind of each file and folder that was passed over because it is beside pictures, no picture.
        written: what Muslin itself wrote, passed over wherever it lies: True for each such path, False for others.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.real_root = os.path.realpath(root)
        self.skipped: dict[Path, str] = {}
        self.written: dict[Path, bool] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was passed over so far."""
        notes = []
        written = [printable(path.relative_to(self.root)) for path, is_so in self.written.items() if is_so]
        if written:
            notes.append(f"passed over because Muslin wrote it: {join_first(sorted(written))}")
        if self.skipped:
            notes.append(f"files passed over because they are no pictures: {counted_kinds(self.skipped.values())}")
        return tuple(notes)

    def folders(self, folder: Path) -> list[Path]:
        """Returns the folders in one, by name, without links.

        Raises:
            OSError: it cannot be read.
        """
        return [folder / entry.name for entry in self.scan(folder) if entry.is_dir(follow_symlinks=False)]

    def beside(self, folder: Path) -> list[str]:
        """Returns the names of the files in a folder.

        Raises:
            DataError: a link in it leads to a folder, or nowhere.
            OSError: it cannot be read.
        """
        files = [entry for entry in self.scan(folder) if not entry.is_dir(follow_symlinks=False)]
        for entry in files:
            if entry.is_symlink():
                check_link(folder / entry.name)
        return [entry.name for entry in files]

    def pictures(self, folder: Path, *, any_link: bool = False) -> Iterator[Path]:
        """Returns the files at any depth below a folder that may be pictures; counts the others.

        Args:
            folder: the folder.
            any_link: whether links may lead anywhere: those to folders are counted, all others returned.

        Raises:
            DataError: a link leads to a folder or out of the data, and may not.
            OSError: a folder cannot be read.
        """
        folders = [folder]
        while folders:
            here = folders.pop()
            for entry in self.scan(here):
                path = here / entry.name
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                    continue
                if any_link and entry.is_symlink() and path.is_dir():
                    self.skipped[path] = "linked folder"
                    continue
                if entry.is_symlink() and not any_link:
                    check_link(path, self.real_root)
                if kind := kind_of(entry.name):
                    self.skipped[path] = kind
                else:
                    yield path

    def holds_pictures(self, folder: Path, *, below: bool = False) -> bool:
        """Whether a folder itself holds files that may be pictures, or any folder below it."""
        folders = [folder]
        while folders:
            here = folders.pop()
            for entry in self.scan(here):
                if entry.is_dir(follow_symlinks=False):
                    folders += [here / entry.name] if below else []
                elif not kind_of(entry.name):
                    return True
        return False

    def scan(self, folder: Path) -> list["os.DirEntry[str]"]:
        """Returns what a folder holds, by name, without what is hidden, the system's, or written by Muslin."""
        with os.scandir(folder) as entries:
            everything = sorted(entries, key=lambda entry: entry.name)
        found = [entry for entry in everything if not is_ignored(entry.name)]
        if len(found) < len(everything):
            names = (entry.name for entry in everything if is_ignored(entry.name))
            self.skipped |= {folder / name: kind_of(name) for name in names}
        plots = ladder_plots(folder, {entry.name for entry in found})
        return [entry for entry in found if not self._is_written(folder / entry.name, entry, plots)]

    def _is_written(self, path: Path, entry: "os.DirEntry[str]", plots: set[str]) -> bool:
        if entry.name in plots:
            self.written[path] = True
        elif entry.is_dir(follow_symlinks=False):
            if path not in self.written:
                self.written[path] = is_of_muslin(path)
            return self.written[path]
        return entry.name in plots


def counted_kinds(kinds: Iterable[str]) -> str:
    """Returns how many files there are of each kind.

    >>> counted_kinds([".txt", ".zip", ".txt"])
    '2 .txt, 1 .zip'
    """
    return ", ".join(f"{count:,} {printable(kind)}" for kind, count in sorted(Counter(kinds).items()))
