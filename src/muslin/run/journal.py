"""The log of a run: one JSON object a line, on the disk as soon as it is written."""

import json
import math
import os
from pathlib import Path
from typing import Any

from muslin.errors import RunError

__all__ = ["NAME", "append", "read"]

NAME = "metrics.jsonl"


def append(folder: Path, event: str, **values: Any) -> None:
    """Adds one line `{"event": ..., ...}`; numbers that JSON lacks (nan, infinity) become null.

    Raises:
        RunError: the disk is full or the folder gone.
    """
    line = json.dumps({"event": event} | {key: _plain(value) for key, value in values.items()}, allow_nan=False) + "\n"
    try:
        with (folder / NAME).open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise RunError(f"cannot write {folder / NAME}: {error.strerror}; free some space") from error


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read(folder: Path) -> list[dict[str, Any]]:
    """Reads all events; a torn last line, as a crash can leave it, is passed over."""
    try:
        lines = (folder / NAME).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    events = []
    for number, line in enumerate(lines):
        try:
            events.append(json.loads(line))
        except json.JSONDecodeError as error:
            if number < len(lines) - 1:
                raise RunError(f"{folder / NAME}, line {number + 1}: not JSON; the file was damaged") from error
    return events
