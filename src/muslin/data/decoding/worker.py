"""Do a task on some picture files, in this process or as one of many: no torch is loaded.

Run as a program, it reads one task a line as JSON on its standard input and answers each with one line of JSON.
"""

import hashlib
import json
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image

from muslin.data.decoding.pictures import identify, large_in_turn, load_wide
from muslin.data.decoding.plain import content_of, decode_whole, pixels_of
from muslin.data.decoding.quiet import quiet_pillow
from muslin.data.decoding.wide import is_wide
from muslin.errors import DataError, OtherKindError, PictureError, UnreadError

__all__ = ["do_task"]


def do_task(task: dict[str, Any]) -> list[Any]:
    """Does a task: returns the answer for each of its items.

    Args:
        task: `do`, one of `look`, `examine` and `decode`; `items`, paths, or for `decode` paths with their rows; and
            for `decode` the attributes of the `Target`.

    Raises:
        DataError: the file for decoded pictures cannot be written.
    """
    if task["do"] == "look":
        return [_look(Path(path)) for path in task["items"]]
    if task["do"] == "examine":
        return _examine([Path(path) for path in task["items"]])
    try:
        with Path(task["file"]).open("r+b") as file:
            return [_decode(Path(path), row, file, task) for path, row in task["items"]]
    except OSError as error:
        raise DataError(
            f"cannot write {task['file']}: {error.strerror}; free some space or choose another --cache"
        ) from error


def _look(path: Path) -> dict[str, Any]:
    """Returns the attributes of a file's `Look`."""
    facts: dict[str, Any] = {
        "sha256": "", "width": 0, "height": 0, "mode": "", "unread": False, "levels": None, "kind": None
    }  # fmt: skip
    try:
        content = content_of(path)
    except PictureError as error:
        return facts | {"unread": isinstance(error, UnreadError)}
    facts["sha256"] = hashlib.sha256(content).hexdigest()
    try:
        with identify(content, "") as image:
            facts["width"], facts["height"] = image.size
            facts["mode"] = image.mode
            if is_wide(image):
                with large_in_turn(image):
                    wide = load_wide(image, content, "")
                facts |= {"mode": "L" if wide.values.ndim == 2 else "RGB", "levels": wide.range}
            return facts
    except OtherKindError as error:
        return facts | {"kind": error.kind}
    except Exception:  # Pillow raises anything at all on damaged bytes; decoding will say what is wrong
        return facts | {"mode": ""}


def _examine(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """Returns the attributes of each file's `Examined`; hashes are made of all grey copies at once, which is faster."""
    from muslin.data.check.duplicates import grey_copy, perceptual_hashes, thumbs

    found = []
    greys = np.zeros((len(paths), 32, 32), np.uint8)
    for grey, path in zip(greys, paths, strict=True):
        image, facts = _examine_one(path)
        found.append(facts)
        if image is not None:
            grey[:] = grey_copy(image)
    hashes, means_something = perceptual_hashes(greys)
    kept = [value if meant else None for value, meant in zip(hashes.tolist(), means_something.tolist(), strict=True)]
    small = [thumb.tobytes().hex() for thumb in thumbs(greys)]
    return [facts | {"hash": value, "thumb": thumb} for facts, value, thumb in zip(found, kept, small, strict=True)]


def _examine_one(path: Path) -> tuple[Image.Image | None, dict[str, Any]]:
    """Decodes one file; returns the picture, if it is one, and what does not depend on the grey copies."""
    image, content, problem, unread = None, b"", "", False
    notes: tuple[str, ...] = ()
    try:
        content = content_of(path)
        image, notes = decode_whole(content, path)
    except PictureError as error:
        problem, unread = str(error), isinstance(error, UnreadError)
    digest = hashlib.sha256(content).hexdigest() if content else ""
    width, height = image.size if image else (0, 0)
    mode = image.mode if image else ""
    return image, {
        "bytes": len(content), "sha256": digest, "width": width, "height": height, "mode": mode, "notes": notes,
        "problem": problem, "unread": unread,
    }  # fmt: skip


def _decode(path: Path, row: int, file: IO[bytes], task: dict[str, Any]) -> tuple[str, tuple[str, ...], bool]:
    try:
        pixels, notes = pixels_of(path, tuple(task["shape"]), task["levels"] and tuple(task["levels"]))
    except PictureError as error:
        return str(error), (), isinstance(error, UnreadError)
    if (pixels == pixels[:, :1, :1]).all():
        notes = (*notes, "has one colour throughout")
    file.seek(task["offset"] + row * pixels.nbytes)
    file.write(pixels.tobytes())
    return "", notes, False


def serve() -> None:
    """Does the tasks of standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the parent ends this process
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        try:
            with quiet_pillow():
                answer: list[Any] | str = do_task(json.loads(line))
        except DataError as error:
            answer = str(error)
        try:
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            os._exit(1)  # the parent was killed; a usual exit would try to write once more


if __name__ == "__main__":
    serve()
