"""Read a picture file of any kind: upright, opaque, 8 bits a channel; loads no torch.

Legend: H x W pixels.
"""

import io
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from muslin.data.decoding.other_kinds import DAMAGED, EMPTY, FORMATS, kind_of, other_tiff
from muslin.data.decoding.quiet import quiet_pillow
from muslin.data.decoding.wide import Levels, Wide, is_wide, lost_bits, read_wide
from muslin.errors import OtherKindError, PictureError, UnreadError
from muslin.text import printable

__all__ = ["decode_picture", "identify", "large_in_turn", "load_wide", "open_picture", "read_file"]

MAX_BYTES = 512 * 2**20  # an uncompressed picture of MAX_PIXELS with 16 bits in each of 4 channels is smaller
MAX_PIXELS = 200_000_000
MANY_PIXELS = 50_000_000  # more are brought to fewer as soon as can be, so that memory stays bounded
MAX_PROPORTION = 100  # longer side to shorter side
MIN_SIDE = 4  # pixels; smaller ones are read, with a note
BACKGROUND, DARK_BACKGROUND = "white", "black"  # what transparent pictures are laid on, in training and in use
HARDLY_SEEN = 32  # levels of brightness between what is seen of a transparent picture and white

_large = threading.Lock()

GREY_MODES = ("1", "L", "LA", "La")
PNG_START, PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
ORIENTATION = 0x0112  # the EXIF tag
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # EXIF 2.32, orientation: what undoes each


def open_picture(
    source: "str | Path | Image.Image | np.ndarray[Any, np.dtype[np.uint8]]", levels: Levels | None = None
) -> tuple[Image.Image, tuple[str, ...]]:
    """Opens and fully decodes a picture, upright, without transparency, 8 bits a channel.

    Args:
        source: a file, a Pillow image, or (H, W) or (H, W, 3) uint8.
        levels: the values of more than 8 bits that become black and white; None for what the picture needs itself.

    Returns:
        The picture in mode L or RGB, and notes on what was done to it.

    Raises:
        PictureError: it is missing, damaged, too large, or of a kind that is not read.
    """
    if isinstance(source, np.ndarray):
        return _from_array(source)
    if isinstance(source, Image.Image):
        return _convert(source, b"", "the picture", levels)
    return decode_picture(read_file(Path(source)), printable(source), levels)


def read_file(path: Path) -> bytes:
    """Reads the whole of a file that should hold a picture.

    Raises:
        PictureError: it is missing, not a plain file, or larger than 512 MiB.
        UnreadError: the system could not read it.
    """
    name = printable(path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise PictureError(f"{name} is a folder; name the picture files in it")
        if not stat.S_ISREG(status.st_mode):
            raise PictureError(f"{name} is a pipe or a device; only plain files are read")
        if status.st_size > MAX_BYTES:
            raise PictureError(f"{name} has {status.st_size:,} bytes; at most {MAX_BYTES:,} are read")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise PictureError(f"no picture at {name}") from error
    except (OSError, ValueError) as error:  # a path with a zero byte is a ValueError
        kind = UnreadError if isinstance(error, OSError) else PictureError
        raise kind(f"cannot read {name}: {getattr(error, 'strerror', None) or error}") from error


def decode_picture(content: bytes, name: str, levels: Levels | None = None) -> tuple[Image.Image, tuple[str, ...]]:
    """Decodes all of a picture file's content; what `open_picture` does to a file once it is read.

    Args:
        content: the file's bytes; they decide the kind, not the name.
        name: the picture's name in errors.
        levels: as for `open_picture`.

    Returns:
        The picture in mode L or RGB, and notes on what was done to it.

    Raises:
        PictureError: damaged, too large, or of a kind that is not read.
    """
    with quiet_pillow(), identify(content, name) as image:
        picture, notes = _convert(image, content, name, levels)
    if content.startswith(PNG_START) and PNG_END not in content:
        notes = (*notes, "lacks the end of a PNG file: all its pixels were there")
    return picture, notes


def identify(content: bytes, name: str) -> Image.Image:
    """Opens a picture file's content without decoding it.

    Raises:
        PictureError: damaged at its start.
        OtherKindError: of a kind that is not read.
    """
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
        other = other_tiff(image, content)
    except UnidentifiedImageError as error:
        raise _unread(kind_of(content), name) from error
    except Exception as error:
        raise _damaged(name, error) from error
    if other:
        raise _unread(other, name)
    return image


def _unread(kind: tuple[str, str], name: str) -> PictureError:
    what, remedy = kind
    message = f"{name} {what}, which is not a picture of a kind that is read ({', '.join(FORMATS)}); {remedy}"
    return PictureError(message) if what in (EMPTY, DAMAGED) else OtherKindError(message, kind)


def _damaged(name: str, error: Exception) -> PictureError:
    return PictureError(f"cannot read {name}: {str(error) or type(error).__name__}; is the file damaged? save it anew")


def _from_array(array: "np.ndarray[Any, np.dtype[np.uint8]]") -> tuple[Image.Image, tuple[str, ...]]:
    has_shape = array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)
    if array.dtype != np.uint8 or not has_shape or 0 in array.shape:
        raise PictureError(f"array of {array.dtype} {array.shape}; (H, W) or (H, W, 3) uint8 is needed")
    return _convert(Image.fromarray(array), b"", "the array", None)


