"""Find the picture files that a table names, also where it names them otherwise than the disk does."""

import os
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path, PureWindowsPath

from muslin.data.files.links import is_below
from muslin.text import plural, printable

__all__ = ["NamedFiles", "is_absolute"]


class NamedFiles:
    """Finds files below a folder by their names in a table.

    A name is taken as it is written if there is such a file. Else spaces around it are dropped, backslashes stand
    between folders, the folder's own name may come first, accents and capitals may be coded otherwise, and the suffix
    may be missing, where that leaves one file. Names may all be those in one sub-folder.

    Args:
        root: the folder that the names are relative to.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.real_root = os.path.realpath(root)
        self.assumed: Counter[str] = Counter()
        self.bases: dict[str, Path | None] = {}
        self.known: dict[Path, dict[str, list[str]]] = {}

    def find(self, name: str, split: str) -> Path | None:
        """Returns the file of that name, below the root unless it leads out by `..` or a link; None if there is none.

        Args:
            name: as the table has it.
            split: the picture's split; the files of one split may lie in a sub-folder of their own.
        """
        found = self._find_in(self.root, name)
        if found is None and not is_absolute(name):
            if split not in self.bases:
                self.bases[split] = self._base(name)
            base = self.bases[split]
            found = self._find_in(base, name) if base else None
        if found is None:
            return None
        file, assumed = found
        self.assumed.update(assumed)
        return file

    def is_outside(self, file: Path) -> bool:
        """Whether a file that was found lies outside the root, also by a link."""
        return not is_below(os.path.realpath(file), self.real_root)

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence for each kind of thing that was assumed."""
        bases = dict.fromkeys(base for base in self.bases.values() if base)
        return (
            *(f"{plural(count, 'path')} {what}" for what, count in self.assumed.items()),
            *(f"paths are taken below {printable(base.name)}/" for base in bases),
        )

    def _find_in(self, base: Path, name: str) -> tuple[Path, tuple[str, ...]] | None:
        """Returns the file of that name in a folder, with what its finding assumed."""
        for text, assumed in self._spellings(name):
            if is_absolute(text):
                file = self._from_absolute(text)
                return (file, (*assumed, "absolute, and below the table's folder")) if file else None
            if _is_file(base / text):
                return base / text, assumed
            file = self._written_otherwise(base, text)
            if file is not None:
                return file, (*assumed, "written otherwise than on disk (accents, capitals or suffix)")
        return None

    def _spellings(self, name: str) -> list[tuple[str, tuple[str, ...]]]:
        """Returns the ways to read a name, with what each assumes."""
        ways: list[tuple[str, tuple[str, ...]]] = [(name, ())]
        if name.strip() != name:
            ways.append((name.strip(), ("with spaces around it",)))
        if "\\" in name:
            ways.append((name.strip().replace("\\", "/"), ("with backslashes between folders",)))
        first, *rest = Path(ways[-1][0]).parts or ("",)
        if first == Path(self.real_root).name and rest:
            ways.append((str(Path(*rest)), (*ways[-1][1], "with the name of the table's folder first")))
        return ways

    def _from_absolute(self, name: str) -> Path | None:
        if not _is_file(Path(name)):
            return None
        real = Path(os.path.realpath(Path(name).parent), Path(name).name)
        return self.root / real.relative_to(self.real_root) if is_below(str(real), self.real_root) else None

    def _written_otherwise(self, base: Path, name: str) -> Path | None:
        """Returns the only file whose name differs in accents, capitals or a missing suffix alone."""
        here = base
        *folders, last = Path(name).parts or ("",)
        for part in folders:
            same = [part] if _exists(here / part) else self._inside(here).get(_key(part), [])
            if len(same) != 1:
                return None
            here /= same[0]
        inside = self._inside(here)
        same = inside.get(_key(last)) or inside.get(_stem_key(last)) or []
        return here / same[0] if len(same) == 1 and _is_file(here / same[0]) else None

    def _base(self, name: str) -> Path | None:
        """Returns the only sub-folder of the root with a file of that name; None if there is none, or several."""
        try:
            folders = [Path(entry.path) for entry in os.scandir(self.root) if entry.is_dir()]
        except OSError:
            return None
        found = [folder for folder in folders if self._find_in(folder, name)]
        return found[0] if len(found) == 1 else None

    def _inside(self, folder: Path) -> dict[str, list[str]]:
        """Returns what is in a folder, by keys that small differences leave the same, with its suffix and without."""
        if folder not in self.known:
            found: dict[str, list[str]] = defaultdict(list)
            try:
                names = sorted(entry.name for entry in os.scandir(folder))
            except OSError:
                names = []
            for name in names:
                found[_key(name)].append(name)
                found[_stem_key(Path(name).stem)].append(name)
            self.known[folder] = dict(found)
        return self.known[folder]


def is_absolute(name: str) -> bool:
    """Whether a name is an absolute path here, or on Windows."""
    return Path(name.strip()).is_absolute() or PureWindowsPath(name.strip()).is_absolute()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long for any file
        return False


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _stem_key(name: str) -> str:
    return f"{_key(name)}/"  # no name has a slash
