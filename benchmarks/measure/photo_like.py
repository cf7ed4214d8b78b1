"""Draw pictures like photographs, of classes that are hard to tell: for measurements that must know the truth.

Each shows one object, of a class's outline, before a crowded ground: turned, lit from a side, in part hidden, out of
focus, noisy, saved as JPEG. Its colour and texture only hint at the class, for those of the classes overlap.
"""

import io
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

__all__ = ["CLASSES", "draw_photo", "write_photos"]

SIDE = 128  # pixels
Outline = list[tuple[float, float]]


def polar(radius: Callable[[float], float]) -> Outline:
    """Returns an outline by its distance from the centre in each direction, at most 1."""
    angles = [2 * math.pi * step / 120 for step in range(120)]
    return [(radius(angle) * math.cos(angle), radius(angle) * math.sin(angle)) for angle in angles]


OUTLINES: dict[str, Outline] = {
    "starfish": polar(lambda angle: 0.62 + 0.38 * math.cos(5 * angle)),
    "daisy": polar(lambda angle: 0.82 + 0.18 * math.cos(9 * angle)),
    "clover": polar(lambda angle: 0.55 + 0.45 * math.cos(3 * angle)),
    "egg": polar(lambda angle: 0.72 + 0.22 * math.cos(angle) ** 3),
    "box": [(-0.9, -0.6), (0.9, -0.6), (0.9, 0.6), (-0.9, 0.6)],
    "arrowhead": [(1, 0), (-0.8, 0.8), (-0.3, 0), (-0.8, -0.8)],
    "bottle": [
        (-0.35, 1),
        (0.35, 1),
        (0.35, -0.2),
        (0.14, -0.5),
        (0.14, -1),
        (-0.14, -1),
        (-0.14, -0.5),
        (-0.35, -0.2),
    ],
    "mug": [(-0.6, -0.7), (0.4, -0.7), (0.4, -0.4), (0.9, -0.4), (0.9, 0.4), (0.4, 0.4), (0.4, 0.7), (-0.6, 0.7)],
}
CLASSES = tuple(sorted(OUTLINES))


def draw_photo(label: int, seed: int) -> Image.Image:
    """Draws a picture of class `label` in 0 .. 7, 128 x 128 in colour; the same for the same seed."""
    generator = np.random.default_rng((seed, label))
    picture = _blend(_clouds(generator, 5), _clouds(generator, 32), generator.uniform(0.2, 0.5))
    for _ in range(generator.integers(2, 6)):  # what else lies around
        picture.paste(_colour(generator, generator.uniform()), mask=_mask(_blob(generator), generator, 0.08, 0.2))
    mask = _mask(OUTLINES[CLASSES[label]], generator, 0.24, 0.42)
    picture.paste(_surface(label, generator), mask=mask)
    for _ in range(generator.integers(0, 3)):  # what stands before it
        picture.paste(_colour(generator, generator.uniform()), mask=_mask(_blob(generator), generator, 0.05, 0.11))
    picture = picture.filter(ImageFilter.GaussianBlur(generator.uniform(0, 1.6)))
    light = np.linspace(*generator.uniform(0.6, 1.3, 2), SIDE)[:, None, None]
    noise = generator.normal(0, generator.uniform(2, 14), (SIDE, SIDE, 3))
    return Image.fromarray((np.asarray(picture) * light + noise).clip(0, 255).astype(np.uint8))


def write_photos(root: Path, count: int, seed: int = 0) -> list[tuple[Path, int]]:
    """Writes `count` pictures as JPEG below `root`, a folder a class; returns the files with their classes."""
    files = []
    for number in range(count):
        label = number % len(CLASSES)
        path = root / CLASSES[label] / f"{number:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        buffer = io.BytesIO()
        draw_photo(label, seed * 1_000_003 + number).save(buffer, "JPEG", quality=85)
        path.write_bytes(buffer.getvalue())
        files.append((path, label))
    return files


def _clouds(generator: np.random.Generator, cells: int) -> Image.Image:
    """Returns blotches of any colours, `cells` along each side."""
    dots = generator.integers(0, 256, (cells, cells, 3), np.uint8)
    return Image.fromarray(dots).resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def _blend(one: Image.Image, other: Image.Image, share: float) -> Image.Image:
    return Image.blend(one, other, share)


def _colour(generator: np.random.Generator, hue: float) -> tuple[int, ...]:
    values = hue % 1 * 255, generator.integers(60, 256), generator.integers(70, 256)
    return Image.new("HSV", (1, 1), tuple(map(int, values))).convert("RGB").getpixel((0, 0))  # type: ignore[return-value]


def _surface(label: int, generator: np.random.Generator) -> Image.Image:
    """Returns stripes in two colours; hue and width lie around those of the class, as wide apart as the classes are."""
    hue = label / len(CLASSES) + generator.normal(0, 0.12)
    across, along = np.mgrid[:SIDE, :SIDE]
    turn = generator.uniform(0, math.pi)
    width = 5 + 2 * (label % 4) + generator.normal(0, 2)  # pixels
    wave = np.sin((across * math.cos(turn) + along * math.sin(turn)) * 2 * math.pi / max(3, width))
    stripes = Image.fromarray(np.where(wave > 0, 255, 0).astype(np.uint8))
    one = Image.new("RGB", (SIDE, SIDE), _colour(generator, hue))
    one.paste(_colour(generator, hue + generator.normal(0, 0.05)), mask=stripes)
    return _blend(one, _clouds(generator, 24), generator.uniform(0, 0.3))


def _blob(generator: np.random.Generator) -> Outline:
    waves, depth = generator.integers(2, 5), generator.uniform(0.1, 0.4)
    return polar(lambda angle: 1 - depth + depth * math.cos(waves * angle))


def _mask(outline: Outline, generator: np.random.Generator, least: float, most: float) -> Image.Image:
    """Returns where an outline lies, turned, stretched and moved, its size a share of the picture's side."""
    size = generator.uniform(least, most) * SIDE
    turn, stretch = generator.normal(0, 0.5), generator.uniform(0.75, 1.25)
    middle = SIDE / 2 + generator.normal(0, SIDE / 9, 2)
    points = [
        (
            middle[0] + size * (x * stretch * math.cos(turn) - y * math.sin(turn)),
            middle[1] + size * (x * stretch * math.sin(turn) + y * math.cos(turn)),
        )
        for x, y in outline
    ]
    mask = Image.new("L", (SIDE, SIDE))
    ImageDraw.Draw(mask).polygon(points, fill=255)
    return mask
