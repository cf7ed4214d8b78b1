"""Pictures of more than 8 bits a channel: their brightness by the range that the training pictures have.

A camera or scanner of 12 bits writes 0 to 4,095 into files of 16 bits: scaled by what a file can hold, nearly all of it
would be black. Pillow reads 16-bit grey as it is, but of 16-bit colour one byte a channel: the first, or with another
raw mode the second, so that both can be had from two readings.

Legend: C channels, H x W pixels.
"""

import io
import sys
from typing import Any

import numpy as np
from PIL import Image

from muslin.errors import PictureError

__all__ = ["FULL", "Levels", "is_wide", "levels_of", "narrow"]

Levels = tuple[int, int]  # the darkest and the brightest value: black and white
Wide = np.ndarray[Any, np.dtype[np.uint32]]

FULL: Levels = (0, 65535)
OTHER_BYTE = {
    "16B": "16L", "16L": "16B", "16N": "16B" if sys.byteorder == "little" else "16L",
}  # fmt: skip


def is_wide(image: Image.Image) -> bool:
    """Whether an opened picture, not loaded yet, has more than 8 bits a channel."""
    return image.mode.startswith("I") or bool(_raw_mode(image))


def _raw_mode(image: Image.Image) -> str:
    """Returns the raw mode of 16-bit colour, such as `RGB;16B`; empty for any other picture."""
    for tile in getattr(image, "tile", []):
        raw = tile[3] if isinstance(tile[3], str) else tile[3][0] if tile[3] else ""
        if isinstance(raw, str) and raw.partition(";")[0] in ("RGB", "RGBA", "RGBX") and ";16" in raw:
            return raw
    return ""


def wide_values(content: bytes, image: Image.Image, name: str) -> Wide:
    """Returns the values of a picture for which `is_wide`: (H, W) or (H, W, 3).

    Args:
        content: the file's bytes; empty for a picture that came from no file.
        image: the picture, opened from them and not loaded yet.
        name: the picture's name in errors.

    Raises:
        PictureError: it has values that are no 16-bit ones.
    """
    raw = _raw_mode(image)
    if raw:
        with Image.open(io.BytesIO(content), formats=[str(image.format)]) as second:
            kind, _, form = raw.partition(";")
            second.tile = [_with_raw(tile, f"{kind};{OTHER_BYTE[form]}") for tile in second.tile]
            low = np.asarray(second.convert("RGB"), np.uint32)
        high = np.asarray(image.convert("RGB"), np.uint32)
        return np.bitwise_or(np.left_shift(high, 8, dtype=np.uint32), low, dtype=np.uint32)
    values = np.asarray(image)  # uint16 or int32; Pillow's own conversion would clip nearly all to white
    if values.min() < FULL[0] or values.max() > FULL[1]:
        raise PictureError(
            f"{name} has brightness from {values.min()} to {values.max()}; 0 to 65535 is read; save it with 16 bits"
        )
    return values.astype(np.uint32)


def _with_raw(tile: Any, raw: str) -> Any:
    rest = raw if isinstance(tile[3], str) else (raw, *tile[3][1:])
    return type(tile)(*tile[:3], rest)


def narrow(values: Wide, levels: Levels | None) -> Image.Image:
    """Returns values as a picture of 8 bits a channel, from the darkest of the levels (0) to the brightest (255)."""
    low, high = levels or FULL
    scaled = (np.clip(values, low, high).astype(np.int64) - low) * 255
    return Image.fromarray(((scaled + (high - low) // 2) // (high - low)).astype(np.uint8))


def levels_of(ranges: list[Levels]) -> Levels | None:
    """Returns the levels of pictures, each with its darkest and brightest value; None where there is nothing to see."""
    low, high = min((low for low, _ in ranges), default=0), max((high for _, high in ranges), default=0)
    return (low, high) if low < high else None
