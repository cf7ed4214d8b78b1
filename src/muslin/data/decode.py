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
import stat
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

from muslin.data.quiet import quiet_pillow
from muslin.errors import DataError, PictureError

__all__ = [
    "Decoded",
    "Examined",
    "Look",
    "Progress",
    "Target",
    "count_cores",
    "decode_into",
    "examine",
    "look_at",
    "pixels_of",
]

Progress = Callable[[str, int, int], None]  # what is done ("reading", "decoding"), pictures done, pictures in all
Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

CHUNK = 64  # pictures a task
WORTH_PROCESSES = 2000  # pictures; below, starting processes takes longer than they save
TURNED = {"exif", "Raw profile type exif", "xmp", "XML:com.adobe.xmp"}  # where Pillow finds an orientation
KINDS = ("JPEG", "PNG", "BMP", "GIF", "TIFF", "WEBP", "PPM")  # whose headers are looked at
PLAIN_SIDE = 4  # pixels; smaller pictures get a note
PLAIN_PROPORTION = 50  # longer side to shorter side; whether more is too much, `decode_picture` says
PLAIN_PIXELS = 25_000_000  # likewise
PLAIN_BYTES = 64 << 20  # likewise, of a file
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


@dataclass(frozen=True)
class Examined:
    """What one file holds, fully decoded.

    Attributes:
        bytes: of the file; 0 where it cannot be read.
        sha256: of the file, in hexadecimal; empty where it cannot be read.
        width: in pixels, upright; 0 where it is damaged.
        height: in pixels, upright; 0 where it is damaged.
        mode: L (grey) or RGB, as a model gets it; empty where it is damaged.
        notes: what was done to it.
        problem: why it cannot be used; empty where it can.
        hash: the perceptual hash, 64 bits; None where it is damaged or of one colour.
        thumb: its grey copy of 16 x 16 pixels, a byte each in hexadecimal; black where it is damaged.
    """

    bytes: int
    sha256: str
    width: int
    height: int
    mode: str
    notes: tuple[str, ...]
    problem: str
    hash: int | None
    thumb: str


def count_cores() -> int:
    """Counts the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def look_at(paths: Sequence[Path], *, threads: int, progress: Progress) -> list[Look]:
    """Hashes files and reads the size and mode of their pictures, without decoding them."""
    answers = _shared_out({"do": "look"}, [str(path) for path in paths], threads, "reading", progress)
    return [Look(*answer) for answer in answers]


def examine(paths: Sequence[Path], *, threads: int, progress: Progress) -> list[Examined]:
    """Reads and fully decodes files, and says all that is to be known of them before training."""
    answers = _shared_out({"do": "examine"}, [str(path) for path in paths], threads, "examining", progress)
    return [Examined(**answer | {"notes": tuple(answer["notes"])}) for answer in answers]


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
    if task["do"] == "examine":
        return _examine([Path(path) for path in task["items"]])
    try:
        with Path(task["file"]).open("r+b") as file:
            return [_decode(Path(path), row, file, task) for path, row in task["items"]]
    except OSError as error:
        raise DataError(
            f"cannot write {task['file']}: {error.strerror}; free some space or choose another --cache"
        ) from error


def _look(path: Path) -> tuple[str, int, int, str]:
    try:
        content = _content_of(path)
    except PictureError:
        return "", 0, 0, ""
    digest = hashlib.sha256(content).hexdigest()
    try:
        with Image.open(io.BytesIO(content), formats=KINDS) as image:
            return digest, *image.size, image.mode
    except Exception:  # Pillow raises anything at all on damaged bytes; decoding will say what is wrong
        return digest, 0, 0, ""


def _examine(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """Gives the attributes of each file's `Examined`; hashes are made of all grey copies at once, which is faster."""
    from muslin.data.duplicates import grey_copy, perceptual_hashes, thumbs

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
    """Decodes one file; gives the picture, if it is one, and what does not depend on the grey copies."""
    image, content, problem = None, b"", ""
    notes: tuple[str, ...] = ()
    try:
        content = _content_of(path)
        image, notes = _decode_whole(content, path)
    except PictureError as error:
        problem = str(error)
    digest = hashlib.sha256(content).hexdigest() if content else ""
    width, height = image.size if image else (0, 0)
    mode = image.mode if image else ""
    return image, {
        "bytes": len(content), "sha256": digest, "width": width, "height": height, "mode": mode, "notes": notes,
        "problem": problem,
    }  # fmt: skip


def _content_of(path: Path) -> bytes:
    """Reads a file; raises PictureError, after a second and closer look, where there is anything odd about it."""
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode) and status.st_size <= PLAIN_BYTES:
            return path.read_bytes()
    except (OSError, ValueError):
        pass
    from muslin.data.pictures import read_file

    return read_file(path)


def _decode_whole(content: bytes, path: Path) -> tuple[Image.Image, tuple[str, ...]]:
    """Does what `decode_picture` does, sooner where nothing is to be changed."""
    image = _plain_image(content)
    if image is not None:
        return image, ()
    from muslin.data.pictures import decode_picture
    from muslin.data.wording import printable

    return decode_picture(content, printable(path))


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
    """Decodes a plain picture that has the wanted size and mode."""
    channels, height, width = shape
    try:
        content = _content_of(path)
    except PictureError:
        return None
    image = _plain_image(content, (width, height), "L" if channels == 1 else "RGB")
    if image is None:
        return None
    pixels = np.asarray(image)
    return pixels[None] if channels == 1 else pixels.transpose(2, 0, 1)


def _plain_image(content: bytes, size: tuple[int, int] | None = None, mode: str | None = None) -> Image.Image | None:
    """Decodes a whole JPEG or PNG file of upright, opaque pixels, grey or RGB; gives None for all others.

    Args:
        content: of the file.
        size: the width and height that it must have, if any.
        mode: likewise.
    """
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
            short, long = sorted(image.size)
            is_usual = (
                size in (None, image.size)
                and image.mode in ((mode,) if mode else ("L", "RGB"))
                and short >= PLAIN_SIDE
                and long <= PLAIN_PROPORTION * short
                and long * short <= PLAIN_PIXELS
                and (image.format == "JPEG" or (image.format == "PNG" and content.endswith(WHOLE_PNG)))
            )
            if not is_usual:
                return None
            image.load()
            is_changed = image.has_transparency_data or TURNED & image.info.keys()
            return None if is_changed or getattr(image, "is_animated", False) else image
    except Exception:  # whatever it is, `decode_picture` says it well
        return None


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