def _check_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise PictureError(f"{name} has {width} x {height} pixels; at least 1 x 1 is needed; is the file damaged?")
    if width * height > MAX_PIXELS:
        raise PictureError(
            f"{name} has {width} x {height} pixels; at most {MAX_PIXELS:,} pixels are read; make it smaller"
        )
    if max(size) > MAX_PROPORTION * min(size):
        raise PictureError(
            f"{name} has {width} x {height} pixels; the longer side may have at most {MAX_PROPORTION} times the "
            "pixels of the shorter; cut it"
        )


def _convert(
    image: Image.Image, content: bytes, name: str, levels: Levels | None
) -> tuple[Image.Image, tuple[str, ...]]:
    _check_size(image.size, name)
    try:  # Pillow's decoders raise anything at all on damaged bytes
        notes, wide = _frame_notes(image), is_wide(image)  # before the pixels: loading a TIFF closes its file
        lost = () if wide else lost_bits(content, image)
        with large_in_turn(image):
            loaded, made = _loaded_wide(image, content, name, levels) if wide else _loaded(image)
        upright, turned = _upright(loaded, image)
        plain, converted = _plain(upright, name)
        plain.info = {}  # no orientation that could be applied once more
        small = ("has a side under 4 pixels: little can be seen in it",) if min(plain.size) < MIN_SIDE else ()
        return plain, (*notes, *lost, *made, *turned, *converted, *small)
    except PictureError:
        raise
    except Exception as error:
        raise _damaged(name, error) from error


@contextmanager
def large_in_turn(image: Image.Image) -> Iterator[None]:
    """Has pictures of very many pixels wait for each other, so that memory holds one at a time."""
    with _large if image.width * image.height > MANY_PIXELS else nullcontext():
        yield


