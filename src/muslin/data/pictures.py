"""Read a picture file of any kind and size as a model needs it.

Legend: C channels, H x W pixels.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from muslin.data.images import DataSpec
from muslin.errors import PictureError

__all__ = ["Contrast", "fit_to_spec", "open_picture"]

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")
MAX_PIXELS = 50_000_000
BORDER = 0.1  # of the shorter side, on each side


@dataclass(frozen=True)
class Contrast:
    """How pictures' middles stand out from their borders.

    Attributes:
        border: mean brightness of the outer tenth, in [0, 1].
        middle: mean brightness of the rest, in [0, 1].
    """

    border: float
    middle: float

    @classmethod
    def of(cls, images: Tensor) -> "Contrast":
        """Measures (..., H, W) uint8 pictures."""
        height, width = images.shape[-2:]
        edge = max(1, round(BORDER * min(height, width)))
        inside = torch.zeros(height, width, dtype=torch.bool, device=images.device)
        inside[edge : height - edge, edge : width - edge] = True
        brightness = images.reshape(-1, height, width).float().mean(0) / 255  # (H, W)
        middle = brightness[inside].mean() if inside.any() else brightness.mean()
        return cls(float(brightness[~inside].mean()), float(middle))

    def is_opposite_of(self, image: Tensor) -> bool:
        """Tells whether a (C, H, W) picture clearly has light and dark exchanged."""
        usual, here = self.middle - self.border, Contrast.of(image)
        return abs(usual) > 0.1 and abs(here.middle - here.border) > 0.1 and usual * (here.middle - here.border) < 0


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
        if (
            source.dtype != np.uint8
            or source.ndim not in (2, 3)
            or 0 in source.shape
            or (source.ndim == 3 and source.shape[2] != 3)
        ):
            raise PictureError(f"array of {source.dtype} {source.shape}; (H, W) or (H, W, 3) uint8 is needed")
        return Image.fromarray(source), ()
    if isinstance(source, Image.Image):
        return _plain(source, "the picture")
    path = Path(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # MAX_PIXELS is stricter
            with Image.open(path, formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise PictureError(
                        f"{path} has {image.width} x {image.height} pixels; at most {MAX_PIXELS:,} are read"
                    )
                image.load()
                return _plain(image, str(path))
    except FileNotFoundError as error:
        raise PictureError(f"no picture at {path}") from error
    except IsADirectoryError as error:
        raise PictureError(f"{path} is a folder; name the picture files in it") from error
    except UnidentifiedImageError as error:
        raise PictureError(f"{path} is not a picture of a kind that is read: {', '.join(FORMATS)}") from error
    except Image.DecompressionBombError as error:
        raise PictureError(f"{path} has too many pixels; at most {MAX_PIXELS:,} are read") from error
    except (OSError, SyntaxError, ValueError) as error:  # Pillow raises SyntaxError for a broken PNG chunk
        raise PictureError(f"cannot read {path}: {error}; is the file damaged?") from error


def _plain(image: Image.Image, name: str) -> tuple[Image.Image, tuple[str, ...]]:
    notes: tuple[str, ...] = ()
    if getattr(image, "n_frames", 1) > 1:
        notes = ("is animated: its first frame was used",)
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):  # 16 bits: Pillow's own conversion would clip nearly all to white
        wide = np.asarray(image, np.float64)
        if wide.min() < 0 or wide.max() > 65535:
            raise PictureError(f"{name} has brightness from {wide.min():g} to {wide.max():g}; 0 to 65535 is read")
        return Image.fromarray((wide / 257).round().astype(np.uint8)), (*notes, "has 16 bits: scaled to 8")
    if image.mode == "F":
        raise PictureError(f"{name} holds floating-point numbers; save it with 8 or 16 bits a channel")
    if "A" in image.mode or "transparency" in image.info:
        image = image.convert("RGBA")
        background = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(background, image)
        notes = (*notes, "is transparent: laid on white")
    return image.convert("L" if image.mode in ("1", "L") else "RGB"), notes


def fit_to_spec(image: Image.Image, spec: DataSpec) -> Tensor:
    """Brings a picture to the size and channels that a model was trained on, without bending its shape.

    A picture of other proportions is padded with its border's median colour first.

    Returns:
        (C, H, W) uint8.
    """
    image = image.convert("L" if spec.channels == 1 else "RGB")
    wanted = spec.width / spec.height
    width = max(image.width, round(image.height * wanted))
    height = max(image.height, round(image.width / wanted))
    if (width, height) != image.size:
        image = ImageOps.pad(image, (width, height), color=_border_colour(image))
    if image.size != (spec.width, spec.height):
        image = image.resize((spec.width, spec.height), Image.Resampling.LANCZOS)
    pixels = torch.from_numpy(np.array(image, np.uint8))
    return pixels[None] if spec.channels == 1 else pixels.permute(2, 0, 1).contiguous()


def _border_colour(image: Image.Image) -> int | tuple[int, ...]:
    pixels = np.asarray(image)
    edges = [pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]
    colour = np.median(np.concatenate(edges), axis=0)
    return int(colour) if colour.ndim == 0 else tuple(int(c) for c in colour)
