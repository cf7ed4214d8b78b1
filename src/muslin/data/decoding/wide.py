"""Pictures of more than 8 bits a channel: their brightness by the range that the training pictures have.

A camera or scanner of 12 bits writes 0 to 4,095 into files of 16 bits: scaled by what a file can hold, nearly all of it
would be black. Pillow reads 16-bit grey, 32-bit numbers and floats as they are, but of 16-bit colour one byte a
channel: the first, or with another raw mode the second, so that both can be had from two readings.

Legend: H x W pixels.
"""

import io
import math
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

__all__ = ["FULL", "Levels", "Wide", "is_wide", "levels_of", "lost_bits", "read_wide"]

Levels = tuple[float, float]  # the darkest and the brightest value: black and white
Values = np.ndarray[Any, np.dtype[Any]]

FULL: Levels = (0, 65535)
OTHER_BYTE = {
    "16B": "16L", "16L": "16B", "16N": "16B" if sys.byteorder == "little" else "16L",
}  # fmt: skip
STRAY = 0.001  # share of the values at either end that is left out of a range: dead and hot pixels
SAMPLE = 1 << 22  # values of a large picture that its range is found by
BLOCK = 1 << 22  # values that are worked on at a time
NO_DATA = 42113  # the TIFF tag of GDAL for the number that stands for no value
HIGH_BITS, TWELVE_BITS = 0x40, 0x20
NO_NUMBER = 1e38  # beyond, floats stand for no value