def _loaded(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    """Loads a picture; one of very many pixels at a half, a quarter or an eighth of its size."""
    scale = _scale(image)
    if scale > 1 and image.format == "JPEG":
        image.draft(None, (image.width // scale, image.height // scale))  # decodes no more than that
        image.load()
        return image, (_smaller(scale),)
    image.load()
    if scale == 1:
        return image, ()
    if image.has_transparency_data:
        return image.convert("RGBA").reduce(scale), (_smaller(scale),)
    averaged = {"P": "RGB", "PA": "RGB", "1": "L"}.get(image.mode)  # numbers of colours have no average
    return (image.convert(averaged) if averaged else image).reduce(scale), (_smaller(scale),)


def _loaded_wide(
    image: Image.Image, content: bytes, name: str, levels: Levels | None
) -> tuple[Image.Image, tuple[str, ...]]:
    """Loads a picture of more than 8 bits a channel, scaled to 8."""
    scale = _scale(image)
    wide = load_wide(image, content, name)
    if not wide.has_values:
        raise PictureError(f"{name} holds no number that is a brightness; remove it, or save it anew")
    loaded, notes = wide.narrowed(levels)
    return (loaded, notes) if scale == 1 else (loaded.reduce(scale), (*notes, _smaller(scale)))


def load_wide(image: Image.Image, content: bytes, name: str) -> Wide:
    """Loads the values of a picture of more than 8 bits a channel.

    Args:
        image: the picture, opened and not loaded yet.
        content: the file's bytes; empty for a picture that a person opened.
        name: the picture's name in errors.

    Raises:
        PictureError: there are too many.
    """
    values = image.width * image.height * len(image.getbands())
    if values > MAX_PIXELS:
        raise PictureError(
            f"{name} has {values:,} values of more than 8 bits; at most {MAX_PIXELS:,} are read; make it smaller, or "
            "save it with 8 bits a channel"
        )
    return read_wide(content, image)


def _scale(image: Image.Image) -> int:
    """Returns by how much a picture's sides are divided, so that not very many pixels are left."""
    scale = 1
    while image.width * image.height > MANY_PIXELS * scale**2:
        scale *= 2
    return scale


def _smaller(scale: int) -> str:
    return f"has more than {MANY_PIXELS:,} pixels: read at 1/{scale} of its sides"


def _frame_notes(image: Image.Image) -> tuple[str, ...]:
    if not getattr(image, "is_animated", False):
        return ()
    if image.format in ("GIF", "PNG", "WEBP"):
        return ("is animated: its first frame was used",)
    return ("holds several pictures: the first was used",)


def _upright(loaded: Image.Image, image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    """Turns a picture as the file says that it was opened from."""
    try:
        orientation = image.getexif().get(ORIENTATION)
        turn = UPRIGHT.get(orientation) if isinstance(orientation, int) else None
    except Exception:  # as for pixels; but a picture whose EXIF data alone is damaged is still good
        return loaded, ("has damaged EXIF data: taken as upright",)
    return (loaded, ()) if turn is None else (loaded.transpose(turn), ())


def _plain(image: Image.Image, name: str) -> tuple[Image.Image, tuple[str, ...]]:
    """Brings a decoded picture to mode L or RGB."""
    if image.mode == "LAB":
        raise PictureError(f"{name} has Lab colours; save it with RGB colours")
    wanted = "L" if image.mode in GREY_MODES else "RGB"
    if image.has_transparency_data:
        return _without_transparency(image, wanted)
    notes = ("has CMYK colours: converted to RGB",) if image.mode == "CMYK" else ()
    return (image.copy() if image.mode == wanted else image.convert(wanted)), notes


def _without_transparency(image: Image.Image, wanted: str) -> tuple[Image.Image, tuple[str, ...]]:
    image = image.convert("RGBA")
    if image.getchannel("A").getextrema() == (255, 255):
        return image.convert(wanted), ()
    ground = DARK_BACKGROUND if _is_light(image) else BACKGROUND
    laid = Image.alpha_composite(Image.new("RGBA", image.size, ground), image)
    return laid.convert(wanted), (f"is transparent: laid on {ground}",)


def _is_light(image: Image.Image) -> bool:
    """Whether what is seen of an RGBA picture is nearly white, so that it would vanish on white."""
    alpha = np.asarray(image.getchannel("A"), np.float32)
    brightness = np.asarray(image.convert("L"), np.float32)
    return bool(alpha.any()) and float((alpha * (255 - brightness)).sum() / alpha.sum()) < HARDLY_SEEN
