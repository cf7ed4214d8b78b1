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
from PIL import Image, TiffImagePlugin

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


def declared_png(width: int, height: int, *, bits: int = 8, kind: int = 0) -> bytes:
    """A PNG whose header promises any size, with hardly any pixels behind it; its kind is 0 for grey, 2 for RGB."""
    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
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


def ramp48() -> np.ndarray:
    """Colours of 16 bits a channel: (SIDE, SIDE, 3)."""
    return np.linspace(0, 65535, SIDE * SIDE * 3).reshape(SIDE, SIDE, 3).astype(np.uint16)


def png48(values: np.ndarray) -> bytes:
    """A PNG of (H, W, channels) uint16, which Pillow does not write: 2 of grey, or 3 or 4 of colour."""
    height, width, channels = values.shape
    header = struct.pack(">IIBBBBB", width, height, 16, {2: 4, 3: 2, 4: 6}[channels], 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row.astype(">u2").tobytes() for row in values))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def tiff(
    values: np.ndarray, order: str = "<", *, packed: bool = False, photometric: int | None = None, extra: bool = False
) -> bytes:
    """A TIFF of (H, W, bands) numbers of any type, which Pillow does not write.

    Its `photometric` interpretation is RGB (2) for three bands, else grey (1); `extra` says that all bands above three
    are no colours.
    """
    height, width, bands = values.shape
    bits = 8 * values.itemsize
    data = values.astype(values.dtype.newbyteorder(order)).tobytes()
    data = zlib.compress(data) if packed else data
    of_kind = {"u": 1, "i": 2, "f": 3}[values.dtype.kind]
    tags: list[tuple[int, int, list[int]]] = [
        (256, 3, [width]), (257, 3, [height]), (258, 3, [bits] * bands), (259, 3, [8 if packed else 1]),
        (262, 3, [photometric if photometric is not None else 2 if bands == 3 else 1]), (273, 4, [0]),
        (277, 3, [bands]), (278, 3, [height]), (279, 4, [len(data)]), (284, 3, [1]),
        *([(338, 3, [0] * (bands - 3))] if extra else []), (339, 3, [of_kind] * bands),
    ]  # fmt: skip
    first = 8 + 2 + 12 * len(tags) + 4  # where what is too long for an entry begins
    sizes = [{3: 2, 4: 4}[kind] * len(numbers) for _, kind, numbers in tags]
    end = first + sum(size for size in sizes if size > 4)
    entries, long = b"", b""
    for tag, kind, numbers in tags:
        numbers = [end] if tag == 273 else numbers
        packed_numbers = struct.pack(f"{order}{len(numbers)}{'H' if kind == 3 else 'I'}", *numbers)
        if len(packed_numbers) > 4:
            packed_numbers, long = struct.pack(f"{order}I", first + len(long)), long + packed_numbers
        entries += struct.pack(f"{order}HHI", tag, kind, len(numbers)) + packed_numbers.ljust(4, b"\0")
    start = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HIH", 42, 8, len(tags))
    return start + entries + struct.pack(f"{order}I", 0) + long + data


def jpeg12() -> bytes:
    """A JPEG whose header says that its values have 12 bits."""
    return saved(noise(), "JPEG").replace(b"\xff\xc0\0\x11\x08", b"\xff\xc1\0\x11\x0c")


def tagged(tags: dict[int, object]) -> bytes:
    """A TIFF with some more tags."""
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in tags.items():
        directory[tag] = value
    return saved(noise(), "TIFF", tiffinfo=directory)


