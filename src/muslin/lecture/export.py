"""The page as a folder for any web host: all but what needs Python behind it."""

from pathlib import Path

from muslin.errors import RunError
from muslin.files import write_whole
from muslin.lecture.packs import WIDGETS, pack_of
from muslin.lecture.page import page_files, render_lecture

__all__ = ["export_lecture"]


def export_lecture(folder: Path, run: Path | None = None) -> int:
    """Writes the page into a new or empty folder; returns how many bytes.

    Args:
        folder: where to.
        run: the run whose pictures and answers the page shows; None for none.

    Raises:
        RunError: the folder is not empty, or cannot be written to.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RunError(f"{folder} is there and not empty; name a new folder")
    contents = {"index.html": render_lecture(is_live=False).encode(), **page_files()}
    contents |= {f"packs/{stem}.json": pack_of(stem, run) for stem in WIDGETS}
    for name, content in contents.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(f"cannot make {path.parent}: {error.strerror}; choose another folder") from error
        write_whole(path, content)
    return sum(map(len, contents.values()))
