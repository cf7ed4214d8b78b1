"""What Muslin itself wrote among pictures, told by what is in it: runs, ladders, packs, findings and caches."""

import json
import os
from pathlib import Path
from typing import Any

from muslin.data.files.companions import is_ignored

__all__ = ["is_of_muslin", "ladder_plots"]

# Muslin's own JSON files, which lie in the folders that are told by them, and the keys that they have from version 0.1.
MARKS = {
    "config.json": {"recipe", "settings", "data", "statistics", "versions"},  # a run
    "model.json": {"format", "model", "weights_sha256", "input", "data"},  # a run, or its model alone
    "findings.json": {"format", "data", "are_files", "accuracy", "noise", "findings"},  # what the data doctor found
    "pack.json": {"format", "classes", "splits", "shape", "skipped", "sha256"},
}
LADDERS = {"ladder.json": {"seconds", "versions", "rungs"}, "plane.json": {"seconds", "versions", "rungs"}}
RUNS, PACKS = "runs", "packs"  # the names of the folders that hold them
MLFLOW, ARTIFACTS = {"mlflow.db", "mlflow.db-wal", "mlflow.db-shm", "mlflow.db-journal"}, "mlflow-artifacts"


def is_of_muslin(folder: Path) -> bool:
    """Whether Muslin wrote a folder: a run, a ladder, a pack, findings, a cache, or one that holds nothing but these.

    Names alone do not count: a class may be called `runs`, and anybody may have a `config.json`. An empty `runs` is one
    whose first run came to nothing.

    Raises:
        OSError: a folder cannot be read.
    """
    with os.scandir(folder) as found:
        entries = [entry for entry in found if not is_ignored(entry.name)]
    files = {entry.name for entry in entries if not entry.is_dir(follow_symlinks=False)}
    if any(_has_keys(folder / name, keys) for name, keys in MARKS.items() if name in files):
        return True
    plots = ladder_plots(folder, files)
    if plots and files <= plots | LADDERS.keys() and len(files) == len(entries):
        return True
    if files - MLFLOW:
        return False
    folders = [folder / entry.name for entry in entries if entry.name not in files]
    if folder / PACKS in folders and is_of_muslin(folder / PACKS):
        return True  # a cache: index and features lie beside the packs
    if files:
        folders = [inside for inside in folders if inside.name != ARTIFACTS]
    if folder.name == RUNS:
        return all(_is_bare(inside) or is_of_muslin(inside) for inside in folders)
    return bool(folders) and all(is_of_muslin(inside) for inside in folders)


def ladder_plots(folder: Path, names: set[str]) -> set[str]:
    """Returns which of a folder's files would be plots of ladders, as their tables lie beside them."""
    tables = [name for name, keys in LADDERS.items() if name in names and _has_keys(folder / name, keys)]
    return {str(Path(name).with_suffix(".png")) for name in tables}


def _is_bare(folder: Path) -> bool:
    """Whether a folder holds nothing that can be seen, as that of a run that has just begun."""
    return all(is_ignored(inside.name) for inside in folder.iterdir())


def _has_keys(path: Path, keys: set[str]) -> bool:
    try:
        content: Any = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and keys <= content.keys()
