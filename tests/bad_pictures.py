"""Makes every kind of picture file that goes wrong in practice, and says what must become of it.

For tests and for `docs/reliability.md`: `CASES[name].write(path)` writes the file, with the suffix that is named.
"""

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

__all__ = ["CASES", "BadPicture"]

SIDE = 64


@dataclass(frozen=True)
class BadPicture:
    """One way in which a picture file can be odd.

    Attributes:
        content: makes the file's bytes.
        suffix: its name's ending.
        refused: a part of the error's message; empty where the picture is accepted.
        note: a part of a note on the accepted picture; empty where none is due.
    """

    content: Callable[[], bytes]
    suffix: str
    refused: str = ""
    note: str = ""

    def __call__(self, path: Path) -> None:
        """Writes the file."""
        path.write_bytes(self.content())

    def write(self, folder: Path, name: str = "picture") -> Path:
        """Writes the file into a folder; gives its path."""
        path = folder / f"{name}{self.suffix}"
        self(path)
        return path


def noise(channels: int = 3, seed: int = 0) -> Image.Image:
    shape = (SIDE, SIDE, channels) if channels > 1 else (SIDE, SIDE)
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, shape, np.uint8))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def declared_png(width: int, height: int) -> bytes:
    """A PNG whose header promises any size, with hardly any pixels behind it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def black_png(width: int, height: int) -> bytes:
    """A complete, all black PNG: few bytes, many pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(width + 1)) for _ in range(height)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def broken_chunk() -> bytes:
    content = bytearray(saved(noise(1), "PNG"))
    content[80] ^= 255
    return bytes(content)


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def ramp16(kind: str) -> bytes:
    return saved(Image.fromarray(np.linspace(0, 65535, SIDE * SIDE).reshape(SIDE, SIDE).astype(np.uint16)), kind)


def transparent() -> Image.Image:
    image = noise().convert("RGBA")
    image.putalpha(Image.new("L", (SIDE, SIDE), 0))
    return image


def moving(kind: str) -> bytes:
    return saved(noise(seed=0), kind, save_all=True, append_images=[noise(seed=1), noise(seed=2)])


