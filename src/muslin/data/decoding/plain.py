"""Decode plain pictures sooner than `pictures` does, to the same pixels; all others are left to it.

Legend: C channels, H x W pixels.
"""

import io
import stat
from pathlib import Path

import numpy as np
from PIL import Image

from muslin.data.decoding.fitting import fit_to_shape
from muslin.data.decoding.pictures import decode_picture, read_file
from muslin.data.decoding.wide import Levels, is_wide
from muslin.text import printable

__all__ = ["content_of", "decode_whole", "pixels_in", "pixels_of"]

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

TURNED = {"exif", "Raw profile type exif", "xmp", "XML:com.adobe.xmp"}  # where Pillow finds an orientation
PLAIN_SIDE = 4  # pixels; smaller pictures get a note
PLAIN_PROPORTION = 50  # longer side to shorter side; whether more is too much, `decode_picture` says
PLAIN_PIXELS = 25_000_000  # likewise
PLAIN_BYTES = 64 << 20  # likewise, of a file
WHOLE_PNG = b"IEND\xaeB`\x82"  # how an undamaged PNG ends


def content_of(path: Path) -> bytes:
    """Reads a file; raises PictureError, after a second and closer look, where there is anything odd about it."""
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode) and status.st_size <= PLAIN_BYTES:
            return path.read_bytes()
    except (OSError, ValueError):
        pass
    return read_file(path)


def decode_whole(content: bytes, path: Path) -> tuple[Image.Image, tuple[str, ...]]:
    """Does what `decode_picture` does, sooner where nothing is to be changed."""
    image = _plain_image(content)
    if image is not None:
        return image, ()
    return decode_picture(content, printable(path))


def pixels_of(path: Path, shape: tuple[int, int, int], levels: Levels | None = None) -> tuple[Pixels, tuple[str, ...]]:
    """Decodes one file to the very pixels of `open_picture` and `fit_to_shape`, sooner where nothing is to be changed.

    Args:
        path: the file.
        shape: (C, H, W) wanted.
        levels: as for `open_picture`.

    Returns:
        (C, H, W) uint8, and notes on what was done.

    Raises:
        PictureError: the picture cannot be read.
    """
    return pixels_in(content_of(path), printable(path), shape, levels)


def pixels_in(
    content: bytes, name: str, shape: tuple[int, int, int], levels: Levels | None = None
) -> tuple[Pixels, tuple[str, ...]]:
    """Decodes a file's content as `pixels_of` does the file; `name` is the picture's in errors."""
    channels, height, width = shape
    plain = _plain_image(content, (width, height), "L" if channels == 1 else "RGB")
    if plain is not None:
        pixels = np.asarray(plain)
        return (pixels[None] if channels == 1 else pixels.transpose(2, 0, 1)), ()
    image, notes = decode_picture(content, name, levels)
    return fit_to_shape(image, shape), notes


def _plain_image(content: bytes, size: tuple[int, int] | None = None, mode: str | None = None) -> Image.Image | None:
    """Decodes a whole JPEG or PNG file of upright, opaque pixels, grey or RGB; returns None for all others.

    Args:
        content: the file's bytes.
        size: the width and height that it must have, if any.
        mode: the mode that it must have, if any.
    """
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
            short, long = sorted(image.size)
            is_usual = (
                size in (None, image.size)
                and image.mode in ((mode,) if mode else ("L", "RGB"))
                and not is_wide(image)
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
