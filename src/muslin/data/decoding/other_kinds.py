"""Kinds of files that people take for pictures and that are not read: what they are, and how to turn them into some.

Told by their first bytes, whatever they are called.
"""

import io
from typing import Any

from PIL import Image, TiffImagePlugin, features

__all__ = ["DAMAGED", "EMPTY", "FORMATS", "kind_of", "other_tiff"]

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM", *(["AVIF"] if features.check("avif") else []))

MAGICK = "convert it, as with: magick FILE FILE.png"
EXPORT = "export it as JPEG or TIFF from the program that develops it"
PLAIN = "save it as PNG or JPEG"
FRAMES = "save frames of it as PNG or JPEG, as with: ffmpeg -i FILE frame%04d.png"
EMPTY, DAMAGED = "is empty (0 bytes)", "is damaged at its start, or not a picture"
HEIF, AVIF = b"heic heix heim heis hevc hevx mif1 msf1 heif".split(), b"avif avis".split()  # brands of ISO media files
RAW = "is a camera's raw file", EXPORT
RAW_STARTS = (
    b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb", b"\0MRM", b"II\x1a\0\0\0HEAPCCDR", b"IIII",
)  # fmt: skip
KINDS: tuple[tuple[int, bytes, str, str], ...] = (  # where to look, what is there, what that is, what to do
    (0, b"%!PS", "is a PostScript drawing", PLAIN),
    (0, b"\xc5\xd0\xd3\xc6", "is a PostScript drawing", PLAIN),
    (0, b"%PDF", "is a PDF document", PLAIN),
    (0, b"8BPS", "is a Photoshop document", PLAIN),
    (0, b"\xff\x0a", "is a JPEG XL picture", "convert it, as with: djxl FILE FILE.png"),
    (0, b"\0\0\0\x0cJXL ", "is a JPEG XL picture", "convert it, as with: djxl FILE FILE.png"),
    (0, b"\0\0\0\x0cjP  ", "is a JPEG 2000 picture", "convert it, as with: opj_decompress -i FILE -o FILE.png"),
    (0, b"\xff\x4f\xff\x51", "is a JPEG 2000 picture", "convert it, as with: opj_decompress -i FILE -o FILE.png"),
    (128, b"DICM", "is a DICOM file", "convert it, as with: dcm2img FILE FILE.png"),
    *((0, start, *RAW) for start in RAW_STARTS),
    (4, b"ftypcrx ", *RAW),
    (0, b"II\xbc\x01", "is a JPEG XR picture", "convert it, as with: JxrDecApp -i FILE -o FILE.tif"),
    (0, b"\0\0\x01\0", "is an icon", MAGICK),
    (0, b"gimp xcf", "is a GIMP document", MAGICK),
    *((4, b"ftyp" + brand, "is a video", FRAMES) for brand in (b"iso", b"mp4", b"qt", b"M4V", b"avc1", b"3g", b"MSNV")),
    (4, b"moov", "is a video", FRAMES),
    (0, b"\x1aE\xdf\xa3", "is a video", FRAMES),
    (8, b"AVI LIST", "is a video", FRAMES),
    (344, b"n+1\0", "is a NIfTI volume", "save its slices as 16-bit PNG"),
    (0, b"\x93NUMPY", "is a NumPy array", "give a .npz file with labels, or " + PLAIN),
    (0, b"\x89HDF\r\n", "is an HDF5 file", PLAIN),
    (0, b"PK", "is a ZIP archive", "unpack it"),
    (0, b"\x1f\x8b", "is a gzip archive", "unpack it"),
    (0, b"SIMPLE  =", "is a FITS file", MAGICK),
    (0, b"v/1\x01", "is an OpenEXR picture", MAGICK),
    (0, b"#?RADIANCE", "is a Radiance picture", MAGICK),
    (0, b"DDS ", "is a DirectDraw surface", MAGICK),
    (0, b"version https://git-lfs", "is a pointer of Git LFS, not the file itself", "fetch it with: git lfs pull"),
)
CR2 = slice(8, 10), b"CR"
NEW_SUBFILE_TYPE, SAMPLES, SUB_IFDS, DNG_VERSION, PHOTOMETRIC = 254, 277, 330, 50706, 262  # TIFF 6.0 and DNG 1.6
RAW_PIXELS = 32803, 34892  # photometric interpretations of raw files: a colour filter's, and linear ones
REDUCED = 1  # a bit of the new subfile type
MOST_BANDS = 4  # with transparency; one more where the colours are inks
SEPARATED = 5  # the photometric interpretation of CMYK
TIFF_STARTS = b"II*\0", b"MM\0*"
FRAME_HEADERS = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # JPEG markers that state the bits of a value (T.81, B.1.1.3)