def sideways(kind: str) -> bytes:
    image = noise().crop((0, 0, SIDE, SIDE // 2))
    exif = image.getexif()
    exif[0x0112] = 6
    return saved(image, kind, exif=exif)


def damaged_exif() -> bytes:
    content = saved(noise(), "JPEG")
    segment = b"Exif\0\0" + b"II*\0" + struct.pack("<IH", 8, 9) + b"\xff" * 20
    return content[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + content[2:]


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'

CASES: dict[str, BadPicture] = {
    "empty file": BadPicture(lambda: b"", ".png", refused="is empty (0 bytes)"),
    "text named .jpg": BadPicture(lambda: b"this is not a picture\n" * 9, ".jpg", refused="not a picture of a kind"),
    "random bytes": BadPicture(lambda: np.random.default_rng(0).bytes(999), ".png", refused="not a picture of a kind"),
    "JPEG cut in half": BadPicture(lambda: half(saved(noise(), "JPEG")), ".jpg", refused="is the file damaged"),
    "PNG cut in half": BadPicture(lambda: half(saved(noise(), "PNG")), ".png", refused="is the file damaged"),
    "GIF cut in half": BadPicture(lambda: half(saved(noise(1), "GIF")), ".gif", refused="is the file damaged"),
    "TIFF cut in half": BadPicture(lambda: half(saved(noise(), "TIFF")), ".tiff", refused="damaged"),
    "WebP cut in half": BadPicture(lambda: half(saved(noise(), "WEBP")), ".webp", refused="damaged"),
    "BMP cut in half": BadPicture(lambda: half(saved(noise(), "BMP")), ".bmp", refused="is the file damaged"),
    "PNG with a broken chunk": BadPicture(broken_chunk, ".png", refused="is the file damaged"),
    "PNG without its end": BadPicture(lambda: saved(noise(), "PNG")[:-12], ".png", note="lacks the end"),
    "20,000 x 20,000 declared": BadPicture(lambda: declared_png(20_000, 20_000), ".png", refused="at most 50,000,000"),
    "10,000 x 10,000": BadPicture(lambda: black_png(10_000, 10_000), ".png", refused="at most 50,000,000"),
    "81 megapixels in 79 KB": BadPicture(lambda: black_png(9_000, 9_000), ".png", refused="at most 50,000,000"),
    "65,500 x 1": BadPicture(lambda: black_png(65_500, 1), ".png", refused="at most 100 times"),
    "0 x 0": BadPicture(lambda: declared_png(0, 0), ".png", refused="is damaged at its start"),
    "1 x 1": BadPicture(lambda: black_png(1, 1), ".png", note="a side under 4 pixels"),
    "PNG named .jpg": BadPicture(lambda: saved(noise(), "PNG"), ".jpg"),
    "EPS": BadPicture(lambda: saved(noise(), "EPS"), ".eps", refused="is a PostScript drawing"),
    "EPS named .png": BadPicture(lambda: saved(noise(), "EPS"), ".png", refused="is a PostScript drawing"),
    "SVG": BadPicture(lambda: SVG, ".svg", refused="is an SVG drawing"),
    "PDF": BadPicture(lambda: saved(noise(), "PDF"), ".pdf", refused="is a PDF document"),
    "HEIC": BadPicture(lambda: b"\0\0\0\x18ftypheic" + bytes(99), ".heic", refused="is a HEIC photo"),
    "CMYK": BadPicture(lambda: saved(noise().convert("CMYK"), "JPEG"), ".jpg", note="CMYK colours: converted"),
    "Lab TIFF": BadPicture(lambda: saved(Image.new("LAB", (SIDE, SIDE)), "TIFF"), ".tiff", refused="has Lab colours"),
    "16-bit grey PNG": BadPicture(lambda: ramp16("PNG"), ".png", note="16 bits: scaled to 8"),
    "16-bit grey TIFF": BadPicture(lambda: ramp16("TIFF"), ".tiff", note="16 bits: scaled to 8"),
    "32-bit TIFF": BadPicture(
        lambda: saved(Image.fromarray(np.full((SIDE, SIDE), 70_000, np.int32)), "TIFF"),
        ".tiff",
        refused="0 to 65535 is read",
    ),
    "float TIFF": BadPicture(
        lambda: saved(Image.fromarray(np.zeros((SIDE, SIDE), np.float32)), "TIFF"),
        ".tiff",
        refused="floating-point numbers",
    ),
    "1 bit": BadPicture(lambda: saved(noise().convert("1"), "PNG"), ".png"),
    "palette": BadPicture(lambda: saved(noise().convert("P"), "PNG"), ".png"),
    "palette with a clear colour": BadPicture(
        lambda: saved(noise(1).convert("P"), "PNG", transparency=7), ".png", note="transparent: laid on white"
    ),
    "transparency": BadPicture(lambda: saved(transparent(), "PNG"), ".png", note="transparent: laid on white"),
    "opaque alpha": BadPicture(lambda: saved(noise().convert("RGBA"), "PNG"), ".png"),
    "animated GIF": BadPicture(lambda: moving("GIF"), ".gif", note="is animated: its first frame"),
    "animated PNG": BadPicture(lambda: moving("PNG"), ".png", note="is animated: its first frame"),
    "animated WebP": BadPicture(lambda: moving("WEBP"), ".webp", note="is animated: its first frame"),
    "TIFF with pages": BadPicture(lambda: moving("TIFF"), ".tiff", note="holds several pictures"),
    "EXIF orientation": BadPicture(lambda: sideways("JPEG"), ".jpg"),
    "EXIF orientation in a PNG": BadPicture(lambda: sideways("PNG"), ".png"),
    "EXIF orientation in a TIFF": BadPicture(lambda: sideways("TIFF"), ".tiff"),
    "EXIF orientation in a WebP": BadPicture(lambda: sideways("WEBP"), ".webp"),
    "damaged EXIF": BadPicture(damaged_exif, ".jpg"),
    "odd name": BadPicture(lambda: saved(noise(), "PNG"), " ü\n.png"),
}
