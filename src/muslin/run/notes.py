"""What a person says of a run: a name of their own for it, and a note; in one file of the run's folder."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from muslin.files import write_whole

__all__ = ["NOTES", "Notes", "read_notes", "write_notes"]

NOTES = "notes.json"


@dataclass(frozen=True)
class Notes:
    """What a person says of a run.

    Attributes:
        name: the person's name for it; empty where it has none.
        note: any text on it; empty where there is none.
    """

    name: str = ""
    note: str = ""


def read_notes(folder: Path) -> Notes:
    """Returns what a person says of a run: nothing where the file is missing, damaged, or something else's."""
    try:
        values = json.loads((folder / NOTES).read_bytes())
        texts = {name: values.get(name, "") for name in ("name", "note")}
    except (OSError, ValueError, RecursionError, AttributeError):
        return Notes()
    return Notes(**{name: text for name, text in texts.items() if isinstance(text, str)})


def write_notes(folder: Path, notes: Notes) -> None:
    """Writes `notes.json`, which stands in no `SHA256SUMS`: it may change when all else is done.

    Raises:
        RunError: the folder is not writable.
        DiskFullError: the disk is full.
    """
    write_whole(folder / NOTES, json.dumps(asdict(notes), indent=2) + "\n")
