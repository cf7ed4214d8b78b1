"""Look into many picture files and decode them, in several processes: no torch is loaded unless a picture needs it.

Threads would wait for each other: half of the work on a small picture is Python. A worker is this module run as a
program; it reads one task a line as JSON on its standard input and answers each with one line of JSON.

Legend: C channels, H x W pixels.
"""

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image

from muslin.errors import DataError, PictureError

__all__ = ["Decoded", "Look", "Progress", "Target", "decode_into", "look_at", "pixels_of"]

Progress = Callable[[str, int, int], None]  # what is done ("reading", "decoding"), pictures done, pictures in all
Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

CHUNK = 64  # pictures a task
WORTH_PROCESSES = 2000  # pictures; below, starting processes takes longer than they save
TURNED = {"exif", "Raw profile type exif", "xmp", "XML:com.adobe.xmp"}  # where Pillow finds an orientation
KINDS = ("JPEG", "PNG", "BMP", "GIF", "TIFF", "WEBP", "PPM")  # whose headers are looked at
PLAIN_SIDE = 4  # pixels; smaller pictures get a note
WHOLE_PNG = b"IEND\xaeB`\x82"  # how an undamaged PNG ends


@dataclass(frozen=True)
class Look:
    """What a file's first bytes tell of its picture.

    Attributes:
        sha256: of the whole file, in hexadecimal; empty when it cannot be read.
        width: in pixels, 0 when the header cannot be read.
        height: in pixels, 0 when the header cannot be read.
        mode: Pillow's, empty when the header cannot be read.
    """

    sha256: str
    width: int
    height: int
    mode: str


@dataclass(frozen=True)
class Target:
    """Where decoded pictures go.

    Attributes:
        file: exists already, with room for all.
        offset: bytes before the first picture.
        shape: (C, H, W) of each.
    """

    file: Path
    offset: int
    shape: tuple[int, int, int]


@dataclass(frozen=True)
class Decoded:
    """What became of one picture.

    Attributes:
        problem: why it was not decoded; empty when it was.
        notes: what was done to it.
    """

    problem: str
    notes: tuple[str, ...]


def look_at(paths: Sequence[Path], *, threads: int, progress: Progress) -> list[Look]:
    """Hashes files and reads the size and mode of their pictures, without decoding them."""
    answers = _shared_out({"do": "look"}, [str(path) for path in paths], threads, "reading", progress)
    return [Look(*answer) for answer in answers]


def decode_into(
    target: Target, paths: Sequence[Path], rows: Sequence[int], *, threads: int, progress: Progress
) -> list[Decoded]:
    """Decodes pictures and writes each at its row of a file; a row whose picture is damaged is left as it was.

    Args:
        target: the file and the form of its pictures.
        paths: N picture files.
        rows: where each goes.
        threads: how many pictures to work on at a time.
        progress: told how many are done.

    Raises:
        DataError: the file cannot be written, or a worker was ended from outside.
    """
    task = {"do": "decode", "file": str(target.file), "offset": target.offset, "shape": target.shape}
    items = [[str(path), int(row)] for path, row in zip(paths, rows, strict=True)]
    return [
        Decoded(problem, tuple(notes)) for problem, notes in _shared_out(task, items, threads, "decoding", progress)
    ]


def _shared_out(
    task: dict[str, Any], items: Sequence[Any], threads: int, doing: str, progress: Progress
) -> Iterator[Any]:
    """Gives the answers for all items, in their order, from as many workers as there are threads."""
    from muslin.data.pictures import quiet_pillow

    chunks = [items[start : start + CHUNK] for start in range(0, len(items), CHUNK)]
    count = threads if len(items) >= WORTH_PROCESSES else 0
    with quiet_pillow(), _workers(count) as ask, ThreadPoolExecutor(threads) as pool:
        done = 0
        for answers in pool.map(lambda chunk: ask(task | {"items": chunk}), chunks):
            done += len(answers)
            progress(doing, done, len(items))
            yield from answers


@contextmanager
def _workers(count: int) -> Iterator[Callable[[dict[str, Any]], list[Any]]]:
    """Gives a function that has a task done by an idle worker process, or here when there are none."""
    if count == 0:
        yield _do
        return
    own, started = threading.local(), []

    def ask(task: dict[str, Any]) -> list[Any]:
        if not hasattr(own, "worker"):
            own.worker = _start()
            started.append(own.worker)
        return _answer_of(own.worker, task)

    try:
        yield ask
    finally:
        for worker in started:
            worker.kill()
            worker.communicate()


