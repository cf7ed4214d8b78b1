"""What a person learns from a scan: is the data fine, and what should be mended."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from muslin.data.check.findings import Finding
from muslin.data.check.scan import Scan
from muslin.terminal.layout import folded, print_table
from muslin.text import percent, plural, printable

__all__ = ["scan_report"]

COMMON = 0.1  # of the pictures: a size that is worth naming
ROWS = 30  # classes in the table
MARKS = {"mend": ("✗", "red"), "look": ("!", "yellow"), "note": ("·", "dim")}


def scan_report(scan: Scan) -> None:
    """Prints what the data holds, and what to mend."""
    console = Console()
    console.print(folded(_summary(scan), console), highlight=False, soft_wrap=True, markup=False)
    console.print()
    _print_classes(scan)
    console.print()
    for finding in scan.findings:
        mark, style = MARKS[finding.level]
        lines = [f"[{style}]{mark}[/]{escape(folded(f'  {finding.text}', console, '  ')[1:])}"]
        lines += [escape(folded(f"    {example}", console, "      ")) for example in finding.examples]
        lines += [escape(folded(f"  → {finding.remedy}", console, "    "))] if finding.remedy else []
        console.print("\n".join(lines), highlight=False, soft_wrap=True)
    console.print(f"[bold]{_verdict(scan.findings)}[/]", highlight=False, soft_wrap=True)


def _summary(scan: Scan) -> str:
    kinds = {"L": "grey", "RGB": "in colour"}
    megabytes = sum(picture.bytes for picture in scan.pictures) / 1e6
    first = f"{scan.listing.name}: {len(scan.pictures):,} pictures of {len(scan.listing.classes)} classes"
    if not scan.intact:
        return first
    modes = ", ".join(f"{count:,} {kinds[mode]}" for mode, count in scan.modes.most_common())
    modes = f"all {kinds[next(iter(scan.modes))]}" if len(scan.modes) == 1 else modes
    return f"{first}, {megabytes:,.1f} MB\n{_sizes(scan)}; {modes}"


def _sizes(scan: Scan) -> str:
    (width, height), count = scan.sizes.most_common(1)[0]
    if len(scan.sizes) == 1:
        return f"all {width} x {height} pixels"
    areas = sorted(((w * h, w, h) for w, h in scan.sizes.elements()))
    (_, *small), (_, *middle), (_, *large) = areas[0], areas[len(areas) // 2], areas[-1]
    text = f"from {small[0]} x {small[1]} to {large[0]} x {large[1]} pixels, half up to {middle[0]} x {middle[1]}"
    share = count / len(scan.intact)
    return f"{text}; {percent(share, 0)} have {width} x {height}" if share >= COMMON else text


def _print_classes(scan: Scan) -> None:
    names = {"": "pictures"}
    rows = [
        (escape(printable(name)), *(f"{counts[label]:,}" for counts in scan.counts.values()))
        for label, name in enumerate(scan.listing.classes)
    ]
    shown = rows if len(rows) <= ROWS else [*rows[: ROWS - 1], (f"and {len(rows) - ROWS + 1:,} more classes",)]
    totals = ("all", *(f"{sum(counts):,}" for counts in scan.counts.values()))
    print_table(("class", *(names.get(split, split) for split in scan.counts)), [*shown, totals])


def _verdict(found: Sequence[Finding]) -> str:
    mend, look = (sum(finding.level == level for finding in found) for level in ("mend", "look"))
    worth = f"{plural(look, 'thing')} worth a look"
    if mend:
        return f"{plural(mend, 'thing')} to mend" + (f", {worth}." if look else ".")
    return f"Nothing must be mended; {worth}." if look else "The data is fine."
