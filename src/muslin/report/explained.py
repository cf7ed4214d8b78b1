"""Draw why a classifier says what it says of one picture: the picture, the map over it, and the pictures most like it.

Legend: C channels, H x W pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps
from torch import Tensor

from muslin.look import LIGHT, lettered, png
from muslin.report.sheets import HEAT
from muslin.text import printable

__all__ = ["Explained", "draw_explained"]

TILE, GAP, MARGIN = 176, 16, 24  # pixels
TITLE_SIZE, NAME_SIZE, SMALL_SIZE = 20, 15, 13  # pixels
OPACITY = 0.75  # where there is most evidence
PIXELS_SEEN = 64  # sides up to which every pixel is shown as a square


@dataclass(frozen=True)
class Explained:
    """What is known of why one picture was answered as it was.

    Attributes:
        name: the picture's name.
        said: what was said of it, in words.
        label: the class whose evidence the map shows.
        picture: (C, H, W) uint8, as the model sees it.
        map: (H, W) float32 in [0, 1], more where there is more evidence.
        layer: what the map was taken from, in words.
        nearest: the training pictures most like it, each as (C, H, W) uint8, its class and its distance in the model's
            features; empty where they are not known.
        missing: why there are none; empty where there are some.
    """

    name: str
    said: str
    label: str
    picture: Tensor
    map: Tensor
    layer: str
    nearest: Sequence[tuple[Tensor, str, float]]
    missing: str = ""


def draw_explained(explained: Explained) -> bytes:
    """Draws the picture, the map laid over it, and the nearest training pictures beside each other; returns a PNG."""
    height, width = explained.picture.shape[1:]
    picture = as_image(explained.picture)
    tiles = [
        (picture, "as the model sees it", f"{width} x {height} pixels"),
        (heated(picture, explained.map), f"evidence for {printable(explained.label)}", explained.layer),
    ]
    for near, label, distance in explained.nearest:
        tiles.append((as_image(near), printable(label), f"trained on; distance {distance:.2f}"))
    top = MARGIN + TITLE_SIZE + NAME_SIZE + 2 * GAP
    foot = top + TILE + NAME_SIZE + SMALL_SIZE + 2 * GAP
    across = 2 * MARGIN + max(len(tiles), 4) * (TILE + GAP) - GAP
    lines = folded(explained.missing, across - 2 * MARGIN) if explained.missing else []
    sheet = Image.new("RGB", (across, foot + len(lines) * (SMALL_SIZE + 6) + MARGIN // 2), LIGHT.paper)
    draw = ImageDraw.Draw(sheet)
    write(draw, (MARGIN, MARGIN), printable(explained.said), across - 2 * MARGIN, TITLE_SIZE, LIGHT.ink, bold=True)
    name = printable(explained.name)
    write(draw, (MARGIN, MARGIN + TITLE_SIZE + 8), name, across - 2 * MARGIN, NAME_SIZE, LIGHT.faint)
    for column, (image, title, below) in enumerate(tiles):
        left = MARGIN + column * (TILE + GAP)
        sheet.paste(tile(image), (left, top))
        write(draw, (left, top + TILE + 6), title, TILE, NAME_SIZE, LIGHT.ink)
        write(draw, (left, top + TILE + NAME_SIZE + 14), below, TILE, SMALL_SIZE, LIGHT.faint)
    for number, line in enumerate(lines):
        write(draw, (MARGIN, foot + number * (SMALL_SIZE + 6)), line, across, SMALL_SIZE, LIGHT.faint)
    return png(sheet)


def as_image(pixels: Tensor) -> Image.Image:
    """Returns a (C, H, W) uint8 picture in colour."""
    array = pixels.permute(1, 2, 0).contiguous().numpy()
    return Image.fromarray(array[..., 0] if array.shape[2] == 1 else array).convert("RGB")


def heated(picture: Image.Image, evidence: Tensor) -> Image.Image:
    """Lays an (H, W) map in [0, 1] over a picture: the more evidence, the less is seen through it."""
    opacity = OPACITY * evidence.numpy()[..., None]  # (H, W, 1)
    mixed = (1 - opacity) * np.asarray(picture, np.float32) + opacity * np.array(HEAT, np.float32)
    return Image.fromarray(mixed.round().astype(np.uint8))


def tile(picture: Image.Image) -> Image.Image:
    """Fits a picture into a square without bending it."""
    way = Image.Resampling.NEAREST if max(picture.size) <= PIXELS_SEEN else Image.Resampling.LANCZOS
    return ImageOps.pad(picture, (TILE, TILE), way, color=LIGHT.mat)


def write(
    draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, width: int, size: int, colour: str, *, bold: bool = False
) -> None:
    """Writes a line of text, cut off where it is too wide."""
    text, file = lettered(text, bold=bold)
    font = font_of(size, file)
    if font.getlength(text) > width:
        while text and font.getlength(f"{text}…") > width:
            text = text[:-1]
        text = f"{text.rstrip()}…"
    draw.text(at, text, colour, font)


def folded(text: str, width: int) -> list[str]:
    """Folds a sentence between words into lines that are no wider than so many pixels."""
    lines, font = [""], font_of(SMALL_SIZE, lettered(text)[1])
    for word in printable(text).split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


@lru_cache
def font_of(size: int, file: Path) -> ImageFont.FreeTypeFont:
    """Returns a font of a size in pixels."""
    return ImageFont.truetype(file, size)