def _start() -> "subprocess.Popen[str]":
    source = str(Path(__file__).parents[2])
    paths = os.pathsep.join(filter(None, (source, os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-m", "muslin.data.decode"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
    )


def _answer_of(worker: "subprocess.Popen[str]", task: dict[str, Any]) -> list[Any]:
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        worker.stdin.write(json.dumps(task) + "\n")
        worker.stdin.flush()
        answer = worker.stdout.readline()
    except OSError:
        answer = ""
    if not answer:
        raise DataError("a process that decodes pictures was ended, perhaps for want of memory; use fewer threads")
    reply = json.loads(answer)
    if isinstance(reply, str):
        raise DataError(reply)
    return list(reply)


def _do(task: dict[str, Any]) -> list[Any]:
    if task["do"] == "look":
        return [_look(Path(path)) for path in task["items"]]
    try:
        with Path(task["file"]).open("r+b") as file:
            return [_decode(Path(path), row, file, task) for path, row in task["items"]]
    except OSError as error:
        raise DataError(
            f"cannot write {task['file']}: {error.strerror}; free some space or choose another --cache"
        ) from error


def _look(path: Path) -> tuple[str, int, int, str]:
    try:
        content = path.read_bytes()
    except OSError:
        return "", 0, 0, ""
    digest = hashlib.sha256(content).hexdigest()
    try:
        with Image.open(io.BytesIO(content), formats=KINDS) as image:
            return digest, *image.size, image.mode
    except Exception:  # Pillow raises anything at all on damaged bytes; decoding will say what is wrong
        return digest, 0, 0, ""


def _decode(path: Path, row: int, file: IO[bytes], task: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    try:
        pixels, notes = pixels_of(path, tuple(task["shape"]))
    except PictureError as error:
        return str(error), ()
    file.seek(task["offset"] + row * pixels.nbytes)
    file.write(pixels.tobytes())
    return "", notes


def pixels_of(path: Path, shape: tuple[int, int, int]) -> tuple[Pixels, tuple[str, ...]]:
    """Decodes one file to the very pixels of `open_picture` and `fit_to_spec`, sooner where nothing is to be changed.

    Args:
        path: the file.
        shape: (C, H, W) wanted.

    Returns:
        (C, H, W) uint8, and notes on what was done.

    Raises:
        PictureError: the picture cannot be read.
    """
    pixels = _as_it_is(path, shape)
    if pixels is not None:
        return pixels, ()
    from muslin.data.images import DataSpec
    from muslin.data.pictures import fit_to_spec, open_picture

    channels, height, width = shape
    spec = DataSpec(channels, height, width, ("no", "matter"), (0.0,) * channels, (1.0,) * channels)
    image, notes = open_picture(path)
    return fit_to_spec(image, spec).numpy(), notes


def _as_it_is(path: Path, shape: tuple[int, int, int]) -> Pixels | None:
    """Decodes a whole JPEG or PNG file of the wanted size and mode that holds nothing but upright, opaque pixels."""
    channels, height, width = shape
    try:
        content = path.read_bytes()
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
            image.load()
            if (
                image.format not in ("JPEG", "PNG")
                or (image.format == "PNG" and not content.endswith(WHOLE_PNG))
                or image.size != (width, height)
                or image.mode != ("L" if channels == 1 else "RGB")
                or min(image.size) < PLAIN_SIDE
                or getattr(image, "is_animated", False)
                or image.has_transparency_data
                or TURNED & image.info.keys()
            ):
                return None
            pixels = np.asarray(image)
    except Exception:  # whatever it is, `open_picture` says it well
        return None
    return pixels[None] if channels == 1 else pixels.transpose(2, 0, 1)


def _serve() -> None:
    """Does the tasks of standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the parent ends this process
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        try:
            answer: list[Any] | str = _do(json.loads(line))
        except DataError as error:
            answer = str(error)
        try:
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            os._exit(1)  # the parent was killed; a usual exit would try to write once more


if __name__ == "__main__":
    _serve()
