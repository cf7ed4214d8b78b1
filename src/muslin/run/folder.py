"""Make, lock, find and list the folders of runs."""

import json
import math
import shutil
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from muslin.errors import RunError
from muslin.files import remove_temporaries, write_whole
from muslin.run import journal
from muslin.run.notes import read_notes
from muslin.text import join_words, printable

__all__ = ["KNOWN", "RUNS", "RunFolder", "RunSummary", "find_run", "is_run", "list_runs", "read_config", "write_config"]

RUNS = Path("runs")
CONFIG = "config.json"
KNOWN = "known.safetensors"
LOCK = ".lock"


class RunFolder:
    """A run's folder, locked against a second run while in use as a context manager.

    Args:
        out: the folder, which must not exist yet or be empty; by default a new one under `runs/`, named by the time.
        label: the end of the default name, such as the recipe's name.
        resumes: whether `out` holds a run that goes on.

    Raises:
        RunError: it is in use, holds files, or is not writable.
    """

    def __init__(self, out: Path | None, label: str, *, resumes: bool = False) -> None:
        self.path = out or _fresh_name(label)
        self.made = not self.path.exists()
        if self.path.is_file():
            raise RunError(f"{self.path} is a file; give --out a folder")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.lock = FileLock(self.path / LOCK, timeout=0)
            self.lock.acquire()
        except Timeout as error:
            raise RunError(f"{self.path} is in use by another run; choose another --out, or wait") from error
        except OSError as error:
            raise RunError(f"cannot write in {self.path}: {error.strerror}; choose another --out") from error
        remove_temporaries(self.path)
        # A run that was killed before it had its settings has KNOWN alone, and had not begun.
        if not resumes and any(p.name not in (KNOWN, LOCK) for p in self.path.iterdir()):
            self._release()
            raise RunError(f"{self.path} already holds files; choose another --out, so that nothing is overwritten")

    def __enter__(self) -> "RunFolder":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Releases the folder; after an error, one that holds no result yet is removed."""
        has_result = any(p.name not in (CONFIG, KNOWN, LOCK) for p in self.path.iterdir())
        self._release()
        if kind is not None and self.made and not has_result:
            shutil.rmtree(self.path, ignore_errors=True)

    def _release(self) -> None:
        self.lock.release()
        (self.path / LOCK).unlink(missing_ok=True)


def _fresh_name(label: str) -> Path:
    stem = f"{datetime.now().astimezone():%Y-%m-%d-%H%M%S}-{label}"
    names = (stem, *(f"{stem}-{n}" for n in range(2, 1000)))
    return next(RUNS / name for name in names if not (RUNS / name).exists())


@dataclass(frozen=True)
class RunSummary:
    """One line of the list of runs.

    Attributes:
        path: the run's folder.
        started: local time of the start with its zone, ISO 8601.
        recipe: the recipe's name.
        data: the data's name.
        model: the model's name.
        epochs: number of finished epochs.
        test_accuracy: share of right answers to the test set, in [0, 1]; None when the test was not reached.
        seconds: time from start to end; None for a run that did not end.
        ended: `done`, `early`, `interrupted` or `diverged`; None for a run that did not end.
        name: a person's own name for it; empty where it has none.
        note: what a person says of it; empty where they said nothing.
        settings: what training did, as `config.json` has it.
    """

    path: Path
    started: str
    recipe: str
    data: str
    model: str
    epochs: int
    test_accuracy: float | None
    seconds: float | None
    ended: str | None
    name: str
    note: str
    settings: Mapping[str, Any]

    @property
    def is_finished(self) -> bool:
        """Whether it came to its end."""
        return self.ended in ("done", "early")

    def as_json(self) -> dict[str, Any]:
        """Returns the attributes by their names, for `json.dumps`."""
        return asdict(self) | {"path": str(self.path)}


def list_runs(root: Path = RUNS) -> list[RunSummary]:
    """Returns the runs under a folder, newest first; folders that hold no run are passed over."""
    found = (_summary(folder) for folder in root.iterdir() if folder.is_dir()) if root.is_dir() else ()
    return sorted((s for s in found if s), key=lambda s: time_of(s.started), reverse=True)


def write_config(folder: Path, config: dict[str, Any]) -> None:
    """Writes `config.json`: settings, data, machine, versions."""
    write_whole(folder / CONFIG, json.dumps(config, indent=2) + "\n")


def read_config(folder: Path) -> dict[str, Any]:
    """Returns what a run's `config.json` says.

    Raises:
        RunError: it is missing or damaged, or something else's.
    """
    path = folder / CONFIG
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise RunError(f"cannot read {path}: {error}; is {folder} a run's folder?") from error
    try:
        names = config["recipe"], config["data"]["name"], config["data"]["source"], config["settings"]["model"]
        is_ours = all(isinstance(name, str) for name in names) and bool(time_of(config["started"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        is_ours = False
    if not is_ours:
        raise RunError(
            f"{path} is not a run's: it must tell when the run started, its recipe, data and settings; is {folder} a "
            "run's folder?"
        )
    ours: dict[str, Any] = config
    return ours


def is_run(folder: Path) -> bool:
    """Whether a folder holds a run, by its `config.json`."""
    try:
        read_config(folder)
    except RunError:
        return False
    return True


def time_of(started: str) -> float:
    """Returns a time with its zone, in ISO 8601, as seconds: text would be sorted by the clocks of different zones."""
    return datetime.fromisoformat(started).timestamp()


def _summary(folder: Path) -> RunSummary | None:
    try:
        config, events = read_config(folder), journal.read(folder)
    except RunError:
        return None
    test = next((e for e in events if e["event"] == "test"), {})
    end = next((e for e in events if e["event"] == "end"), {})
    notes = read_notes(folder)
    return RunSummary(
        path=folder,
        started=config["started"],
        recipe=config["recipe"],
        data=config["data"]["name"],
        model=config["settings"]["model"],
        epochs=sum(e["event"] == "epoch" for e in events),
        test_accuracy=_number(test.get("accuracy")),
        seconds=_number(end.get("seconds")),
        ended=str(end["ended"]) if "ended" in end else None,
        name=notes.name,
        note=notes.note,
        settings=config["settings"],
    )


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and math.isfinite(value) else None


def find_run(name: str | Path) -> Path:
    """Returns a run's folder, found by its path, its name under `runs/`, a person's name for it, or `latest`.

    Raises:
        RunError: there is none, or two are called so.
    """
    if str(name) == "latest":
        runs = list_runs()
        if not runs:
            raise RunError(f"no runs in {RUNS}/ here; make one with `muslin fit`, or give a run's folder")
        return runs[0].path
    paths = (Path(name), RUNS / name)
    found = [path for path in paths if (path / CONFIG).is_file()]
    if found:
        return next(filter(is_run, found), found[0])
    wanted = plain_name(Path(name).name)
    called = [run.path for path in paths for run in list_runs(path.parent) if wanted and run.name == wanted]
    if len(called) > 1:
        folders = join_words([printable(path) for path in called], "and")
        raise RunError(f"{len(called)} runs are called {name}: {folders}; give a folder, or call one of them otherwise")
    if called:
        return called[0]
    raise RunError(f"no run at {name}; `muslin runs` lists those in {RUNS}/ here")


def plain_name(name: str) -> str:
    """Returns a name as it is compared: the same letters, however their accents are coded."""
    return unicodedata.normalize("NFC", name)