def kind_of(content: bytes) -> tuple[str, str]:
    """Returns what a file is that Pillow does not know, and what to do.

    >>> kind_of(b"%PDF-1.7")
    ('is a PDF document', 'save it as PNG or JPEG')
    """
    if not content:
        return EMPTY, PLAIN
    if content[4:8] == b"ftyp" and content[8:12] in HEIF:
        return "is a HEIC photo", "convert it, as with: heif-convert FILE FILE.jpg"
    if content[4:8] == b"ftyp" and content[8:12] in AVIF and "AVIF" not in FORMATS:
        return "is an AVIF picture", f"install a Pillow that reads AVIF (11.3 and newer), or {MAGICK}"
    for start, signature, kind, remedy in KINDS:
        if content[start : start + len(signature)] == signature:
            return kind, remedy
    words = content[:1000].lower()
    if b"<svg" in words:
        return "is an SVG drawing", PLAIN
    if b"<!doctype html" in words or b"<html" in words:
        return "is a web page, as servers send in place of a picture", "fetch the picture again"
    if content.startswith(b"\xff\xd8") and (bits := _jpeg_bits(content)) > 8:
        return f"is a JPEG picture of {bits} bits a channel", f"only 8 can be read: {MAGICK}"
    if content[:4] in TIFF_STARTS and (other := _other_tags(_tags(content), content)):
        return other
    return DAMAGED, PLAIN


def other_tiff(image: Image.Image, content: bytes) -> tuple[str, str] | None:
    """Returns what a file is that has a TIFF picture's form, but of whose pixels Pillow takes too few; else None."""
    if image.format != "TIFF":
        return None
    return _other_tags(getattr(image, "tag_v2", {}), content)


def _other_tags(tags: Any, content: bytes) -> tuple[str, str] | None:
    """Returns what a file with a TIFF picture's form is, by its first directory; None where that is a picture."""
    is_raw = DNG_VERSION in tags or _number(tags, PHOTOMETRIC) in RAW_PIXELS or content[CR2[0]] == CR2[1]
    if is_raw or _is_preview(tags, content):
        return RAW
    bands = _number(tags, SAMPLES)
    if bands > MOST_BANDS + (_number(tags, PHOTOMETRIC) == SEPARATED):
        return f"has {bands} bands", "1, 3 or 4 can be read: save three of them as an RGB picture"
    return None


def _is_preview(tags: Any, content: bytes) -> bool:
    """Whether the first directory of a TIFF file is a raw file's preview, the raw pixels being in one below it."""
    if SUB_IFDS not in tags:
        return False
    below = tags.get(SUB_IFDS)
    places = below if isinstance(below, tuple) else (below,)
    is_reduced = bool(_number(tags, NEW_SUBFILE_TYPE) & REDUCED)
    return is_reduced or any(_number(_tags(content, place), PHOTOMETRIC) in RAW_PIXELS for place in places)


def _tags(content: bytes, place: int | None = None) -> Any:
    """Returns a directory of a TIFF file, by default the first; an empty one where it cannot be read."""
    try:
        tags = TiffImagePlugin.ImageFileDirectory_v2(content[:8])
        stream = io.BytesIO(content)
        stream.seek(tags.next if place is None else place)
        tags.load(stream)
        return dict(tags)
    except Exception:  # Pillow raises anything at all on damaged bytes
        return {}


def _number(tags: Any, tag: int) -> int:
    """Returns a tag's number; 0 where there is none."""
    value = tags.get(tag)
    return value if isinstance(value, int) else 0


def _jpeg_bits(content: bytes) -> int:
    """Returns the bits of each value in a JPEG file; 0 where that cannot be read."""
    at = 2
    while at + 4 < len(content) and content[at] == 0xFF:
        if content[at + 1] in FRAME_HEADERS:
            return content[at + 4]
        at += 2 + int.from_bytes(content[at + 2 : at + 4])
    return 0
