"""What `muslin data pack` and `muslin data info` print, for people."""

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from muslin.data.packs.info import PackInfo
from muslin.data.packs.packed import Packed
from muslin.data.sources.outline import Outline
from muslin.terminal.layout import folded, print_table
from muslin.text import duration, printable

__all__ = ["info_report", "outline_report", "packed_report"]

SPLITS = {"train": "to train", "validation": "to validate", "test": "to test"}


def packed_report(packed: Packed) -> None:
    """Prints where a pack is, how large, and how fast it was made."""
    how = (
        f"packed in {duration(packed.seconds)}, {packed.pictures_per_second:,.0f} pictures/s"
        if packed.was_made
        else "packed before: nothing was decoded"
    )
    _print(
        f"{packed.pictures:,} pictures, {packed.bytes / 1e6:,.1f} MB; {how}", f"The pack is {printable(packed.folder)}"
    )
    _print_notes(packed.notes)


def outline_report(outline: Outline) -> None:
    """Prints how `fit` would read a source."""
    totals = ", ".join(f"{sum(counts):,} {SPLITS[split]}" for split, counts in outline.counts.items())
    _print(f"{printable(outline.name)}: {totals}; {len(outline.classes)} classes")
    if outline.pack:
        _print(f"Packed in {printable(outline.pack)}")
    _print_counts(outline.classes, outline.counts)
    _print_notes(outline.notes)


def info_report(folder: Path, info: PackInfo) -> None:
    """Prints what a pack says of itself."""
    count, channels, height, width = info.shape
    colours = "grey" if channels == 1 else "in colour"
    _print(
        f"{printable(folder)}: a pack of {count:,} pictures of {len(info.classes)} classes, {width} x {height} "
        f"pixels, {colours}",
        f"made from {info.files:,} files of {printable(info.root)}",
        *(f"{split}: rows {start:,} to {stop - 1:,}" for split, (start, stop) in info.splits.items()),
        f"classes: {', '.join(map(printable, info.classes))}",
    )
    _print_notes((info.input, *info.notes, *(f"left out: {one.reason}" for one in info.skipped)))


def _print(*lines: str) -> None:
    console = Console()
    console.print(folded("\n".join(lines), console, "  "), highlight=False, soft_wrap=True, markup=False)


def _print_counts(classes: tuple[str, ...], counts: Mapping[str, tuple[int, ...]]) -> None:
    rows = [
        (escape(printable(name)), *(f"{numbers[label]:,}" for numbers in counts.values()))
        for label, name in enumerate(classes)
    ]
    print_table(("class", *(SPLITS[split] for split in counts)), rows)


def _print_notes(notes: tuple[str, ...]) -> None:
    for note in notes:
        _print(f"· {note}")
