"""Folders of runs that never were."""

import json
from pathlib import Path
from typing import Any

from muslin.run import journal


def make_run(path: Path, started: str, *events: tuple[str, dict[str, Any]], **settings: Any) -> Path:
    """A run of `coffee` on bars, with what it logged."""
    path.mkdir(parents=True)
    config = {
        "started": started,
        "recipe": "coffee",
        "data": {"name": "bars", "source": "bars"},
        "settings": {"model": "mlp"} | settings,
    }
    (path / "config.json").write_text(json.dumps(config))
    for event, values in events:
        journal.append(path, event, **values)
    return path
