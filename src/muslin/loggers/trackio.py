"""Trackio: its SQLite file, in TRACKIO_DIR if that is set, else where Trackio keeps it.

To look: `trackio show --project muslin`.

`trackio.init` would ask the Hugging Face hub for the user's name, may send what is logged to a Space that the
environment names, and prints on standard output. So the numbers go straight to the local store, which does none of it.
"""

import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from muslin.files import write_whole
from muslin.loggers.logger import PROJECT, Logger, Value

__all__ = ["Trackio"]

FILE = "trackio.json"  # in the run's folder: the id and name of the run in the store


class Trackio(Logger):
    """Logs to a project called `muslin`, under the name of the run's folder."""

    name = "trackio"

    def __init__(self) -> None:
        super().__init__()
        from trackio import Image  # type: ignore[import-not-found, unused-ignore]
        from trackio.sqlite_storage import SQLiteStorage  # type: ignore[import-not-found, unused-ignore]

        self.make_image, self.store = Image, SQLiteStorage

    def begin(self, folder: Path, settings: Mapping[str, Value]) -> int:
        """Enters the run with its settings, or finds it again."""
        if (folder / FILE).is_file():
            self.run = json.loads((folder / FILE).read_text(encoding="utf-8"))
            return int(self.store.get_max_step_for_run(PROJECT, **self.run) or 0)
        self.run = {"run": folder.name, "run_id": uuid.uuid4().hex}
        self._log({}, step=0, config=dict(settings))
        write_whole(folder / FILE, json.dumps(self.run) + "\n")
        return 0

    def add(self, values: Mapping[str, float], step: int) -> None:
        """Logs the numbers as one row."""
        self._log(dict(values), step)

    def add_picture(self, name: str, path: Path) -> None:
        """Copies a PNG into the store."""
        image = self.make_image(path, caption=name)
        image._save(PROJECT, self.run["run"], self.last_step)
        self._log({name: image._to_dict()}, self.last_step)

    def close(self, ended: str) -> None:
        """Has nothing to close: every row is in the store already."""

    def _log(self, values: dict[str, Any], step: int, config: dict[str, Value] | None = None) -> None:
        self.store.bulk_log(PROJECT, metrics_list=[values], steps=[step], config=config, **self.run)
