"""How everything that Muslin draws looks: one palette for light and dark paper, one style of figure, one writer of PNG.

Contrast as WCAG 2.2 asks for: 4.5:1 for text, 3:1 for graphics. The series are told apart by eyes that confuse colours
too; where it matters, a shape says the same. Matplotlib and Pillow are imported when something is drawn, not before.
"""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from muslin.text import plural, printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL import Image

__all__ = ["LIGHT", "MARKERS", "lettered", "note_on_letters", "png", "style"]

DPI = 150


@dataclass(frozen=True)
class Palette:
    """Colours, each as #rrggbb.

    Attributes:
        paper: ground of a page or a figure.
        mat: ground of a picture or a panel on the paper.
        ink: text and axes.
        faint: text of lesser weight, helping lines.
        muted: graphics that are there beside what matters, never text.
        series: curves, classes and the like, in this order; the first two are good for text too.
    """

    paper: str
    mat: str
    ink: str
    faint: str
    muted: str
    series: tuple[str, ...]

    @property
    def right(self) -> str:
        """What is right, chosen, first: blue. Good for text."""
        return self.series[0]

    @property
    def wrong(self) -> str:
        """What is wrong, damaged, against: orange-red. Good for text."""
        return self.series[1]


LIGHT = Palette(
    paper="#ffffff",
    mat="#f0f0ee",
    ink="#1f2937",
    faint="#5b6472",
    muted="#8a919e",
    series=("#1b6ca8", "#c2410c", "#00997c", "#62107d", "#898540", "#76022a"),
)
DARK = Palette(
    paper="#14171c",
    mat="#23272e",
    ink="#e5e7eb",
    faint="#a3abb8",
    muted="#747c8a",
    series=("#6cb6f0", "#ff8a4c", "#45f5c1", "#ae31cf", "#d7db24", "#e11b6a"),
)
MARKERS = ("o", "s", "^", "D", "P", "v")  # a shape for each of the series


@contextmanager
def style() -> Iterator[None]:
    """Matplotlib draws in Muslin's style on light paper within; a decorator too, for functions that draw and write.

    >>> from matplotlib.figure import Figure
    >>> with style():
    ...     axes = Figure().subplots()
    >>> axes.spines["top"].get_visible(), axes.title.get_color()
    (False, '#1f2937')
    """
    import matplotlib as mpl
    from cycler import cycler

    settings: dict[Any, Any] = {  # Any: newer versions type the names, older ones do not
        "font.size": 10,
        "axes.titlesize": 11,
        "axes.labelsize": 10,
        "legend.fontsize": 9,
        "legend.frameon": False,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.prop_cycle": cycler(color=LIGHT.series),
        "figure.facecolor": LIGHT.paper,
        "axes.facecolor": LIGHT.paper,
        "grid.color": LIGHT.muted,
        "grid.alpha": 0.4,
        "text.color": LIGHT.ink,
        "axes.edgecolor": LIGHT.ink,
        "axes.labelcolor": LIGHT.ink,
        "xtick.color": LIGHT.ink,
        "ytick.color": LIGHT.ink,
    }
    with mpl.rc_context(settings):
        yield


def png(drawing: "Figure | Image.Image", *, dpi: int = DPI, colours: int | None = None) -> bytes:
    r"""Returns a figure or a picture as PNG; no version or date is in it, so that equal drawings are equal files.

    Args:
        drawing: a figure of matplotlib or a picture of Pillow.
        dpi: pixels an inch, for a figure.
        colours: the most colours that the file may hold, up to 256, which makes it a third of the size; None for all.

    >>> from PIL import Image
    >>> png(Image.new("RGB", (2, 2), LIGHT.paper))[:4]
    b'\x89PNG'
    """
    from PIL import Image

    picture = drawing if isinstance(drawing, Image.Image) else _rendered(drawing, dpi)
    if colours is not None:
        picture = picture.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=colours is not None)
    return buffer.getvalue()


def _rendered(figure: "Figure", dpi: int) -> "Image.Image":
    from PIL import Image

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi)
    buffer.seek(0)
    return Image.open(buffer).convert("RGB")


def lettered(text: str, *, bold: bool = False) -> tuple[str, Path]:
    r"""Returns a text as it can be drawn, and the file of a font that has its letters.

    That is DejaVu, which Matplotlib brings along (it has Latin, Greek, Cyrillic, Arabic and more), else the first font
    of this machine that has them all; where none has, those that DejaVu lacks are written as escapes. Matplotlib gets
    such a text with `parse_math=False`: a name is no mathematics.

    Args:
        text: lines of printable text.
        bold: whether DejaVu is to be bold; another font is as it is.

    >>> text, font = lettered("Zürich")
    >>> text, font.name
    ('Zürich', 'DejaVuSans.ttf')
    """
    import matplotlib as mpl

    plain = Path(mpl.get_data_path()) / "fonts" / "ttf" / f"DejaVuSans{'-Bold' if bold else ''}.ttf"
    lacking = set() if text.isascii() else {c for c in text if c != "\n" and ord(c) not in _letters(plain)}
    if not lacking:
        return text, plain
    other = _font_with(frozenset(text) - {"\n"})
    if other is not None:
        return text, other
    return "".join(c.encode("unicode_escape").decode() if c in lacking else c for c in text), plain


def note_on_letters(names: Iterable[str]) -> str | None:
    """Returns a sentence on the names that no font here can write, for who looks at a drawing; None if there are none.

    >>> note_on_letters(["cat", "Zürich"])
    """
    written = (printable(name) for name in names if not name.isascii())
    count = sum(lettered(name)[0] != name for name in written)
    if not count:
        return None
    return (
        f"no font here has all letters of {plural(count, 'name')}; drawings show numbers such as \\u4e00 in their "
        "place; install a font that has them, such as Noto"
    )


@lru_cache(maxsize=8)
def _letters(font: Path) -> frozenset[int]:
    """The code points that a font has; none of one that cannot be read."""
    from matplotlib.ft2font import FT2Font

    try:
        return frozenset(FT2Font(str(font)).get_charmap())
    except (OSError, RuntimeError):
        return frozenset()


@lru_cache(maxsize=1024)
def _font_with(letters: frozenset[str]) -> Path | None:
    """Returns the plainest font of this machine that has all of some letters, and the sign for a cut."""
    from matplotlib.font_manager import fontManager

    needed = frozenset(map(ord, letters | {"…"}))
    listed = [font for font in fontManager.ttflist if not font.name.startswith("Last Resort")]  # which has boxes alone
    fonts = {(f.style != "normal", str(f.weight) not in ("400", "normal"), f.name, f.fname) for f in listed}
    return next((Path(name) for *_, name in sorted(fonts) if needed <= _letters(Path(name))), None)
