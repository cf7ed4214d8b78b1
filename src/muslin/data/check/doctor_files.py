"""The folder that the data doctor writes: a table, a contact sheet, and all that was found as JSON."""

import errno
import json
import os
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from muslin.data.check.doctor import Findings
from muslin.data.check.findings_sheet import draw_findings
from muslin.data.check.findings_table import findings_csv
from muslin.errors import SettingError
from muslin.files import replace_file
from muslin.text import printable

__all__ = ["claim_folder", "write_files"]

FOLDER = Path("doctor")  # where folders are made that nobody named


def claim_folder(out: Path | None, source: str) -> Path:
    """Returns the folder to write in, before any work is done; made later, for an empty one among pictures is a class.

    Args:
        out: as a person named it; by default a new one under `doctor/`, called like the data.
        source: what the data are called.

    Raises:
        SettingError: it holds files, or cannot be made.
    """
    name = Path(source).resolve().stem
    names = (name, *(f"{name}-{number}" for number in range(2, 1000)))
    try:
        folder = out or next(FOLDER / each for each in names if _is_free(FOLDER / each))
        if folder.exists() and any(folder.iterdir()):
            raise SettingError(
                f"{printable(folder)} already holds files, and nothing is overwritten; name another folder with --out"
            )
        above = next(each for each in (folder, *folder.absolute().parents) if each.exists())
        if not above.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(above, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise SettingError(
            f"cannot write in {printable(folder)}: {error.strerror}; name another folder with --out"
        ) from error
    return folder


def _is_free(folder: Path) -> bool:
    """Whether nothing is there, or the empty folder that an interrupted look at the data left."""
    return not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))


def write_files(folder: Path, findings: Findings, images: Tensor, row_of: Mapping[str, int]) -> None:
    """Writes `findings.csv`, `findings.png` and `findings.json`.

    Args:
        folder: what is empty, or not there yet.
        findings: what was found.
        images: (N, C, H, W) uint8.
        row_of: the row of each picture, by its name.

    Raises:
        SettingError: the folder is not writable, or the disk is full.
    """
    contents = {
        "findings.csv": findings_csv(findings).encode("utf-8", "backslashreplace"),
        "findings.png": draw_findings(findings, images, row_of),
        "findings.json": json.dumps(findings.as_json(), indent=1, allow_nan=False).encode(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            replace_file(folder / name, content)
    except OSError as error:
        raise SettingError(
            f"cannot write in {printable(folder)}: {error.strerror}; name another folder with --out"
        ) from error