@dataclass(frozen=True)
class Wide:
    """The values of a picture of more than 8 bits a channel.

    Attributes:
        values: (H, W) or (H, W, 3), whole numbers or floats; NaN where there is no value.
        alpha: (H, W) uint8, 255 where it is opaque; None where all of it is.
    """

    values: Values
    alpha: np.ndarray[Any, np.dtype[np.uint8]] | None = None

    @property
    def range(self) -> Levels | None:
        """The darkest and the brightest value, but for a thousandth at either end; None where there is no value."""
        found = self.values[:: max(1, self.values.size // SAMPLE)].ravel()
        found = found[np.isfinite(found)] if found.dtype.kind == "f" else found
        if not found.size:
            return None
        low, high = np.quantile(found, STRAY, method="lower"), np.quantile(found, 1 - STRAY, method="higher")
        return low.item(), high.item()

    @property
    def has_values(self) -> bool:
        """Whether it has any value at all."""
        return self.values.dtype.kind != "f" or bool(np.isfinite(self.values).any())

    @property
    def own_levels(self) -> Levels | None:
        """What is black and white where no other picture tells: 0 and as many bits as it needs, else its range.

        None where it has no value.
        """
        if self.is_sixteen_bits:
            return _whole_bits(float(self.values.max()))
        return self.range

    @property
    def is_sixteen_bits(self) -> bool:
        """Whether its values are whole numbers of 16 bits."""
        whole = self.values.dtype.kind in "ui"
        return whole and bool(self.values.min() >= FULL[0] and self.values.max() <= FULL[1])

    def narrowed(self, levels: Levels | None) -> tuple[Image.Image, tuple[str, ...]]:
        """Returns the picture with 8 bits a channel, and notes.

        Args:
            levels: what becomes black (0, as does no value) and white (255); None for its `own_levels`.
        """
        black, white = levels or self.own_levels or FULL
        narrow = np.empty(self.values.shape, np.uint8)
        rows = max(1, BLOCK // max(1, self.values[0].size))
        has_gaps = False
        for start in range(0, len(narrow), rows):
            shares = (self.values[start : start + rows].astype(np.float64) - black) / ((white - black) or 1)
            gaps = np.isnan(shares)
            has_gaps = has_gaps or bool(gaps.any())
            shares[gaps] = 0
            narrow[start : start + rows] = np.floor(255 * shares.clip(0, 1) + 0.5)
        image = Image.fromarray(narrow)
        if self.alpha is not None:
            image.putalpha(Image.fromarray(self.alpha))
        how = f", from {black:g} (black) to {white:g} (white)" if levels else ""
        if not (levels or self.is_sixteen_bits):
            how = " by its own range"
        note = f"has {16 if self.is_sixteen_bits else 32} bits: scaled to 8{how}"
        return image, (note, "has places without a value: black") if has_gaps else (note,)


def is_wide(image: Image.Image) -> bool:
    """Whether an opened picture, not loaded yet, has more than 8 bits a channel."""
    return image.mode.startswith("I") or image.mode == "F" or bool(_raw_mode(image))


def _raw_mode(image: Image.Image) -> str:
    """Returns the raw mode of 16-bit colour, such as `RGB;16B`, or of grey with transparency; else nothing."""
    for tile in getattr(image, "tile", []):
        raw = tile[3] if isinstance(tile[3], str) else tile[3][0] if tile[3] else ""
        if isinstance(raw, str) and raw.partition(";")[0] in ("RGB", "RGBA", "RGBX", "LA") and ";16" in raw:
            return raw
    return ""


def lost_bits(content: bytes, image: Image.Image) -> tuple[str, ...]:
    """Returns a note on a picture of more bits a channel, of which no more than 8 can be had; mostly none.

    Args:
        content: the file's bytes.
        image: the picture, opened from them and not loaded yet.
    """
    bits = 8
    if image.format == "AVIF" and (place := content.find(b"av1C")) >= 0:
        flags = content[place + 6]  # AV1 in ISO media files, 2.3.3
        bits = 8 if not flags & HIGH_BITS else 12 if flags & TWELVE_BITS else 10
    elif image.format == "PPM" and (tiles := getattr(image, "tile", ())):
        arguments = tiles[0][3]
        most = arguments[1] if isinstance(arguments, tuple) and isinstance(arguments[-1], int) else 255
        bits = max(8, most.bit_length())
    return (f"has {bits} bits: 8 of them are kept",) if bits > 8 else ()


def read_wide(content: bytes, image: Image.Image) -> Wide:
    """Returns the values of a picture for which `is_wide`; loads it.

    Args:
        content: the file's bytes; empty for a picture that a person opened.
        image: the picture, opened from them and not loaded yet.
    """
    raw = _raw_mode(image)
    if raw.startswith("LA"):
        pixels = np.asarray(_read_as(_content_of(content, image), image, "RGBA"))  # two bytes of grey, two of alpha
        image.load()
        return Wide(_joined(pixels[..., 0], pixels[..., 1]), pixels[..., 2])
    if raw:
        kind, _, form = raw.partition(";")
        low = np.asarray(_read_as(_content_of(content, image), image, f"{kind};{OTHER_BYTE[form]}"))
        high = np.asarray(image)
        values = _joined(high[..., :3], low[..., :3])
        return Wide(values, high[..., 3] if image.mode == "RGBA" else _key_alpha(values, image))
    values = _without_gaps(np.asarray(image), image)
    return Wide(values, _key_alpha(values, image))


def _content_of(content: bytes, image: Image.Image) -> bytes:
    """Returns the bytes of the file that a picture was opened from."""
    file: Any = getattr(image, "fp", None)
    if content or file is None:
        return content
    place = file.tell()
    file.seek(0)
    content = file.read()
    file.seek(place)
    return content


def _read_as(content: bytes, image: Image.Image, raw: str) -> Image.Image:
    """Decodes a picture once more, by another raw mode."""
    with Image.open(io.BytesIO(content), formats=[str(image.format)]) as second:
        tiles: Any = second.tile
        second.tile = [
            type(tile)(*tile[:3], raw if isinstance(tile[3], str) else (raw, *tile[3][1:])) for tile in tiles
        ]
        second.load()
        return second


def _joined(high: Values, low: Values) -> Values:
    values = high.astype(np.uint16)
    values <<= 8
    values |= low
    return values


def _key_alpha(values: Values, image: Image.Image) -> np.ndarray[Any, np.dtype[np.uint8]] | None:
    """Returns the transparency of a picture in which one value stands for nothing; None where none does."""
    key = image.info.get("transparency")
    if key is None or isinstance(key, bytes):
        return None
    is_clear = (values == np.asarray(key)) if values.ndim == 2 else (values == np.asarray(key)).all(2)
    return np.where(is_clear, np.uint8(0), np.uint8(255))


def _without_gaps(values: Values, image: Image.Image) -> Values:
    """Returns numbers of 16 or 32 bits, NaN where a number stands for no value."""
    tags: Any = getattr(image, "tag_v2", {})
    try:
        gap = float(str(tags.get(NO_DATA, "nan")).strip("\0 "))
    except ValueError:
        gap = math.nan
    if values.dtype.kind != "f" and (math.isnan(gap) or not (values == gap).any()):
        return values
    values = values.astype(np.float32)  # a copy
    values[~(np.abs(values) < NO_NUMBER) | (values == np.float32(gap))] = math.nan
    return values


def _whole_bits(highest: float) -> Levels:
    """Returns 0 and the largest number of as many bits, at least 8, as a whole number needs."""
    return 0, 2 ** max(8, int(highest).bit_length()) - 1


def levels_of(ranges: list[Levels], *, beside_eight: bool = False) -> Levels | None:
    """Returns the levels of pictures, each with its darkest and brightest value; None where there is nothing to see.

    Args:
        ranges: each picture's.
        beside_eight: whether there are pictures of 8 bits as well, which are to be as bright: then white is what as
            many bits as are needed can hold.
    """
    low, high = min((low for low, _ in ranges), default=0), max((high for _, high in ranges), default=0)
    if beside_eight and low >= FULL[0] and 1 < high <= FULL[1]:
        return _whole_bits(high)
    return (low, high) if low < high else None
