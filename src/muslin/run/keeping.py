"""What a person does with runs that there are: call them by a name, say something of them, delete them."""

import os
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from filelock import FileLock, Timeout

from muslin.errors import RunError, SettingError
from muslin.run.folder import CONFIG, LOCK, list_runs, plain_name, read_config
from muslin.run.notes import read_notes, write_notes
from muslin.text import join_first, plural, printable

__all__ = ["Held", "delete_run", "held_by", "name_run", "note_run", "size_in_words"]

NAME_LENGTH = 60  # letters, so that a name fits a line of the list

# What Muslin writes into a run's folder. Whatever else lies there is a person's, and no run that holds it is deleted.
WRITTEN = (
    "config.json", "metrics.jsonl", "known.safetensors", "answers.safetensors", "model.safetensors", "model.json",
    "model.py", "README.md", "report.html", "curves.png", "predictions.png", "SHA256SUMS", "notes.json", "mlflow.json",
    "trackio.json", ".*.tmp",
)  # fmt: skip
WRITTEN_BELOW = {
    "checkpoints": ("step-*.safetensors", "step-*.sha256", ".*.tmp"),
    "tensorboard": ("events.out.tfevents.*",),
}


def name_run(folder: Path, name: str) -> None:
    """Calls a run by a person's own name, which finds it from then on; an empty one takes the name away.

    Args:
        folder: the run's folder.
        name: at most 60 printable letters, no slash among them, none of `-` and `.` before them, not `latest`.

    Raises:
        SettingError: the name will not do, or another run beside this one has it.
        RunError: it is no run, or the folder is not writable.
    """
    read_config(folder)
    name = plain_name(name.strip())
    if name and (problem := _problem_of(name)):
        raise SettingError(f"the name {printable(name)!r} {problem}; choose another")
    for other in list_runs(folder.parent):
        if name and name in (other.name, plain_name(other.path.name)) and not other.path.samefile(folder):
            raise SettingError(f"{printable(other.path)} is called {printable(name)} already; choose another name")
    write_notes(folder, replace(read_notes(folder), name=name))


def _problem_of(name: str) -> str:
    """Returns what is wrong with a name; empty where nothing is."""
    problems = {
        "stands for the newest run": name == "latest",
        f"is longer than {NAME_LENGTH} letters": len(name) > NAME_LENGTH,
        "has a slash: it would be a path": "/" in name or "\\" in name,
        f"begins with {name[0]!r}, as options and hidden files do": name[0] in "-.",
        "has letters that cannot be printed": printable(name) != name,
    }
    return next((problem for problem, has_it in problems.items() if has_it), "")


def note_run(folder: Path, note: str) -> None:
    """Keeps a person's note on a run in place of the one before; an empty one takes it away.

    Raises:
        RunError: it is no run, or the folder is not writable.
    """
    read_config(folder)
    write_notes(folder, replace(read_notes(folder), note=note.strip()))


@dataclass(frozen=True)
class Held:
    """What a run's folder holds.

    Attributes:
        folder: the run's folder.
        files: the files and links in it but for the lock, `config.json` last.
        folders: the folders in it.
        bytes: the size of all files together.
    """

    folder: Path
    files: tuple[Path, ...]
    folders: tuple[Path, ...]
    bytes: int


def held_by(folder: Path) -> Held:
    """Returns what is lost with a run.

    Raises:
        RunError: the folder is a link or holds no run, or something lies in it that Muslin did not write.
    """
    if folder.is_symlink():
        raise RunError(f"{folder} is a link to {os.path.realpath(folder)}; delete the run there, by its own path")
    read_config(folder)
    files: list[Path] = []
    folders: list[Path] = []
    foreign: list[Path] = []
    for path in sorted(folder.iterdir()):
        if path.name == LOCK:
            continue
        if path.name in WRITTEN_BELOW and path.is_dir() and not path.is_symlink():
            folders.append(path)
            for inside in sorted(path.iterdir()):
                (files if _is_written(inside, WRITTEN_BELOW[path.name]) else foreign).append(inside)
        else:
            (files if _is_written(path, (*WRITTEN, *WRITTEN_BELOW)) else foreign).append(path)
    if foreign:
        names = join_first(printable(path.relative_to(folder)) for path in foreign)
        raise RunError(f"{folder} is not deleted: it holds what Muslin did not write ({names}); take that out first")
    files.sort(key=lambda path: path.name == CONFIG)
    return Held(folder, tuple(files), tuple(folders), sum(path.lstat().st_size for path in files))


def _is_written(path: Path, patterns: tuple[str, ...]) -> bool:
    """Whether a file or a link, which is never followed, has a name that Muslin gives."""
    return (path.is_symlink() or not path.is_dir()) and any(fnmatchcase(path.name, each) for each in patterns)


def delete_run(folder: Path) -> Held:
    """Deletes a run's folder with all that it holds; of links in it the links alone.

    `config.json` goes last: killed on the way, it leaves a run that can be deleted again.

    Returns:
        What is gone.

    Raises:
        RunError: it is in use, not writable, or not to be deleted, as `held_by` says.
    """
    held_by(folder)
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        with lock:
            held = held_by(folder)
            for path in held.files:
                path.unlink()
            for inside in held.folders:
                inside.rmdir()
        (folder / LOCK).unlink(missing_ok=True)
        folder.rmdir()
    except Timeout as error:
        raise RunError(f"{folder} is in use: it is not deleted; wait until it ends, or stop it") from error
    except RunError:
        raise
    except OSError as error:
        what = printable(error.filename or folder)
        raise RunError(f"cannot delete {what}: {error.strerror}; look whether the folder is yours to write") from error
    return held


def size_in_words(held: Held) -> str:
    """Returns how much a run's folder holds."""
    return f"{plural(len(held.files), 'file')}, {held.bytes / 1e6:,.1f} MB"
