"""Read a picture file of any kind: upright, opaque, 8 bits a channel; loads no torch.

Legend: H x W pixels.
"""

import io
import stat
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from muslin.data.decoding.quiet import quiet_pillow
from muslin.errors import PictureError, UnreadError
from muslin.text import printable

__all__ = ["open_picture"]

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")
MAX_BYTES = 512 * 2**20  # an uncompressed picture of MAX_PIXELS with 16 bits in each of 4 channels is smaller
MAX_PIXELS = 50_000_000
MAX_PROPORTION = 100  # longer side to shorter side
MIN_SIDE = 4  # pixels; smaller ones are read, with a note
BACKGROUND = "white"  # what transparent pictures are laid on, in training and in use

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
OTHER_KINDS = (  # where to look, what is there, what that is
    (slice(0, 1), b"", "is empty (0 bytes)"),
    (slice(0, 4), b"%!PS", "is a PostScript drawing"),
    (slice(0, 4), b"\xc5\xd0\xd3\xc6", "is a PostScript drawing"),
    (slice(0, 4), b"%PDF", "is a PDF document"),
    (slice(0, 4), b"8BPS", "is a Photoshop document"),
    (slice(4, 12), b"ftypheic", "is a HEIC photo"),
    (slice(4, 12), b"ftypmif1", "is a HEIC photo"),
    (slice(4, 12), b"ftypavif", "is an AVIF picture"),
    (slice(0, 2), b"PK", "is a ZIP archive"),
)


def open_picture(
    source: "str | Path | Image.Image | np.ndarray[Any, np.dtype[np.uint8]]",
) -> tuple[Image.Image, tuple[str, ...]]:
    """Opens and fully decodes a picture, upright, without transparency, 8 bits a channel.

    Args:
        source: a file, a Pillow image, or (H, W) or (H, W, 3) uint8.

    Returns:
        The picture in mode L or RGB, and notes on what was done to it.

    Raises:
        PictureError: it is missing, damaged, too large, or of a kind that is not read.
    """
    if isinstance(source, np.ndarray):
        return _from_array(source)
    if isinstance(source, Image.Image):
        return _convert(source, "the picture")
    return decode_picture(read_file(Path(source)), printable(source))


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


def decode_picture(content: bytes, name: str) -> tuple[Image.Image, tuple[str, ...]]:
    """Decodes all of a picture file's content; what `open_picture` does to a file once it is read.

    Args:
        content: the file's bytes; they decide the kind, not the name.
        name: the picture's name in errors.

    Returns:
        The picture in mode L or RGB, and notes on what was done to it.

    Raises:
        PictureError: damaged, too large, or of a kind that is not read.
    """
    with quiet_pillow(), _identify(content, name) as image:
        picture, notes = _convert(image, name)
    if content.startswith(PNG_START) and PNG_END not in content:
        notes = (*notes, "lacks the end of a PNG file: all its pixels were there")
    return picture, notes


def _identify(content: bytes, name: str) -> Image.Image:
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise PictureError(f"{name} {_kind_of(content)}; save it as PNG or JPEG") from error
    except Image.DecompressionBombError as error:
        raise PictureError(f"{name} has too many pixels; at most {MAX_PIXELS:,} are read; make it smaller") from error
    except Exception as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: Exception) -> PictureError:
    return PictureError(f"cannot read {name}: {str(error) or type(error).__name__}; is the file damaged? save it anew")


def _from_array(array: "np.ndarray[Any, np.dtype[np.uint8]]") -> tuple[Image.Image, tuple[str, ...]]:
    has_shape = array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)
    if array.dtype != np.uint8 or not has_shape or 0 in array.shape:
        raise PictureError(f"array of {array.dtype} {array.shape}; (H, W) or (H, W, 3) uint8 is needed")
    return _convert(Image.fromarray(array), "the array")


def _kind_of(content: bytes) -> str:
    for where, start, kind in OTHER_KINDS:
        if content[where] == start:
            return f"{kind}, which is not a picture of a kind that is read ({', '.join(FORMATS)})"
    if b"<svg" in content[:1000]:
        return f"is an SVG drawing, which is not a picture of a kind that is read ({', '.join(FORMATS)})"
    return f"is damaged at its start, or not a picture of a kind that is read ({', '.join(FORMATS)})"


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


def _convert(image: Image.Image, name: str) -> tuple[Image.Image, tuple[str, ...]]:
    _check_size(image.size, name)
    try:  # Pillow's decoders raise anything at all on damaged bytes
        notes = _frame_notes(image)  # before the pixels: loading a TIFF closes its file
        image.load()
        upright, turned = _upright(image)
        plain, converted = _plain(upright, name)
        plain.info = {}  # no orientation that could be applied once more
        small = ("has a side under 4 pixels: little can be seen in it",) if min(plain.size) < MIN_SIDE else ()
        return plain, (*notes, *turned, *converted, *small)
    except PictureError:
        raise
    except Exception as error:
        raise _damaged(name, error) from error


def _frame_notes(image: Image.Image) -> tuple[str, ...]:
    if not getattr(image, "is_animated", False):
        return ()
    if image.format in ("GIF", "PNG", "WEBP"):
        return ("is animated: its first frame was used",)
    return ("holds several pictures: the first was used",)


def _upright(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    try:
        orientation = image.getexif().get(ORIENTATION)
        turn = UPRIGHT.get(orientation) if isinstance(orientation, int) else None
    except Exception:  # as for pixels; but a picture whose EXIF data alone is damaged is still good
        return image, ("has damaged EXIF data: taken as upright",)
    return (image, ()) if turn is None else (image.transpose(turn), ())


def _plain(image: Image.Image, name: str) -> tuple[Image.Image, tuple[str, ...]]:
    """Brings a decoded picture to mode L or RGB."""
    if image.mode.startswith("I"):
        return _eight_bits(image, name)
    if image.mode == "F":
        raise PictureError(f"{name} holds floating-point numbers; save it with 8 or 16 bits a channel")
    if image.mode == "LAB":
        raise PictureError(f"{name} has Lab colours; save it with RGB colours")
    wanted = "L" if image.mode in GREY_MODES else "RGB"
    if image.has_transparency_data:
        return _without_transparency(image, wanted)
    notes = ("has CMYK colours: converted to RGB",) if image.mode == "CMYK" else ()
    return (image.copy() if image.mode == wanted else image.convert(wanted)), notes


def _eight_bits(image: Image.Image, name: str) -> tuple[Image.Image, tuple[str, ...]]:
    wide = np.asarray(image)  # (H, W) uint16 or int32; Pillow's own conversion would clip nearly all to white
    if wide.min() < 0 or wide.max() > 65535:
        raise PictureError(
            f"{name} has brightness from {wide.min()} to {wide.max()}; 0 to 65535 is read; save it with 16 bits"
        )
    scaled = (wide.astype(np.uint32) + 128) // 257  # 65535 = 257 * 255, rounded to the nearest
    return Image.fromarray(scaled.astype(np.uint8)), ("has 16 bits: scaled to 8",)


def _without_transparency(image: Image.Image, wanted: str) -> tuple[Image.Image, tuple[str, ...]]:
    image = image.convert("RGBA")
    if image.getchannel("A").getextrema() == (255, 255):
        return image.convert(wanted), ()
    laid = Image.alpha_composite(Image.new("RGBA", image.size, BACKGROUND), image)
    return laid.convert(wanted), (f"is transparent: laid on {BACKGROUND}",)
