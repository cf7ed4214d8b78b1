"""Copying the project, with a data set's own names and sizes in place of Fashion-MNIST's."""

import json
import os
from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from muslin.data.reading import Reading
from muslin.data.sources import fashion_mnist
from muslin.data.sources.registry import load_splits
from muslin.data.spec import DataSpec
from muslin.errors import RunError
from muslin.files import write_whole
from muslin.text import join_first, plural, printable

__all__ = ["new_project"]

LINE = 120  # letters


def new_project(folder: Path, source: str, reading: Reading) -> tuple[str, ...]:
    """Writes the project into a new or empty folder; returns its files' names.

    Args:
        folder: where to; it may be there as long as nothing is in it.
        source: data as `muslin.fit` takes them.
        reading: the way in which picture files are read.

    Raises:
        RunError: something is in the folder, or it cannot be written to.
        DataError: the data cannot be read.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RunError(f"{printable(folder)} is there and not empty; nothing is written over: name a new folder")
    spec = load_splits(source, reading=reading).spec
    name = folder.absolute().name
    contents = {
        path: filled_in(path, text, name, named_from(folder, source), spec) if needs_filling(path) else text
        for path, text in templates(files("muslin.starter").joinpath("project"))
    }
    for path, text in contents.items():
        target = folder / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(f"cannot make {target.parent}: {error.strerror}; choose another folder") from error
        write_whole(target, text.encode())
    return tuple(contents)


def templates(folder: Traversable, path: str = "") -> Iterator[tuple[str, str]]:
    """Yields the project's files, each with its path in the project and its text."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from templates(entry, f"{path}{entry.name}/")
        else:
            yield f"{path}{entry.name}", entry.read_text(encoding="utf-8")


def needs_filling(path: str) -> bool:
    """Whether a file names the data."""
    return path in ("main.py", "README.md", "tests/test_main.py")


def named_from(folder: Path, source: str) -> str:
    """Returns the data's name as the project, which is run from its own folder, calls it."""
    if source == fashion_mnist.NAME:
        return source
    return Path(os.path.relpath(source, folder)).as_posix()


def filled_in(path: str, text: str, name: str, source: str, spec: DataSpec) -> str:
    """Returns a file's text with the data's names and sizes."""
    size = f"{spec.height} x {spec.width}"
    changes = {
        "main.py": [(f"DATA = {literal(fashion_mnist.NAME)}", f"DATA = {literal(source)}")],
        "tests/test_main.py": [
            ("HEIGHT, WIDTH = 1, 28, 28", f"HEIGHT, WIDTH = {spec.channels}, {spec.height}, {spec.width}"),
            (tuple_of(fashion_mnist.CLASSES), tuple_of(spec.classes)),
        ],
        "README.md": [
            ("# project", f"# {printable(name)}"),
            ("10 classes", plural(len(spec.classes), "class", "classes")),
            (", ".join(fashion_mnist.CLASSES), join_first(map(printable, spec.classes))),
            (f"28 x 28 pixels from {fashion_mnist.NAME}", f"{size} pixels from {printable(source)}"),
        ],
    }
    for old, new in changes[path]:
        assert old in text, f"{path} lacks {old}"
        text = text.replace(old, new, 1)
    return text


def tuple_of(names: Sequence[str]) -> str:
    """Returns the line that names the classes; where it would be too long, a line for each."""
    literals = [literal(name) for name in names]
    line = f"CLASSES = ({', '.join(literals)})"
    if len(names) > 1 and len(line) <= LINE:
        return line
    return "\n".join(("CLASSES = (", *(f"    {one}," for one in literals), ")"))


def literal(text: str) -> str:
    """Returns a text as a Python literal in double quotes, as formatters write it."""
    return json.dumps(text, ensure_ascii=False)
