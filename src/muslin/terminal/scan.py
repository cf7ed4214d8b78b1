"""What a person, or a program, learns from a scan: is the data fine, and what should be mended."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from rich.console import Console
from rich.markup import escape

from muslin.data.bad_files import may_be_left_out
from muslin.data.scan import Scan
from muslin.data.wording import printable
from muslin.terminal.layout import folded, print_table

__all__ = ["Finding", "findings", "scan_json", "scan_report"]

FEW = 50  # training pictures of a class; below, recipes were never measured
UNEVEN = 10  # times more pictures in the largest class than in the smallest
COMMON = 0.1  # of the pictures: a size that is worth naming
ROWS = 30  # classes in the table
EXAMPLES = 5  # files named for each finding
MARKS = {"mend": ("✗", "red"), "look": ("!", "yellow"), "note": ("·", "dim")}


@dataclass(frozen=True)
class Finding:
    """One thing that a person should know of the data.

    Attributes:
        level: `mend` spoils a run, `look` may, `note` is good to know.
        text: what was found.
        remedy: what to do; empty where nothing need be done.
        examples: files, each with what is said of it.
    """

    level: Literal["mend", "look", "note"]
    text: str
    remedy: str = ""
    examples: tuple[str, ...] = ()


def findings(scan: Scan) -> tuple[Finding, ...]:
    """Judges a scan; the gravest finding comes first."""
    found = [*_damaged(scan), *_copies(scan), *_lookalikes(scan), *_balance(scan), *_notes(scan)]
    return tuple(sorted(found, key=lambda finding: list(MARKS).index(finding.level)))


def scan_report(scan: Scan) -> None:
    """Prints what the data holds, and what to mend."""
    console = Console()
    found = findings(scan)
    console.print(folded(_summary(scan), console), highlight=False, soft_wrap=True, markup=False)
    console.print()
    _print_classes(scan)
    console.print()
    for finding in found:
        mark, style = MARKS[finding.level]
        lines = [f"[{style}]{mark}[/]{escape(folded(f'  {finding.text}', console, '  ')[1:])}"]
        lines += [escape(folded(f"    {example}", console, "      ")) for example in finding.examples]
        lines += [escape(folded(f"  → {finding.remedy}", console, "    "))] if finding.remedy else []
        console.print("\n".join(lines), highlight=False, soft_wrap=True)
    console.print(f"[bold]{_verdict(found)}[/]", highlight=False, soft_wrap=True)


def scan_json(scan: Scan) -> str:
    """Gives the same as JSON."""
    return json.dumps(scan.as_json() | {"findings": [asdict(finding) for finding in findings(scan)]})


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
    return f"{text}; {100 * share:.0f} % have {width} x {height}" if share >= COMMON else text


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
    worth = f"{look} {'thing' if look == 1 else 'things'} worth a look"
    if mend:
        return f"{mend} {'thing' if mend == 1 else 'things'} to mend" + (f", {worth}." if look else ".")
    return f"Nothing must be mended; {worth}." if look else "The data is fine."


def _damaged(scan: Scan) -> Iterator[Finding]:
    if scan.damaged:
        root = f"{printable(scan.listing.root)}/"
        remedy = "mend or remove them"
        if may_be_left_out(len(scan.damaged), len(scan.pictures)):
            remedy += "; or leave them out with --on-bad skip"
        yield Finding(
            "mend",
            f"{len(scan.damaged):,} of {len(scan.pictures):,} files cannot be used",
            remedy,
            _some([picture.problem.replace(root, "") for picture in scan.damaged], len(scan.damaged)),
        )


def _copies(scan: Scan) -> Iterator[Finding]:
    twins = scan.copies
    if twins.across_splits:
        yield Finding(
            "mend",
            f"{twins.across_splits:,} pictures are in more than one split, byte for byte: what was learnt by heart "
            "would count as understood",
            "keep each in one split",
            _pairs(scan, twins.examples, "split"),
        )
    if twins.across_classes:
        yield Finding(
            "mend",
            f"{twins.across_classes:,} pictures are in more than one class, byte for byte",
            "keep each in its true class",
            _pairs(scan, twins.examples, "label"),
        )
    if twins.pictures > max(twins.across_splits, twins.across_classes):
        yield Finding(
            "look",
            f"{twins.pictures:,} pictures have a copy, byte for byte",
            "remove the copies, unless they should count more",
            _pairs(scan, twins.examples),
        )


def _lookalikes(scan: Scan) -> Iterator[Finding]:
    twins = scan.lookalikes
    if twins.across_splits:
        yield Finding(
            "look",
            f"{twins.across_splits:,} pictures look almost the same as one in another split",
            "if they show the same thing, keep them in one split",
            _pairs(scan, twins.examples, "split", "~"),
        )
    if twins.across_classes:
        yield Finding(
            "look",
            f"{twins.across_classes:,} pictures look almost the same as one in another class",
            "see whether both classes are right",
            _pairs(scan, twins.examples, "label", "~"),
        )
    if twins.pictures > max(twins.across_splits, twins.across_classes):
        yield Finding(
            "note",
            f"{twins.pictures:,} pictures look almost the same as another",
            "",
            _pairs(scan, twins.examples, sign="~"),
        )


def _balance(scan: Scan) -> Iterator[Finding]:
    if not scan.counts:
        return
    counts = dict(zip(scan.listing.classes, next(iter(scan.counts.values())), strict=True))
    few = [f"{printable(n)} ({counts[n]:,})" for n in sorted(counts, key=lambda n: counts[n]) if counts[n] < FEW]
    if few:
        subject = "1 class has" if len(few) == 1 else f"{len(few):,} classes have"
        where = " to train on" if "train" in scan.counts else ""
        text = f"{subject} fewer than {FEW} pictures{where}"
        yield Finding("look", text, "add some, or expect less accuracy there", _some(few, len(few)))
    least, most = min(counts, key=lambda name: counts[name]), max(counts, key=lambda name: counts[name])
    if counts[most] > UNEVEN * counts[least]:
        yield Finding(
            "look",
            f"classes differ much in size: {printable(most)} has {counts[most]:,} pictures, {printable(least)} has "
            f"{counts[least]:,}",
            "add pictures to the small ones, and read the accuracy class by class",
        )


def _notes(scan: Scan) -> Iterator[Finding]:
    for note, pictures in scan.notes.items():
        paths = [printable(scan.path_of(picture)) for picture in pictures[:EXAMPLES]]
        subject = "1 picture" if len(pictures) == 1 else f"{len(pictures):,} pictures, each"
        yield Finding("note", f"{subject} {note}", "", _some(paths, len(pictures)))
    for note in scan.listing.notes:
        yield Finding("note", note)


def _pairs(scan: Scan, pairs: Sequence[tuple[int, int]], differing: str = "", sign: str = "=") -> tuple[str, ...]:
    """Names some pairs: those that differ in an attribute or, without one, those that no other finding names."""
    chosen = [(scan.pictures[i], scan.pictures[j]) for i, j in pairs]
    if differing:
        chosen = [(a, b) for a, b in chosen if getattr(a.entry, differing) != getattr(b.entry, differing)]
    else:
        chosen = [(a, b) for a, b in chosen if (a.entry.split, a.entry.label) == (b.entry.split, b.entry.label)]
    return tuple(f"{printable(scan.path_of(a))} {sign} {printable(scan.path_of(b))}" for a, b in chosen[:EXAMPLES])


def _some(texts: Sequence[str], total: int) -> tuple[str, ...]:
    more = (f"and {total - EXAMPLES:,} more",) if total > EXAMPLES else ()
    return (*texts[:EXAMPLES], *more)
