"""A picture of a data set: a row a class, with some of its pictures."""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from muslin.data.check.contents import Contents, Scanned
from muslin.data.decoding.pictures import open_picture
from muslin.errors import PictureError
from muslin.look import LIGHT, lettered, png
from muslin.text import plural, printable

__all__ = ["draw_contact_sheet"]

COLUMNS = 10
MAX_ROWS = 40

TILE, GAP, MARGIN = 96, 6, 24  # pixels
NAME_WIDTH = 190  # pixels
TITLE_SIZE, NAME_SIZE, COUNT_SIZE = 22, 16, 13  # pixels


def draw_contact_sheet(contents: Contents, *, columns: int = COLUMNS, rows: int = MAX_ROWS) -> bytes:
    """Draws some pictures of each class beside its name and count; returns a PNG.

    Which pictures depends on their content alone. Damaged ones are crossed tiles at the end of their row.

    Args:
        contents: the data set; its files are read again.
        columns: pictures of a class, at most.
        rows: classes, at most; the sheet says how many more there are.
    """
    classes = contents.listing.classes
    members: dict[int, list[Scanned]] = defaultdict(list)
    for picture in contents.pictures:
        members[picture.entry.label].append(picture)
    columns = min(columns, max(map(len, members.values()), default=1))
    shown = min(len(classes), rows)
    header = MARGIN + TITLE_SIZE + COUNT_SIZE + 26
    footer = COUNT_SIZE + 16 if shown < len(classes) else 0
    width = 2 * MARGIN + NAME_WIDTH + columns * (TILE + GAP) - GAP
    sheet = Image.new("RGB", (width, header + shown * (TILE + GAP) - GAP + footer + MARGIN), LIGHT.paper)
    draw = ImageDraw.Draw(sheet)
    _write_title(draw, contents, width - 2 * MARGIN)
    for row in range(shown):
        top = header + row * (TILE + GAP)
        _write_name(draw, top, printable(classes[row]), members[row])
        for column, picture in enumerate(_choose(members[row], columns)):
            sheet.paste(_tile(picture), (MARGIN + NAME_WIDTH + column * (TILE + GAP), top))
    if footer:
        more = f"and {len(classes) - shown:,} more classes"
        draw.text((MARGIN, sheet.height - MARGIN), more, LIGHT.faint, _font(COUNT_SIZE), anchor="ls")
    return png(sheet)


def _choose(pictures: Sequence[Scanned], columns: int) -> list[Scanned]:
    """Chooses by the files' digests, which is as good as at random; damaged ones get up to a fifth of the row."""
    by_digest = sorted(pictures, key=lambda picture: (picture.sha256, str(picture.entry.path)))
    intact = [picture for picture in by_digest if not picture.problem]
    damaged = [picture for picture in by_digest if picture.problem]
    reserved = min(len(damaged), max(columns // 5, columns - len(intact)))
    return intact[: columns - reserved] + damaged[:reserved]


def _write_title(draw: ImageDraw.ImageDraw, contents: Contents, width: int) -> None:
    title = f"{len(contents.pictures):,} pictures, {len(contents.listing.classes):,} classes"
    parts = [f"{split} {sum(counts):,}" for split, counts in contents.counts.items() if split]
    if contents.damaged:
        parts.append(f"{len(contents.damaged):,} damaged (crossed)")
    name, file = lettered(contents.listing.name, bold=True)
    font = _font(TITLE_SIZE, file)
    draw.text((MARGIN, MARGIN), _shorten(name, width, font), LIGHT.ink, font)
    text = _shorten("  ·  ".join((title, *parts)), width, _font(COUNT_SIZE))
    draw.text((MARGIN, MARGIN + TITLE_SIZE + 8), text, LIGHT.faint, _font(COUNT_SIZE))


def _write_name(draw: ImageDraw.ImageDraw, top: int, name: str, pictures: Sequence[Scanned]) -> None:
    """Writes a class's name and count, in the middle of its row's height."""
    damaged = sum(bool(picture.problem) for picture in pictures)
    name, file = lettered(name)
    font = _font(NAME_SIZE, file)
    lines = [(line, LIGHT.ink, NAME_SIZE, font) for line in _fold(name, NAME_WIDTH - 2 * GAP, font)]
    lines.append((plural(len(pictures), "picture"), LIGHT.faint, COUNT_SIZE, _font(COUNT_SIZE)))
    if damaged:
        lines.append((f"{damaged:,} damaged", LIGHT.wrong, COUNT_SIZE, _font(COUNT_SIZE)))
    y = top + (TILE - sum(size + GAP for _, _, size, _ in lines)) // 2
    for text, colour, size, font in lines:
        draw.text((MARGIN, y + size), text, colour, font, anchor="ls")
        y += size + GAP


def _fold(text: str, width: int, font: ImageFont.FreeTypeFont) -> list[str]:
    """Folds a text into at most two lines, between words if possible; what is longer yet is cut off."""
    if font.getlength(text) <= width:
        return [text]
    room = len(_shorten(text, width, font)) - 1
    word_end = max(text.rfind(separator, 1, room + 1) for separator in " _-")
    end = word_end if word_end > 0 else room
    return [text[:end], _shorten(text[end:].lstrip(" _-"), width, font)]


def _shorten(text: str, width: int, font: ImageFont.FreeTypeFont) -> str:
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _tile(picture: Scanned) -> Image.Image:
    """Fits a picture into a square without bending it; pixels of small ones stay visible as squares."""
    tile = Image.new("RGB", (TILE, TILE), LIGHT.mat)
    try:
        if picture.problem:
            raise PictureError(picture.problem)
        image, _ = open_picture(picture.entry.path)
    except PictureError:  # then or meanwhile
        draw = ImageDraw.Draw(tile)
        corner = TILE - 1
        for line in ((0, 0, corner, corner), (0, corner, corner, 0)):
            draw.line(line, LIGHT.wrong, 3)
        draw.rectangle((0, 0, corner, corner), outline=LIGHT.wrong, width=3)
        return tile
    way = Image.Resampling.NEAREST if max(image.size) <= TILE // 2 else Image.Resampling.LANCZOS
    fitted = ImageOps.contain(image.convert("RGB"), (TILE, TILE), way)
    tile.paste(fitted, ((TILE - fitted.width) // 2, (TILE - fitted.height) // 2))
    return tile


@lru_cache
def _font(size: int, file: Path | None = None) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file or lettered("")[1], size)
