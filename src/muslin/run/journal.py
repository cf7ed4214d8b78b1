"""The log of a run: one JSON object a line, on the disk as soon as it is written."""

import json
import math
from pathlib import Path
from typing import Any

from muslin.errors import RunError, cannot_write
from muslin.files import sync, write_whole

__all__ = ["append", "read", "rewind"]

NAME = "metrics.jsonl"


def append(folder: Path, event: str, **values: Any) -> None:
    """Adds one line `{"event": ..., ...}`; numbers that JSON lacks (nan, infinity) become null.

    Raises:
        RunError: the folder is gone or not writable.
        DiskFullError: the disk is full.
    """
    line = _line({"event": event} | {key: _plain(value) for key, value in values.items()})
    try:
        with (folder / NAME).open("a", encoding="utf-8") as file:
            file.write(line)
            sync(file)
    except OSError as error:
        raise cannot_write(folder / NAME, error) from error


def rewind(folder: Path, epochs: int) -> None:
    """Takes back what was logged of later epochs, and of test and end, so that a resumed run logs nothing twice.

    Steps would not do: a checkpoint of an epoch's last step can be from before its validation, which then comes again.

    Args:
        folder: the run's folder.
        epochs: number of epochs that were finished where it goes on.
    """
    kept = [e for e in read(folder) if e["event"] not in ("end", "test") and e.get("epoch", 0) <= epochs]
    write_whole(folder / NAME, "".join(map(_line, kept)))


def _line(event: dict[str, Any]) -> str:
    return json.dumps(event, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read(folder: Path) -> list[dict[str, Any]]:
    """Returns all events; a torn last line, as a crash can leave it, is passed over.

    Raises:
        RunError: another line is damaged.
    """
    try:
        lines = (folder / NAME).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    except UnicodeDecodeError as error:
        raise RunError(f"{folder / NAME} is not UTF-8 at byte {error.start:,}; the file was damaged") from error
    events = []
    for number, line in enumerate(lines):
        try:
            events.append(json.loads(line))
        except json.JSONDecodeError as error:
            if number < len(lines) - 1:
                raise RunError(f"{folder / NAME}, line {number + 1}: not JSON; the file was damaged") from error
    if not all(isinstance(event, dict) and "event" in event for event in events):
        raise RunError(f"{folder / NAME} holds something else than a run's events; is {folder} a run's folder?")
    return events
