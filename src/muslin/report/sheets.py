"""Many small pictures in one: sheets of which a page shows a part at a time.

Legend: T pictures, C channels, H x W pixels.
"""

import io
import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from muslin.web.page import data_uri

__all__ = ["LONGEST", "Sheet", "map_sheet", "picture_sheet"]

LONGEST = 64  # pixels of a side: larger pictures are made smaller
SMALL = 32  # pixels of a side up to which every pixel counts, and is kept as it is
QUALITY = 80  # of larger ones, as WebP
LEVELS = 16  # of a map
HEAT = (255, 90, 0)


@dataclass(frozen=True)
class Sheet:
    """A sheet of equal pictures, row by row.

    Attributes:
        uri: the sheet itself, as a `data:` URI.
        columns: pictures in a row.
        width: of one picture, in pixels.
        height: of one picture, in pixels.
        rows: rows of pictures.
    """

    uri: str
    columns: int
    rows: int
    width: int
    height: int

    def place(self, number: int) -> tuple[int, int]:
        """Returns the column and the row of a picture, from 0."""
        return number % self.columns, number // self.columns


def picture_sheet(pictures: Tensor, longest: int = LONGEST) -> Sheet:
    """Returns a sheet of (T, C, H, W) uint8 pictures of one or three channels; small ones are kept to the bit.

    Args:
        pictures: T >= 1.
        longest: pixels of a side, to which larger ones are made smaller.
    """
    pictures = smaller(pictures, longest)
    _, _, height, width = pictures.shape
    columns, canvas = laid_out(pictures)  # (C, rows H, columns W)
    image = Image.fromarray(canvas[0].numpy() if len(canvas) == 1 else canvas.permute(1, 2, 0).contiguous().numpy())
    buffer = io.BytesIO()
    if max(height, width) <= SMALL:
        image.save(buffer, "PNG")
        kind = "image/png"
    else:
        image.save(buffer, "WEBP", quality=QUALITY)
        kind = "image/webp"
    return Sheet(data_uri(buffer.getvalue(), kind), columns, canvas.shape[1] // height, width, height)


def map_sheet(maps: Tensor) -> Sheet:
    """Returns a sheet of (T, H, W) maps in [0, 1], to be laid over pictures: the more, the less transparent."""
    levels = (smaller((255 * maps[:, None]).round().byte()).float() / 255 * (LEVELS - 1)).round().byte()
    _, _, height, width = levels.shape
    columns, canvas = laid_out(levels)
    image = Image.fromarray(canvas[0].numpy(), "P")
    image.putpalette(HEAT * LEVELS)
    buffer = io.BytesIO()
    opacity = bytes(round(200 * level / (LEVELS - 1)) for level in range(LEVELS))
    image.save(buffer, "PNG", optimize=True, transparency=opacity)
    return Sheet(data_uri(buffer.getvalue(), "image/png"), columns, canvas.shape[1] // height, width, height)


def smaller(pictures: Tensor, longest: int = LONGEST) -> Tensor:
    """Returns (T, C, H, W) uint8 pictures with no side longer than so many pixels."""
    height, width = pictures.shape[2:]
    scale = longest / max(height, width)
    if scale >= 1:
        return pictures
    size = max(1, round(scale * height)), max(1, round(scale * width))
    return F.interpolate(pictures.float(), size, mode="bilinear", antialias=True).round().byte()


def laid_out(pictures: Tensor) -> tuple[int, Tensor]:
    """Returns how many columns a sheet has, and the (C, rows H, columns W) sheet, square more or less."""
    count, channels, height, width = pictures.shape
    columns = max(1, math.ceil(math.sqrt(count * height / width)))
    rows = -(-count // columns)
    padded = torch.cat([pictures, pictures.new_zeros(rows * columns - count, channels, height, width)])
    grid = padded.view(rows, columns, channels, height, width).permute(2, 0, 3, 1, 4)
    return columns, torch.from_numpy(np.ascontiguousarray(grid)).view(channels, rows * height, columns * width)
