"""Kinds of files that people take for pictures and that are not read: what they are, and how to turn them into some.

Told by their first bytes, whatever they are called.
"""

import io
from typing import Any

from PIL import Image, TiffImagePlugin, features

__all__ = ["FORMATS", "kind_of", "other_tiff"]

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM", *(["AVIF"] if features.check("avif") else []))

MAGICK = "convert it, as with: magick FILE FILE.png"
EXPORT = "export it as JPEG or TIFF from the program that develops it"
PLAIN = "save it as PNG or JPEG"
HEIF, AVIF = b"heic heix heim heis hevc hevx mif1 msf1 heif".split(), b"avif avis".split()  # brands of ISO media files
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
    (0, b"FUJIFILMCCD-RAW", "is a camera's raw file", EXPORT),
    (0, b"IIRO", "is a camera's raw file", EXPORT),
    (0, b"IIRS", "is a camera's raw file", EXPORT),
    (0, b"MMOR", "is a camera's raw file", EXPORT),
    (0, b"IIU\0", "is a camera's raw file", EXPORT),
    (4, b"ftypcrx ", "is a camera's raw file", EXPORT),
    (0, b"FOVb", "is a camera's raw file", EXPORT),
    (0, b"\x93NUMPY", "is a NumPy array", "give a .npz file with labels, or " + PLAIN),
    (0, b"\x89HDF\r\n", "is an HDF5 file", PLAIN),
    (0, b"PK", "is a ZIP archive", "unpack it"),
    (0, b"\x1f\x8b", "is a gzip archive", "unpack it"),
    (0, b"SIMPLE  =", "is a FITS file", MAGICK),
    (0, b"v/1\x01", "is an OpenEXR picture", MAGICK),
    (0, b"#?RADIANCE", "is a Radiance picture", MAGICK),
    (0, b"DDS ", "is a DirectDraw surface", MAGICK),
)
CR2 = slice(8, 10), b"CR"
NEW_SUBFILE_TYPE, SAMPLES, SUB_IFDS, DNG_VERSION, PHOTOMETRIC = 254, 277, 330, 50706, 262  # TIFF 6.0 and DNG 1.6
COLOUR_FILTER, LINEAR_RAW = 32803, 34892  # photometric interpretations of raw files
REDUCED = 1
MOST_BANDS = 4


def kind_of(content: bytes) -> tuple[str, str]:
    """Returns what a file is that Pillow does not know, and what to do.

    >>> kind_of(b"%PDF-1.7")
    ('is a PDF document', 'save it as PNG or JPEG')
    """
    if not content:
        return "is empty (0 bytes)", PLAIN
    if content[4:8] == b"ftyp" and content[8:12] in HEIF:
        return "is a HEIC photo", "convert it, as with: heif-convert FILE FILE.jpg"
    if content[4:8] == b"ftyp" and content[8:12] in AVIF and "AVIF" not in FORMATS:
        return "is an AVIF picture", f"install a Pillow that reads AVIF (11.3 and newer), or {MAGICK}"
    for start, signature, kind, remedy in KINDS:
        if content[start : start + len(signature)] == signature:
            return kind, remedy
    if b"<svg" in content[:1000]:
        return "is an SVG drawing", PLAIN
    if content[:4] in (b"II*\0", b"MM\0*") and (bands := _bands(content)) > MOST_BANDS:
        return f"has {bands} bands", "1, 3 or 4 can be read: save three of them as an RGB picture"
    return "is damaged at its start, or not a picture", PLAIN


def other_tiff(image: Image.Image, content: bytes) -> tuple[str, str] | None:
    """Returns what a file is that has a TIFF picture's form but only a preview's pixels; None for any other."""
    if image.format != "TIFF":
        return None
    tags: Any = getattr(image, "tag_v2", {})
    is_preview = bool(int(tags.get(NEW_SUBFILE_TYPE, 0)) & REDUCED) and SUB_IFDS in tags
    is_raw = DNG_VERSION in tags or tags.get(PHOTOMETRIC) in (COLOUR_FILTER, LINEAR_RAW) or content[CR2[0]] == CR2[1]
    return ("is a camera's raw file", EXPORT) if is_raw or is_preview else None


def _bands(content: bytes) -> int:
    """Returns how many values each pixel of a TIFF file has; 0 where that cannot be read."""
    try:
        tags = TiffImagePlugin.ImageFileDirectory_v2(content[:8])
        stream = io.BytesIO(content)
        stream.seek(tags.next)
        tags.load(stream)
        return int(tags.get(SAMPLES, 1))
    except Exception:  # Pillow raises anything at all on damaged bytes
        return 0