def white() -> Image.Image:
    """A white square on nothing."""
    image = Image.new("RGBA", (SIDE, SIDE), (255, 255, 255, 0))
    image.paste((255, 255, 255, 255), (16, 16, 48, 48))
    return image


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
    "20,000 x 20,000 declared": BadPicture(lambda: declared_png(20_000, 20_000), ".png", refused="at most 200,000,000"),
    "10,000 x 10,000": BadPicture(lambda: black_png(10_000, 10_000), ".png", note="read at 1/2 of its sides"),
    "81 megapixels in 79 KB": BadPicture(lambda: black_png(9_000, 9_000), ".png", note="read at 1/2 of its sides"),
    "JPEG of 60 megapixels": BadPicture(
        lambda: saved(Image.new("L", (8_000, 7_500)), "JPEG"), ".jpg", note="at 1/2 of"
    ),
    "65,500 x 1": BadPicture(lambda: black_png(65_500, 1), ".png", refused="at most 100 times"),
    "0 x 0": BadPicture(lambda: declared_png(0, 0), ".png", refused="is damaged at its start"),
    "1 x 1": BadPicture(lambda: black_png(1, 1), ".png", note="a side under 4 pixels"),
    "PNG named .jpg": BadPicture(lambda: saved(noise(), "PNG"), ".jpg"),
    "EPS": BadPicture(lambda: saved(noise(), "EPS"), ".eps", refused="is a PostScript drawing"),
    "EPS named .png": BadPicture(lambda: saved(noise(), "EPS"), ".png", refused="is a PostScript drawing"),
    "SVG": BadPicture(lambda: SVG, ".svg", refused="is an SVG drawing"),
    "PDF": BadPicture(lambda: saved(noise(), "PDF"), ".pdf", refused="is a PDF document"),
    "HEIC": BadPicture(lambda: b"\0\0\0\x18ftypheic" + bytes(99), ".heic", refused="is a HEIC photo"),
    "HEIC of an iPhone": BadPicture(lambda: b"\0\0\0\x24ftypmif1" + bytes(99), ".heic", refused="with: heif-convert"),
    "AVIF": BadPicture(lambda: saved(noise(), "AVIF"), ".avif"),
    "AVIF cut in half": BadPicture(lambda: half(saved(noise(), "AVIF")), ".avif", refused="amaged"),
    "JPEG XL": BadPicture(lambda: b"\xff\x0a" + bytes(99), ".jxl", refused="is a JPEG XL picture"),
    "JPEG 2000": BadPicture(lambda: saved(noise(), "JPEG2000"), ".jp2", refused="is a JPEG 2000 picture"),
    "DICOM": BadPicture(lambda: bytes(128) + b"DICM" + bytes(99), ".dcm", refused="is a DICOM file"),
    "raw of a Canon": BadPicture(lambda: b"\0\0\0\x18ftypcrx " + bytes(99), ".cr3", refused="is a camera's raw file"),
    "raw of a Fuji": BadPicture(lambda: b"FUJIFILMCCD-RAW 0201", ".raf", refused="is a camera's raw file"),
    "raw with a preview": BadPicture(lambda: tagged({254: 1, 330: 8}), ".nef", refused="is a camera's raw file"),
    "DNG": BadPicture(lambda: tagged({50706: b"\1\4\0\0"}), ".dng", refused="is a camera's raw file"),
    "raw of a Pentax": BadPicture(
        lambda: tiff(np.zeros((8, 9, 1), np.uint16), photometric=32803), ".pef", refused="is a camera's raw file"
    ),
    "JPEG XR": BadPicture(lambda: b"II\xbc\x01" + bytes(99), ".jxr", refused="is a JPEG XR picture"),
    "JPEG of 12 bits": BadPicture(jpeg12, ".jpg", refused="is a JPEG picture of 12 bits a channel"),
    "video named .jpg": BadPicture(lambda: b"\0\0\0\x18ftypisom" + bytes(99), ".jpg", refused="is a video"),
    "web page named .jpg": BadPicture(lambda: b"\n<!DOCTYPE html><html></html>", ".jpg", refused="is a web page"),
    "pointer of Git LFS": BadPicture(
        lambda: b"version https://git-lfs.github.com/spec/v1\nsize 9\n", ".png", refused="git lfs pull"
    ),
    "RGB and two bands": BadPicture(
        lambda: tiff(np.zeros((8, 9, 5), np.uint8), photometric=2, extra=True), ".tif", refused="has 5 bands"
    ),
    "TIFF of 13 bands": BadPicture(lambda: tiff(np.zeros((8, 9, 13), np.uint8)), ".tif", refused="has 13 bands"),
    "CMYK": BadPicture(lambda: saved(noise().convert("CMYK"), "JPEG"), ".jpg", note="CMYK colours: converted"),
    "Lab TIFF": BadPicture(lambda: saved(Image.new("LAB", (SIDE, SIDE)), "TIFF"), ".tiff", refused="has Lab colours"),
    "16-bit grey PNG": BadPicture(lambda: ramp16("PNG"), ".png", note="16 bits: scaled to 8"),
    "16-bit grey TIFF": BadPicture(lambda: ramp16("TIFF"), ".tiff", note="16 bits: scaled to 8"),
    "48-bit PNG": BadPicture(lambda: png48(ramp48()), ".png", note="16 bits: scaled to 8"),
    "48-bit TIFF": BadPicture(lambda: tiff(ramp48()), ".tif", note="16 bits: scaled to 8"),
    "32-bit TIFF": BadPicture(
        lambda: saved(Image.fromarray(np.arange(SIDE * SIDE, dtype=np.int32).reshape(SIDE, SIDE) * 70), "TIFF"),
        ".tiff",
        note="32 bits: scaled to 8",
    ),
    "PPM of 12 bits": BadPicture(
        lambda: b"P6 64 64 4095\n" + (ramp48() // 16).astype(">u2").tobytes(), ".ppm", note="12 bits: 8 of them"
    ),
    "float TIFF": BadPicture(
        lambda: tiff(np.linspace(-1, 1, SIDE * SIDE, dtype=np.float32).reshape(SIDE, SIDE, 1)),
        ".tiff",
        note="32 bits: scaled to 8",
    ),
    "float TIFF without a number": BadPicture(
        lambda: saved(Image.fromarray(np.full((SIDE, SIDE), np.nan, np.float32)), "TIFF"),
        ".tiff",
        refused="holds no number that is a brightness",
    ),
    "48-bit PNG of 100 megapixels": BadPicture(
        lambda: declared_png(10_000, 10_000, bits=16, kind=2), ".png", refused="at most 200,000,000 are read"
    ),
    "palette of 60 megapixels": BadPicture(
        lambda: saved(Image.new("P", (8_000, 7_500)), "PNG"), ".png", note="read at 1/2 of its sides"
    ),
    "1 bit of 60 megapixels": BadPicture(
        lambda: saved(Image.new("1", (8_000, 7_500)), "TIFF", compression="group4"), ".tif", note="read at 1/2"
    ),
    "1 bit": BadPicture(lambda: saved(noise().convert("1"), "PNG"), ".png"),
    "palette": BadPicture(lambda: saved(noise().convert("P"), "PNG"), ".png"),
    "palette with a clear colour": BadPicture(
        lambda: saved(noise(1).convert("P"), "PNG", transparency=7), ".png", note="transparent: laid on white"
    ),
    "transparency": BadPicture(lambda: saved(transparent(), "PNG"), ".png", note="transparent: laid on white"),
    "white on transparent": BadPicture(lambda: saved(white(), "PNG"), ".png", note="transparent: laid on black"),
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
