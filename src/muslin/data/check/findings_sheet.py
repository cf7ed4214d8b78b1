"""A picture of what the data doctor found: the gravest findings of each kind, each with its picture and what is said.

Legend: N pictures, C channels, H x W pixels.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps
from torch import Tensor

from muslin.data.check.doctor import Findings, Kind, PictureFinding
from muslin.data.check.same_pictures import pixels_of
from muslin.look import LIGHT, lettered, png
from muslin.text import plural, printable

__all__ = ["draw_findings"]

TITLES: dict[Kind, tuple[str, str]] = {  # of one and of several
    "label": ("label that is probably wrong", "labels that are probably wrong"),
    "copy": ("picture that is there twice", "pictures that are there twice"),
    "near": ("picture that looks like another", "pictures that look like another"),
    "outlier": ("picture unlike all others", "pictures unlike all others"),
    "ambiguous": ("picture between two classes", "pictures between two classes"),
}
TWINS: dict[Kind, str] = {"copy": "its copy", "near": "its lookalike"}
COLUMNS = 8
MOST = {"label": 48, "copy": 8, "near": 8, "outlier": 16, "ambiguous": 16}
TILE, GAP, MARGIN = 104, 14, 24  # pixels
TITLE_SIZE, HEAD_SIZE, TEXT_SIZE = 22, 16, 12  # pixels
LINE = TEXT_SIZE + 3
LINES = 3  # below each picture
HEIGHT = TILE + 6 + LINES * LINE + GAP
WIDTH = 2 * MARGIN + COLUMNS * (TILE + GAP) - GAP


def draw_findings(findings: Findings, images: Tensor, row_of: Mapping[str, int]) -> bytes:
    """Draws the gravest findings of each kind; returns a PNG.

    Args:
        findings: what was found.
        images: (N, C, H, W) uint8.
        row_of: the row of each picture, by its name.
    """
    shown = {kind: findings.of(kind)[: MOST[kind]] for kind in TITLES}
    shown = {kind: some for kind, some in shown.items() if some}
    header = MARGIN + TITLE_SIZE + TEXT_SIZE + 30
    heights = [HEAD_SIZE + 16 + -(-len(_tiles(some)) // COLUMNS) * HEIGHT + GAP for some in shown.values()]
    sheet = Image.new("RGB", (WIDTH, header + (sum(heights) or HEAD_SIZE) + MARGIN), LIGHT.paper)
    draw = ImageDraw.Draw(sheet)
    _write(draw, (MARGIN, MARGIN), findings.data, TITLE_SIZE, LIGHT.ink, WIDTH - 2 * MARGIN, bold=True)
    total = plural(sum(findings.pictures.values()), "picture")
    summary = f"{total}, each judged by a model that was trained on others"
    _write(draw, (MARGIN, MARGIN + TITLE_SIZE + 10), summary, TEXT_SIZE, LIGHT.faint, WIDTH - 2 * MARGIN)
    if not shown:
        _write(draw, (MARGIN, header), "Nothing was found.", HEAD_SIZE, LIGHT.ink, WIDTH - 2 * MARGIN)
    top = header
    for (kind, some), height in zip(shown.items(), heights, strict=True):
        count = findings.counts[kind]
        more = f" (the first {len(some):,} are shown)" if len(some) < count else ""
        title = f"{count:,} {TITLES[kind][count != 1]}{more}"
        _write(draw, (MARGIN, top), title, HEAD_SIZE, LIGHT.ink, WIDTH - 2 * MARGIN, bold=True)
        for number, (name, lines) in enumerate(_tiles(some)):
            row, column = divmod(number, COLUMNS)
            x, y = MARGIN + column * (TILE + GAP), top + HEAD_SIZE + 16 + row * HEIGHT
            sheet.paste(_tile(images[row_of[name]]), (x, y))
            for place, (text, colour) in enumerate(lines):
                _write(draw, (x, y + TILE + 6 + place * LINE), text, TEXT_SIZE, colour, TILE)
        top += height
    return png(sheet)


Lines = list[tuple[str, str]]  # text and colour


def _tiles(findings: Sequence[PictureFinding]) -> list[tuple[str, Lines]]:
    """Returns the pictures to show, by their names, and what is to be said of each."""
    tiles: list[tuple[str, Lines]] = []
    for one in findings:
        name, label, likely = Path(one.name).name, one.label, one.likely
        match one.kind:
            case "label":
                lines = [(f"is {likely}?", LIGHT.wrong), (f"labelled {label}", LIGHT.ink), (name, LIGHT.faint)]
            case "ambiguous":
                lines = [(label, LIGHT.ink), (f"or {likely}?", LIGHT.right), (name, LIGHT.faint)]
            case "outlier":
                far = f"{one.score:.1f} times as far"
                lines = [(label, LIGHT.ink), (far, LIGHT.right), (name, LIGHT.faint)]
            case _:
                lines = [(label, LIGHT.ink), (one.split, LIGHT.right), (name, LIGHT.faint)]
        tiles.append((one.name, lines))
        if one.like:
            what, colour = TWINS[one.kind], LIGHT.wrong if likely else LIGHT.ink
            lines = [(likely or label, colour), (what, LIGHT.right), (Path(one.like).name, LIGHT.faint)]
            tiles.append((one.like, lines))
    return tiles


def _write(
    draw: ImageDraw.ImageDraw,
    place: tuple[int, int],
    text: str,
    size: int,
    colour: str,
    width: int,
    *,
    bold: bool = False,
) -> None:
    written, file = lettered(printable(text), bold=bold)
    font = _font(size, file)
    if font.getlength(written) > width:
        while written and font.getlength(written + "…") > width:
            written = written[:-1]
        written = written.rstrip() + "…"
    draw.text(place, written, colour, font)


def _tile(pixels: Tensor) -> Image.Image:
    """Fits a (C, H, W) picture into a square without bending it; pixels of small ones stay visible as squares."""
    image = Image.fromarray(pixels_of(pixels))
    tile = Image.new("RGB", (TILE, TILE), LIGHT.mat)
    way = Image.Resampling.NEAREST if max(image.size) <= TILE // 2 else Image.Resampling.LANCZOS
    fitted = ImageOps.contain(image.convert("RGB"), (TILE, TILE), way)
    tile.paste(fitted, ((TILE - fitted.width) // 2, (TILE - fitted.height) // 2))
    return tile


@lru_cache
def _font(size: int, file: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, size)
